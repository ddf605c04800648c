//go:build e2e

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/channel"
)

const criticalFinding = `{"findings": [{"name": "CVE-2026-1234", "severity": "CRITICAL", "uri": "https://example.org/CVE-2026-1234",
	"attributes": [{"key": "package_name", "value": "openssl"}, {"key": "package_version", "value": "3.0.11"}]}]}`

// findingStops plants a finding in all images of the bot: the one that runs is only warned of, and a new one is built, pushed
// and not rolled out until somebody says why it may.
func findingStops(t *testing.T, c *clone) {
	c.must(t, "up") // undoes the last step's edit
	c.plant(t, criticalFinding)
	t.Cleanup(func() { c.plant(t, `{}`) })
	before := c.runningTasks(t)
	require.Contains(t, c.must(t, "up").out, "ECR has found since in an image that has run before, and that is rolled out all the same:")
	require.Regexp(t, `(?m)^images +bot [0-9a-f]{8}: 1 critical; no SBOM`, c.must(t, "status").out)

	c.edit(t, "images/bot/bot/replies.py", `GREETING = "Hello from botyard"`, `GREETING = "Waived"`)
	result := c.make(t, "up")
	require.Error(t, result.err)
	require.Contains(t, result.out, "no service was touched: ECR's scan has findings of severity critical or above")
	require.Regexp(t, `image bot \([0-9a-f]{12}\):`, result.out)
	require.Contains(t, result.out, "CVE-2026-1234 CRITICAL in openssl 3.0.11: https://example.org/CVE-2026-1234")
	require.Contains(t, result.out, `- {id: CVE-2026-1234, image: bot, reason: "", until: `)
	require.Equal(t, before, c.runningTasks(t), "a service was touched although a finding stops it")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Hello from botyard")

	c.edit(t, "Pulumi.local.yaml", "  # ECR's own name does not exist here",
		"  botyard:scan: {waivers: [{id: CVE-2026-1234, image: bot, reason: this test plants it, until: 2999-12-31}]}\n  # ECR's own name does not exist here")
	c.must(t, "up")
	require.Contains(t, c.say(t, "ada", "hello")[0], "Waived, ada!")
}

// plant has ECR's scans of the bot's images find what the body says.
func (c *clone) plant(t *testing.T, body string) {
	t.Helper()
	response, err := http.Post(channel.Gateway+"/_botyard/scans/botyard/local/bot", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// sbomOfEachLayer writes down what is in the images, and finds it again.
func sbomOfEachLayer(t *testing.T, c *clone) {
	c.must(t, "up") // the checkout's code again
	c.must(t, "sbom")
	for layer, digest := range c.digests(t) {
		text, err := os.ReadFile(filepath.Join(c.dir, ".botyard", "sbom", layer+"-"+strings.TrimPrefix(digest, "sha256:")[:12]+".spdx.json"))
		require.NoError(t, err)
		require.Contains(t, string(text), `"spdxVersion":"SPDX-2.3"`)
	}
	bot, err := filepath.Glob(filepath.Join(c.dir, ".botyard", "sbom", "models-*.spdx.json"))
	require.NoError(t, err)
	text, err := os.ReadFile(bot[0])
	require.NoError(t, err)
	require.Contains(t, string(text), `"name":"numpy"`)
	require.Regexp(t, `(?m)^images +bot [0-9a-f]{8}: nothing found; SBOM$`, c.must(t, "status").out)
	require.Contains(t, c.must(t, "sbom").out, "(from before)")
}
