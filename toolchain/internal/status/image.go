package status

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// reference is the image by digest that the running task with that digest was started with.
func reference(tasks []types.Task, name, shown string) string {
	for _, task := range tasks {
		for _, container := range task.Containers {
			image := aws.ToString(container.Image)
			if aws.ToString(task.LastStatus) == "RUNNING" && aws.ToString(container.Name) == name && digest(image) == shown && shown != none {
				return image
			}
		}
	}
	return ""
}

// sbom is the file in the folder with what is in the image: <layer>-<12 digits of the digest>.spdx.json, which make sbom
// writes. Empty where there is none.
func sbom(folder, digest string) string {
	if folder == "" || digest == none {
		return ""
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*-"+digest+".spdx.json")) // the pattern is a good one
	if len(files) == 0 {
		return ""
	}
	return filepath.Base(files[0]) // layers with the same image have the same packages
}

// images are the lines of the screen about what runs: a line an image, with all services that run it.
func (r Report) images() []string {
	services, first := map[string][]string{}, map[string]Service{}
	var order []string
	for _, row := range r.Services {
		if row.Scan == nil && !r.failed["scans"] || row.Digest == none {
			continue
		}
		if services[row.Digest] == nil {
			order, first[row.Digest] = append(order, row.Digest), row
		}
		services[row.Digest] = append(services[row.Digest], row.Name)
	}
	var lines []string
	for _, digest := range order {
		known := "no SBOM (make sbom)"
		if first[digest].SBOM != "" {
			known = "SBOM"
		}
		lines = append(lines, fmt.Sprintf("%s %.8s: %s; %s", strings.Join(services[digest], ", "), digest, first[digest].Scan.words(), known))
	}
	return lines
}
