package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Scan is what a finding of ECR's scan must be to stop a rollout.
type Scan struct {
	// StopAt is the lowest severity that stops: critical, high, medium or low.
	StopAt string `key:"stopAt"`
	// Wait is how many seconds a new image's scan may take.
	Wait int `key:"wait"`
	// Waivers are findings that stop nothing for a while.
	Waivers []Waiver `key:"waivers"`
}

// Waiver lets one finding pass.
type Waiver struct {
	// ID is the finding's, such as CVE-2026-1234; or the status of a scan that ECR could not make.
	ID string `key:"id,required"`
	// Image is the layer that it holds for; empty: all.
	Image  string `key:"image"`
	Reason string `key:"reason,required"`
	// Until is the last day on which it holds, in UTC: 2026-12-31.
	Until string `key:"until,required"`
}

// severities stop a rollout, the worst first. ECR knows UNDEFINED, UNTRIAGED and INFORMATIONAL too, which say that nobody
// has rated the finding, or that it does no harm. Source: Amazon ECR API Reference, ImageScanFinding.
var severities = []string{"critical", "high", "medium", "low"}

// Bounds of a scan's wait, in seconds. A basic scan takes about a minute, Inspector's first one several; ten times that is
// no wait but a fault. Source: Amazon ECR User Guide, "Scan images for software vulnerabilities".
const (
	minScanWait = 30
	maxScanWait = 3600
)

func (v Scan) validate(path string, r *report) {
	if !slices.Contains(severities, v.StopAt) {
		r.add(at(path, "stopAt"), fmt.Sprintf("there is no severity %q", v.StopAt), "use critical, high, medium or low, or remove botyard:scan to have no gate")
	}
	r.between(at(path, "wait"), v.Wait, minScanWait, maxScanWait, "seconds")
	seen := map[Waiver]bool{}
	for i, waiver := range v.Waivers {
		same := Waiver{ID: waiver.ID, Image: waiver.Image}
		if seen[same] {
			r.add(item(at(path, "waivers"), i), fmt.Sprintf("waives %s twice", waiver.name()), "remove one of them")
		}
		seen[same] = true
	}
}

// findingPattern is an identifier of a vulnerability database, or a scan's status. A wildcard would waive what nobody has
// read yet.
var findingPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]*[A-Za-z0-9]$|^[A-Z]+(_[A-Z]+)+$`)

func (v Waiver) validate(path string, r *report) {
	if !findingPattern.MatchString(v.ID) {
		r.add(at(path, "id"), fmt.Sprintf("%q is no finding", v.ID), "give its whole identifier, such as CVE-2026-1234, without wildcards")
	}
	if strings.TrimSpace(v.Reason) == "" {
		r.add(at(path, "reason"), "is empty", "say why the finding does no harm here")
	}
	if _, err := lastDay(v.Until); err != nil {
		r.add(at(path, "until"), fmt.Sprintf("%q is no day", v.Until), "give the last day on which it holds, such as 2026-12-31")
	}
}

// name is what messages call the waiver.
func (v Waiver) name() string {
	if v.Image == "" {
		return v.ID
	}
	return v.ID + " of " + v.Image
}

// midnights are what becomes of a day without quotes: YAML makes a moment of it, which this program reads in one form and
// Pulumi hands over in another.
var midnights = []string{"T00:00:00Z", " 00:00:00 +0000 UTC"}

func lastDay(text string) (time.Time, error) {
	for _, midnight := range midnights {
		text = strings.TrimSuffix(text, midnight)
	}
	return time.Parse(time.DateOnly, text)
}

// expires is the first moment at which the waiver no longer holds.
func (v Waiver) expires() (time.Time, bool) {
	last, err := lastDay(v.Until)
	return last.AddDate(0, 0, 1), err == nil // what is no day is reported
}

// checkScan reports waivers of no layer, and those that no longer hold: what they let pass is to be decided anew. Whoever
// goes back to an earlier release has no time for that, and no gate to pass: there it is a warning.
func checkScan(c *Config, r *report) {
	if c.Scan == nil {
		return
	}
	for i, waiver := range c.Scan.Waivers {
		where := item(at(at("", "scan"), "waivers"), i)
		if waiver.Image != "" && !r.broken(at("", "images")) {
			r.oneOf(at(where, "image"), "image", waiver.Image, Names(c.Images))
		}
		if ends, ok := waiver.expires(); ok && !r.now.Before(ends) && c.Release == "" {
			r.add(at(where, "until"), waiver.expired(), "fix the finding and remove the waiver, or set a new day if the reason still holds")
		}
	}
}

func (v Waiver) expired() string {
	last, _ := lastDay(v.Until) // whoever asks has read it
	return fmt.Sprintf("the waiver of %s has expired: its last day was %s", v.name(), last.Format(time.DateOnly))
}

// soon is how long before its end a waiver is told about.
const soon = 14 * 24 * time.Hour

// scanWarnings tell what a waiver does not do, or not for long.
func (c *Config) scanWarnings(now time.Time, warn func(path, format string, values ...any)) {
	if c.Scan == nil {
		return
	}
	runs := c.runs()
	for i, waiver := range c.Scan.Waivers {
		where := item(at(at("", "scan"), "waivers"), i)
		if waiver.Image != "" && !slices.Contains(runs, waiver.Image) {
			warn(at(where, "image"), "%q is run by no task, and the scans of other layers stop nothing; name one of %s, or remove the waiver", waiver.Image, strings.Join(runs, ", "))
		}
		ends, _ := waiver.expires() // the config is valid
		switch left := ends.Sub(now); {
		case left <= 0:
			warn(at(where, "until"), "%s", waiver.expired())
		case left <= soon:
			warn(at(where, "until"), "updates fail after %s, when the waiver of %s expires; fix the finding, or set a new day if the reason still holds",
				ends.AddDate(0, 0, -1).Format(time.DateOnly), waiver.name())
		}
	}
}

// runs are the layers that tasks run, sorted: services' and the one-off task's that prepares the database.
func (c *Config) runs() []string {
	layers := map[string]bool{}
	for _, service := range c.Services {
		layers[service.Image] = true
	}
	if c.Database != nil {
		layers[c.Database.InitImage] = true
	}
	return Names(layers)
}
