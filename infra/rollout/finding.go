package rollout

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// finding is one vulnerability in one package; or that there was no scan, then without a severity.
type finding struct {
	id       string // of the vulnerability database; the scan's status where there was none
	severity string // in ECR's words
	name     string // of the package
	version  string
	fixed    string // the version without it; empty where ECR does not tell
	link     string
	why      string // there was no scan
}

// ranks of what nobody has rated, or what does no harm, stop nothing at any level. A word that is not known here stops at
// each: no gate passes what it cannot read. Sources: Amazon ECR API Reference, ImageScanFinding; Amazon Inspector User
// Guide, "Understanding severity levels".
var ranks = map[string]int{"CRITICAL": 4, "HIGH": 3, "MEDIUM": 2, "LOW": 1, "INFORMATIONAL": 0, "UNDEFINED": 0, "UNTRIAGED": 0}

const stopsAlways = 5

func rankOf(severity string) int {
	if rank, ok := ranks[severity]; ok {
		return rank
	}
	return stopsAlways
}

func (f finding) rank() int { return rankOf(f.severity) }

func (f finding) text() string {
	if f.severity == "" {
		return f.id + ": ECR has not scanned it: " + orElse(f.why, "it does not say why")
	}
	text := f.id + " " + f.severity
	if f.name != "" {
		text += " in " + strings.TrimSpace(f.name+" "+f.version)
	}
	if f.fixed != "" {
		text += ", fixed in " + f.fixed
	}
	if f.link != "" {
		text += ": " + f.link
	}
	return text
}

// findingsOf reads both kinds of findings: ECR's own scan's and Inspector's.
func findingsOf(all *types.ImageScanFindings) []finding {
	if all == nil {
		return nil
	}
	var found []finding
	for _, each := range all.Findings {
		f := finding{id: aws.ToString(each.Name), severity: string(each.Severity), link: aws.ToString(each.Uri)}
		for _, attribute := range each.Attributes {
			switch aws.ToString(attribute.Key) {
			case "package_name":
				f.name = aws.ToString(attribute.Value)
			case "package_version":
				f.version = aws.ToString(attribute.Value)
			}
		}
		found = append(found, f)
	}
	for _, each := range all.EnhancedFindings {
		found = append(found, enhanced(each)...)
	}
	return found
}

// enhanced is one finding a package. One that Inspector calls closed is mended; one that it suppresses counts: a rule there
// has no last day. Source: Amazon Inspector API Reference, Finding.
func enhanced(e types.EnhancedImageScanFinding) []finding {
	if aws.ToString(e.Status) == "CLOSED" {
		return nil
	}
	f := finding{id: aws.ToString(e.Title), severity: aws.ToString(e.Severity)}
	details := e.PackageVulnerabilityDetails
	if details == nil {
		return []finding{f}
	}
	f.id, f.link = orElse(aws.ToString(details.VulnerabilityId), f.id), aws.ToString(details.SourceUrl)
	if len(details.VulnerablePackages) == 0 {
		return []finding{f}
	}
	var found []finding
	for _, p := range details.VulnerablePackages {
		f.name, f.version, f.fixed = aws.ToString(p.Name), aws.ToString(p.Version), aws.ToString(p.FixedInVersion)
		if f.fixed == "NotAvailable" {
			f.fixed = ""
		}
		found = append(found, f)
	}
	return found
}

// distinct is each finding once, the worst first.
func distinct(findings []finding) []finding {
	slices.SortFunc(findings, func(a, b finding) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), cmp.Compare(a.id, b.id), cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version), cmp.Compare(a.fixed, b.fixed), cmp.Compare(a.link, b.link))
	})
	return slices.Compact(findings)
}
