package image

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Warden is where the warden is in every image that copies it, and how such an image starts.
const Warden = "/warden"

// readDockerfile reads how the image starts. A Dockerfile over the size limit is refused elsewhere.
func (c *content) readDockerfile() error {
	name := filepath.Join(c.dir, filepath.FromSlash(c.layer.Dockerfile))
	info, err := os.Stat(name)
	if err != nil || info.Size() > c.limit() {
		return err
	}
	text, err := os.ReadFile(name)
	c.stages = readStages(string(text))
	c.starts = startedFiles(c.stages)
	return err
}

// checkEntryPoint holds that a layer with the warden starts with it. It looks at the last stage
// alone: what that inherits is not seen in this Dockerfile, and may change without it.
func (c *content) checkEntryPoint() {
	if !c.layer.Warded || len(c.stages) == 0 { // without a stage the builder, or another check, refuses the file
		return
	}
	last := c.stages[len(c.stages)-1]
	what := "has no ENTRYPOINT in its last stage"
	if last.entry != nil {
		if slices.Equal(last.entry, []string{Warden}) {
			return
		}
		written, _ := json.Marshal(last.entry) // texts can always be encoded
		what = fmt.Sprintf("starts with %s (line %d) and not with the warden", written, last.line)
	}
	c.problem(c.layer.Dockerfile, what+", so that a singleton would run without its lease",
		fmt.Sprintf("make ENTRYPOINT [%q] the last one of the last stage", Warden))
}
