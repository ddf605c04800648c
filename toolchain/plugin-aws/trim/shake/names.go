package shake

import (
	"path"
	"regexp"
	"strings"
)

var (
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
	dotVersion   = regexp.MustCompile(`\.v[0-9]+$`)
)

// odd are packages whose name does not follow from their path.
var odd = map[string]string{
	"github.com/golang/protobuf/ptypes/empty":  "emptypb",
	"github.com/golang/protobuf/ptypes/struct": "structpb",
}

// localName guesses the package name of an import without an alias: the last element of its path, less what a name cannot hold. Go does not
// tell without reading the package, which may not be downloaded; but an import is always used, so the right guess is among the names used.
func localName(importPath string, used map[string]bool) string {
	last := path.Base(importPath)
	if majorVersion.MatchString(last) {
		last = path.Base(path.Dir(importPath))
	}
	last = dotVersion.ReplaceAllString(last, "")
	bare := strings.TrimSuffix(strings.TrimPrefix(last, "go-"), "-go")
	parts := strings.Split(bare, "-")
	for _, guess := range []string{odd[importPath], last, bare, strings.ReplaceAll(bare, "-", ""), strings.ReplaceAll(bare, "-", "_"), parts[len(parts)-1], path.Base(importPath)} {
		if used[guess] {
			return guess
		}
	}
	return ""
}
