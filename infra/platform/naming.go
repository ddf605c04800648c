package platform

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Namer makes the physical AWS names of one stack.
type Namer struct {
	// Project and Stack are Pulumi's.
	Project, Stack string
}

// Name joins project, stack and parts by hyphens, at most limit characters. A name that would
// be longer is cut and ends in six hex digits of its hash, so that two long names stay two.
func (n Namer) Name(limit int, parts ...string) string {
	return fit(strings.Join(append([]string{n.Project, n.Stack}, parts...), "-"), limit)
}

// Path joins project, stack and parts by slashes, as log groups, secrets and repositories are named.
func (n Namer) Path(parts ...string) string {
	return strings.Join(append([]string{n.Project, n.Stack}, parts...), "/")
}

func fit(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	tail := "-" + hex.EncodeToString(sum[:3])
	return strings.TrimRight(name[:limit-len(tail)], "-") + tail
}
