package status

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"golang.org/x/sync/errgroup"
)

// Scan is what ECR's scan of a running image says, waived or not.
type Scan struct {
	Status   string         `json:"status"`             // ECR's, such as COMPLETE or ACTIVE; NONE without a scan
	Findings map[string]int `json:"findings,omitempty"` // how many by severity, in ECR's words
}

// Scans is the part of ECR that is used.
type Scans interface {
	DescribeImageScanFindings(context.Context, *ecr.DescribeImageScanFindingsInput, ...func(*ecr.Options)) (*ecr.DescribeImageScanFindingsOutput, error)
}

// severities are ECR's and Inspector's, the worst first.
var severities = []string{"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED", "UNDEFINED"}

// scans asks for the scans of all images that run, each once.
func scans(ctx context.Context, client Scans, all []seen) error {
	byImage := map[string]*Scan{}
	for _, each := range all {
		if each.image != "" {
			byImage[each.image] = nil
		}
	}
	images := slices.Sorted(maps.Keys(byImage))
	found := make([]*Scan, len(images))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, image := range images {
		group.Go(func() (err error) {
			if found[i], err = scanOf(ctx, client, image); err != nil {
				return fmt.Errorf("scan of %s: %w", image, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, image := range images {
		byImage[image] = found[i]
	}
	for i, each := range all {
		all[i].row.Scan = byImage[each.image]
	}
	return nil
}

// scanOf asks for one image, <host>/<repository>@<digest>. The first page has the counts of all.
func scanOf(ctx context.Context, client Scans, image string) (*Scan, error) {
	name, digest, _ := strings.Cut(image, "@")
	_, repository, _ := strings.Cut(name, "/")
	out, err := client.DescribeImageScanFindings(ctx, &ecr.DescribeImageScanFindingsInput{
		RepositoryName: &repository, ImageId: &types.ImageIdentifier{ImageDigest: &digest}, MaxResults: aws.Int32(1),
	})
	var missing *types.ScanNotFoundException
	if errors.As(err, &missing) {
		return &Scan{Status: "NONE"}, nil
	}
	if err != nil {
		return nil, err
	}
	s := &Scan{Status: "NONE"}
	if out.ImageScanStatus != nil {
		s.Status = string(out.ImageScanStatus.Status)
	}
	if out.ImageScanFindings != nil {
		s.Findings = map[string]int{}
		for severity, count := range out.ImageScanFindings.FindingSeverityCounts {
			s.Findings[severity] = int(count)
		}
	}
	return s, nil
}

// words are the findings, the worst first.
func (s *Scan) words() string {
	switch {
	case s == nil:
		return unknown
	case s.Status == "NONE":
		return "not scanned"
	case s.Status != string(types.ScanStatusComplete) && s.Status != string(types.ScanStatusActive):
		return "no findings known (" + s.Status + ")"
	}
	var counts []string
	others := maps.Clone(s.Findings)
	for _, severity := range slices.Concat(severities, slices.Sorted(maps.Keys(s.Findings))) {
		if n := others[severity]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, strings.ToLower(severity)))
			delete(others, severity)
		}
	}
	if len(counts) == 0 {
		return "nothing found"
	}
	return strings.Join(counts, ", ")
}
