package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBadUsesAndWardens goes on where TestBadInput ends.
func TestBadUsesAndWardens(t *testing.T) {
	root := project(t)
	writeFile(t, root, "own/Dockerfile", "FROM ${PARENT}\nENTRYPOINT [\"tini\", \"--\"]\n")
	writeFile(t, root, "other/Dockerfile", "FROM scratch\n")
	assertRefused(t, root, badWarden)
}

const noLease = "does not start with the warden, without which nothing keeps a second copy of a singleton from running; "

var badWarden = []badCase{
	// Uses.
	{"unknown use", `images: {bot: {uses: [warden, wardne]}}`, `images.bot.uses[1]: there is no layer "wardne"; did you mean "warden"?`},
	{"unknown use alone", `images: {bot: {uses: [frob]}}`, `images.bot.uses[0]: there is no layer "frob"; use one of base, bot, init, warden`},
	{"use of itself", `images: {init: {uses: [init]}}`, `images.init.uses[0]: the layer uses itself; remove it`},
	{"use twice", `images: {bot: {uses: [warden, base, warden]}}`, `images.bot.uses[2]: "warden" is there twice; remove one of them`},
	{"use of a base image", `images: {bot: {uses: [warden, python]}}`, `images.bot.uses[1]: "python" is a base image, not a layer; declare a layer with the parent "python", and use that`},
	{"circle", `images: {warden: {parent: bot}}`, `images.bot.uses[0]: the layers need each other in a circle of parents and uses: bot → warden → bot; take one of the uses out`},
	{"uses is a text", `images: {bot: {uses: warden}}`, `images.bot.uses: is the text "warden"; give a list of texts, such as ["one", "two"]`},
	{"a use is a number", `images: {bot: {uses: [1]}}`, `images.bot.uses[0]: is the number 1; put it in quotes ("1")`},
	{"build arg of a use", `images: {bot: {args: {WARDEN: x}}}`, `images.bot.args.WARDEN: is the build arg with the used layer "warden"; choose another name`},
	{"use named as the program's build arg", `images: {revision: {parent: python, context: images/base}, init: {uses: [revision]}}`, `images.init.uses[0]: the layer "revision" would come as the build arg REVISION, which the program sets itself; give that layer another name`},
	{"platform of a use", `{` + onFargate + `, images: {warden: {platform: linux/arm64}}}`, `images.bot.platform: is linux/amd64, but the used layer "warden" is linux/arm64; give both the same platform`},

	// The warden.
	{"unknown warden", `warden: wardne`, `warden: there is no image "wardne"; did you mean "warden"?`},
	{"warden is a number", `warden: 1`, `warden: is the number 1; put it in quotes ("1")`},
	{"another entry point", `images: {bot: {context: own}}`, `images.bot: own/Dockerfile starts with ["tini","--"] (line 2) and not with the warden, so that a singleton would run without its lease; make ENTRYPOINT ["/warden"] the last one of the last stage`},
	{"no entry point", `images: {bot: {context: images/base}}`, `images.bot: images/base/Dockerfile has no ENTRYPOINT in its last stage, so that a singleton would run without its lease; make ENTRYPOINT ["/warden"] the last one of the last stage`},
	{"singleton without the warden", `images: {bot: {uses: null}}`, `services.bot.image: "bot" ` + noLease + `add "warden" to botyard:images.bot.uses, and make ENTRYPOINT ["/warden"] the last one of images/bot/Dockerfile`},
	{"singleton where another layer is the warden", `warden: init`, `services.bot.image: "bot" ` + noLease + `add "init" to botyard:images.bot.uses, and make ENTRYPOINT ["/warden"] the last one of images/bot/Dockerfile`},
	{"singleton where there is no warden", `{warden: null, images: {warden: null, bot: {uses: null}}}`, `services.bot.image: "bot" ` + noLease + `declare the layer "warden" as Pulumi.prod.yaml does, add it to botyard:images.bot.uses, and make ENTRYPOINT ["/warden"] the last one of images/bot/Dockerfile`},
	{"singleton on a layer with an entry point of its own", `{images: {top: {parent: bot, context: own}}, services: {bot: {image: top}}}`, `services.bot.image: "top" ` + noLease + `make ENTRYPOINT ["/warden"] the last one of own/Dockerfile`},
	{"singleton on a layer from elsewhere", `{images: {top: {parent: bot, context: other}}, services: {bot: {image: top}}}`, `services.bot.image: "top" ` + noLease + `make ENTRYPOINT ["/warden"] the last one of other/Dockerfile`},
	{"together with a layer's problem", `images: {bot: {uses: null}, init: {context: nowhere}}`, `images.init.context: there is no folder nowhere; create it with a Dockerfile in it, or correct the path
services.bot.image: "bot" ` + noLease + `add "warden" to botyard:images.bot.uses, and make ENTRYPOINT ["/warden"] the last one of images/bot/Dockerfile`},
}

// onFargate makes good fit Fargate, where a layer's platform is its own.
const onFargate = `hosts: {kind: fargate, instanceType: null, count: null, maxCount: null, diskGiB: null},
services: {api: {memory: 512}, bot: {memory: 512, port: {host: null}}}`

func TestWarded(t *testing.T) {
	root := project(t)
	writeFile(t, root, "own/Dockerfile", "FROM ${PARENT}\nENTRYPOINT [\"tini\"]\n")
	c, err := load(t, root, `images: {top: {parent: bot, context: images/base}, own: {parent: top, context: own}}`)
	require.NoError(t, err)
	assert.True(t, c.Warded("bot"))
	assert.True(t, c.Warded("top"), "through its parent")
	assert.False(t, c.Warded("own"), "its own ENTRYPOINT is the last")
	assert.False(t, c.Warded("base"))
	assert.False(t, c.Warded("warden"), "the warden's image is copied from, not run")
	assert.False(t, c.Warded("no such layer"))
}

// TestTheWardensName holds which layer is the warden: the one named, or the one called so.
func TestTheWardensName(t *testing.T) {
	root := project(t)
	for patch, want := range map[string]string{
		"":             "warden",
		"warden: null": "warden",
		"warden: ''":   "warden",
		`{warden: keeper, images: {keeper: {parent: python, context: images/base}, bot: {uses: [keeper]}}}`:               "keeper",
		`{warden: null, services: {bot: {singleton: false, port: {host: 0}}}, images: {bot: {uses: null}, warden: null}}`: "",
	} {
		c, err := load(t, root, patch)
		require.NoError(t, err, patch)
		assert.Equal(t, want, c.Warden, patch)
	}
}

func TestServicesWithoutTheWardenAreWarnedOf(t *testing.T) {
	c, err := load(t, project(t), `services: {api: {image: init}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`botyard:services.api.image: "init" does not start with the warden, so that a crash loop is not braked and a failed probe not told; add "warden" to botyard:images.init.uses, and make ENTRYPOINT ["/warden"] the last one of images/base/Dockerfile`,
	}, c.Warnings)
}

// TestAUsedLayerIsNeeded holds that what a service's image copies from is not called unused,
// nor the base image beneath that.
func TestAUsedLayerIsNeeded(t *testing.T) {
	c, err := load(t, project(t), `
baseImages: {go: "docker.io/library/golang@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}
images: {warden: {parent: go}}`)
	require.NoError(t, err)
	assert.Empty(t, c.Warnings)
}
