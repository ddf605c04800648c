package image

import (
	"maps"
	"strconv"
	"time"
)

// ParentArg is the build arg with the reference that a layer is built on.
const ParentArg = "PARENT"

// LabelArgs are the build args that end up in an image's labels and dates: they change with a commit of the layer's files.
var LabelArgs = []string{"SOURCE", "REVISION", "CREATED", "SOURCE_DATE_EPOCH"}

// OwnArgs are the names of all build args that the program sets, besides those of the layers that a layer uses.
func OwnArgs() []string {
	return append([]string{ParentArg, inlineCacheArg}, LabelArgs...)
}

// inlineCacheArg makes BuildKit write into the image which steps its layers come from, so that another engine can take them
// from it instead of making them anew.
const inlineCacheArg = "BUILDKIT_INLINE_CACHE"

// BuildArgs are the layer's own args and those that come with its content. What it is built on and what it uses are
// references that only the builds know.
func (n Node) BuildArgs() map[string]string {
	args := map[string]string{
		"SOURCE":            n.Origin.Source,
		"REVISION":          n.Origin.Revision,
		"CREATED":           n.Origin.Created,
		"SOURCE_DATE_EPOCH": n.Origin.epoch(),
		inlineCacheArg:      "1",
	}
	maps.Copy(args, n.Args)
	return args
}

// epoch is the commit's date in Unix seconds, which BuildKit from version 0.11 on gives the image in place of the time of
// the build; 0 where there is no commit. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
func (o Origin) epoch() string {
	created, err := time.Parse(time.RFC3339, o.Created)
	if err != nil { // Unknown
		return "0"
	}
	return strconv.FormatInt(created.Unix(), 10)
}
