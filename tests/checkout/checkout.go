// Package checkout copies the working tree, so that tests and benchmarks can edit and deploy
// one that is not the user's.
package checkout

import (
	"fmt"
	"os/exec"
)

// copyScript clones the history (image labels come from it) and lays over it what git tracks
// as it stands, and what is new and not ignored.
const copyScript = `
git clone --quiet --no-hardlinks . "$1"
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do
    if test -e "$file" || test -L "$file"; then cp --parents -P "$file" "$1"; else rm -f "$1/$file"; fi
  done
`

// Copy copies the checkout in root, with uncommitted edits, to dir, which must not exist.
func Copy(root, dir string) error {
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", copyScript, "bash", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("copying the checkout in %s to %s: %w\n%s", root, dir, err, out)
	}
	return nil
}
