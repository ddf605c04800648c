package rollout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Scans are the scans of the images that an update rolls out, and what of them stops it.
type Scans struct {
	// Images are references by digest by layer.
	Images map[string]string
	// Ran are digests that a release has run: their findings are told, and stop nothing. What runs already is not made safer
	// by an update that fails, and going back must not wait for a vulnerability that somebody has published since.
	Ran map[string]bool
	// StopAt is the lowest severity that stops: critical, high, medium or low.
	StopAt string
	// Within is how long the scan of a new image may take.
	Within time.Duration
	// Waivers are findings that stop nothing; they hold today.
	Waivers []Waiver
	// File is where messages say that waivers are written.
	File string
}

// Waiver lets a finding of a layer's image pass; of all layers without one.
type Waiver struct{ ID, Layer string }

// name is what messages call the waiver.
func (w Waiver) name() string {
	if w.Layer == "" {
		return w.ID
	}
	return w.ID + " of " + w.Layer
}

func (w Waiver) covers(layer, id string) bool {
	return w.ID == id && (w.Layer == "" || w.Layer == layer)
}

// CheckScans waits for the images' scans and returns what a person should know of them. The error names each finding that
// stops the rollout, and how it is waived.
func (r *Runner) CheckScans(ctx context.Context, s Scans) ([]string, error) {
	layers := slices.Sorted(maps.Keys(s.Images))
	all := make([]scanned, len(layers))
	group, within := errgroup.WithContext(ctx)
	for i, layer := range layers {
		group.Go(func() (err error) {
			if all[i], err = s.image(layer); err == nil {
				all[i].findings, all[i].failed = r.waitScan(within, all[i], s.Within)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	warnings := s.unused(all)
	var failed []error
	var stopped []scanned
	for _, image := range all {
		image.findings = slices.DeleteFunc(slices.Clone(image.findings), func(f finding) bool { return !s.stops(image.layer, f) })
		switch {
		case image.failed != nil && image.ran:
			warnings = append(warnings, image.failed.Error()+"; it has run before, so it is rolled out all the same")
		case image.failed != nil:
			failed = append(failed, fmt.Errorf("no service was touched: %w", image.failed))
		case len(image.findings) > 0 && image.ran:
			warnings = append(warnings, "ECR has found since in an image that has run before, and that is rolled out all the same:\n"+image.text())
		case len(image.findings) > 0:
			stopped = append(stopped, image)
		}
	}
	if len(stopped) > 0 {
		failed = append(failed, s.refusal(stopped, r.Clock.Now()))
	}
	return warnings, errors.Join(failed...)
}

// scanned is an image and what its scan has told.
type scanned struct {
	layer, repository, digest string
	ran                       bool
	findings                  []finding
	failed                    error // why its findings are not known
}

func (s Scans) image(layer string) (scanned, error) {
	repository, digest, err := imageOf(s.Images[layer])
	return scanned{layer: layer, repository: repository, digest: digest, ran: s.Ran[digest]}, err
}

// name is what messages call the image: its layer, and the digest as make status shows it.
func (i scanned) name() string {
	_, hex, _ := strings.Cut(i.digest, ":")
	return fmt.Sprintf("image %s (%s)", i.layer, hex[:min(12, len(hex))])
}

func (i scanned) text() string {
	lines := []string{i.name() + ":"}
	for _, f := range i.findings {
		lines = append(lines, "  "+f.text())
	}
	return strings.Join(lines, "\n")
}

func (s Scans) stops(layer string, f finding) bool {
	return f.rank() >= rankOf(strings.ToUpper(s.StopAt)) && !slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.covers(layer, f.id) })
}

// unused names the waivers that match nothing, as far as all findings are known.
func (s Scans) unused(all []scanned) []string {
	var warnings []string
	for _, waiver := range s.Waivers {
		if !slices.ContainsFunc(all, func(i scanned) bool {
			return i.failed != nil || slices.ContainsFunc(i.findings, func(f finding) bool { return waiver.covers(i.layer, f.id) })
		}) {
			warnings = append(warnings, fmt.Sprintf("botyard:scan.waivers: the waiver of %s matches no finding; remove it", waiver.name()))
		}
	}
	return warnings
}

// waivedFor is how long the waivers hold that a refusal proposes.
const waivedFor = 30 * 24 * time.Hour

// refusal names all that stops the rollout. The reason of a proposed waiver is empty, which is refused: nobody waives by
// copying.
func (s Scans) refusal(stopped []scanned, now time.Time) error {
	lines := []string{fmt.Sprintf("no service was touched: ECR's scan has findings of severity %s or above", s.StopAt)}
	layers := map[string]map[string]bool{} // by finding
	for _, image := range stopped {
		lines = append(lines, image.text())
		for _, f := range image.findings {
			if layers[f.id] == nil {
				layers[f.id] = map[string]bool{}
			}
			layers[f.id][image.layer] = true
		}
	}
	lines = append(lines, "mend them (docs/operations.md, \"A finding stops the update\"), or waive what does no harm here, with the reason, in "+s.File+":",
		"  botyard:scan:", "    waivers:")
	for _, id := range slices.Sorted(maps.Keys(layers)) {
		image := ""
		if only := slices.Collect(maps.Keys(layers[id])); len(only) == 1 {
			image = "image: " + only[0] + ", "
		}
		lines = append(lines, fmt.Sprintf(`      - {id: %s, %sreason: "", until: %s}`, id, image, now.Add(waivedFor).UTC().Format(time.DateOnly)))
	}
	return errors.New(strings.Join(lines, "\n"))
}
