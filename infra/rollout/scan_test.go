package rollout

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
)

// scanner is an ECR that tells of scans alone: of each repository what was given, in turn, and the last of it for good.
type scanner struct {
	Registry
	mu      sync.Mutex
	now     time.Time
	answers map[string][]any // *ecr.DescribeImageScanFindingsOutput or error
	asked   map[string]int
}

func newScanner(answers map[string][]any) (*scanner, *Runner, *[]string) {
	s := &scanner{now: start, answers: answers, asked: map[string]int{}}
	progress := &[]string{}
	return s, &Runner{Registry: s, Clock: s, Progress: func(line string) { *progress = append(*progress, line) }}, progress
}

func (s *scanner) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *scanner) Sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	return ctx.Err()
}

func (s *scanner) DescribeImageScanFindings(_ context.Context, in *ecr.DescribeImageScanFindingsInput, _ ...func(*ecr.Options)) (*ecr.DescribeImageScanFindingsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repository := aws.ToString(in.RepositoryName) + "@" + aws.ToString(in.ImageId.ImageDigest)
	list := s.answers[repository]
	if len(list) == 0 {
		return nil, errors.New("the scanner knows no " + repository)
	}
	answer := list[min(s.asked[repository], len(list)-1)]
	s.asked[repository]++
	if err, failed := answer.(error); failed {
		return nil, err
	}
	return answer.(*ecr.DescribeImageScanFindingsOutput), nil
}

func status(status types.ScanStatus, description string) *ecr.DescribeImageScanFindingsOutput {
	return &ecr.DescribeImageScanFindingsOutput{ImageScanStatus: &types.ImageScanStatus{Status: status, Description: aws.String(description)}}
}

func complete(findings ...types.ImageScanFinding) *ecr.DescribeImageScanFindingsOutput {
	out := status(types.ScanStatusComplete, "The scan was completed successfully.")
	out.ImageScanFindings = &types.ImageScanFindings{Findings: findings}
	return out
}

func basic(id string, severity types.FindingSeverity, name, version string) types.ImageScanFinding {
	return types.ImageScanFinding{
		Name: aws.String(id), Severity: severity, Uri: aws.String("https://example.org/" + id),
		Attributes: []types.Attribute{
			{Key: aws.String("CVSS2_SCORE"), Value: aws.String("7.5")},
			{Key: aws.String("package_name"), Value: aws.String(name)}, {Key: aws.String("package_version"), Value: aws.String(version)},
		},
	}
}

const (
	botDigest = "sha256:9f2c1d04a7be0123"
	botImage  = "botyard/prod/bot@" + botDigest
	apiImage  = "botyard/prod/api@sha256:51b0c6de88120123"
)

// ofBot are the scans of one image at the level high.
func ofBot(waivers ...Waiver) Scans {
	return Scans{
		Images: map[string]string{"bot": "registry/" + botImage}, StopAt: "high", Within: 10 * time.Minute, Waivers: waivers, File: "Pulumi.prod.yaml",
	}
}

func TestAnImageWithoutFindingsPasses(t *testing.T) {
	s, r, _ := newScanner(map[string][]any{botImage: {complete()}})
	warnings, err := r.CheckScans(t.Context(), ofBot())
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, 1, s.asked[botImage])
}

func TestAScanIsWaitedFor(t *testing.T) {
	s, r, progress := newScanner(map[string][]any{botImage: {
		&types.ScanNotFoundException{}, status(types.ScanStatusPending, ""), &smithy.GenericAPIError{Code: "ThrottlingException"},
		status(types.ScanStatusInProgress, ""), status(types.ScanStatusInProgress, ""), status(types.ScanStatusInProgress, ""), status(types.ScanStatusInProgress, ""),
		complete(basic("CVE-2026-1", types.FindingSeverityMedium, "zlib", "1.2")),
	}})
	warnings, err := r.CheckScans(t.Context(), ofBot())
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, start.Add(35*time.Second), s.now)
	require.Equal(t, []string{"image bot (9f2c1d04a7be): waiting for its scan: IN_PROGRESS"}, *progress)
}

// TestAFindingStopsTheRollout holds the whole of what a person reads, of two images and both kinds of scans.
func TestAFindingStopsTheRollout(t *testing.T) {
	first := complete(basic("CVE-2026-2", types.FindingSeverityHigh, "openssl", "3.0.11-1"), basic("CVE-2026-1", types.FindingSeverityLow, "zlib", "1.2"))
	first.NextToken = aws.String("more")
	inspector := status(types.ScanStatusActive, "Continuous scan is selected for image.")
	inspector.ImageScanFindings = &types.ImageScanFindings{EnhancedFindings: []types.EnhancedImageScanFinding{
		{Severity: aws.String("CRITICAL"), Status: aws.String("SUPPRESSED"), PackageVulnerabilityDetails: &types.PackageVulnerabilityDetails{
			VulnerabilityId: aws.String("CVE-2026-2"), SourceUrl: aws.String("https://example.org/2"), VulnerablePackages: []types.VulnerablePackage{
				{Name: aws.String("openssl"), Version: aws.String("3.0.11"), FixedInVersion: aws.String("3.0.13")},
				{Name: aws.String("libssl3"), Version: aws.String("3.0.11"), FixedInVersion: aws.String("NotAvailable")},
			},
		}},
		{Severity: aws.String("CRITICAL"), Status: aws.String("CLOSED"), Title: aws.String("CVE-2026-9")},
		{Severity: aws.String("UNTRIAGED"), Status: aws.String("ACTIVE"), Title: aws.String("CVE-2026-8")},
		{Severity: aws.String("DREADFUL"), Status: aws.String("ACTIVE"), Title: aws.String("CVE-2026-7")},
	}}
	_, r, _ := newScanner(map[string][]any{
		botImage: {first, complete(basic("CVE-2026-3", types.FindingSeverityCritical, "zlib", "1.2"), basic("CVE-2026-4", types.FindingSeverityUndefined, "x", "1"))},
		apiImage: {inspector},
	})
	s := ofBot()
	s.Images["api"] = "registry/" + apiImage
	warnings, err := r.CheckScans(t.Context(), s)
	require.Empty(t, warnings)
	require.EqualError(t, err, `no service was touched: ECR's scan has findings of severity high or above
image api (51b0c6de8812):
  CVE-2026-7 DREADFUL
  CVE-2026-2 CRITICAL in libssl3 3.0.11: https://example.org/2
  CVE-2026-2 CRITICAL in openssl 3.0.11, fixed in 3.0.13: https://example.org/2
image bot (9f2c1d04a7be):
  CVE-2026-3 CRITICAL in zlib 1.2: https://example.org/CVE-2026-3
  CVE-2026-2 HIGH in openssl 3.0.11-1: https://example.org/CVE-2026-2
mend them (docs/operations.md, "A finding stops the update"), or waive what does no harm here, with the reason, in Pulumi.prod.yaml:
  botyard:scan:
    waivers:
      - {id: CVE-2026-2, reason: "", until: 2026-12-22}
      - {id: CVE-2026-3, image: bot, reason: "", until: 2026-12-22}
      - {id: CVE-2026-7, image: api, reason: "", until: 2026-12-22}`)
}

func TestAWaivedFindingPasses(t *testing.T) {
	answers := map[string][]any{botImage: {complete(basic("CVE-2026-2", types.FindingSeverityHigh, "openssl", "3"))}}
	for _, waiver := range []Waiver{{ID: "CVE-2026-2"}, {ID: "CVE-2026-2", Layer: "bot"}} {
		_, r, _ := newScanner(answers)
		warnings, err := r.CheckScans(t.Context(), ofBot(waiver))
		require.NoError(t, err)
		require.Empty(t, warnings)
	}
	_, r, _ := newScanner(answers)
	warnings, err := r.CheckScans(t.Context(), ofBot(Waiver{ID: "CVE-2026-2", Layer: "api"}, Waiver{ID: "CVE-2026-20"}))
	require.ErrorContains(t, err, "\n  CVE-2026-2 HIGH in openssl 3:")
	require.Equal(t, []string{
		"botyard:scan.waivers: the waiver of CVE-2026-2 of api matches no finding; remove it",
		"botyard:scan.waivers: the waiver of CVE-2026-20 matches no finding; remove it",
	}, warnings)
}

// TestNoScanIsNoPass holds that what ECR cannot look at stops, until somebody says why it may run.
func TestNoScanIsNoPass(t *testing.T) {
	for _, each := range []types.ScanStatus{
		types.ScanStatusFailed, types.ScanStatusUnsupportedImage, types.ScanStatusLimitExceeded, types.ScanStatusScanEligibilityExpired, types.ScanStatusImageArchived, "NEW_STATUS",
	} {
		_, r, _ := newScanner(map[string][]any{botImage: {status(each, "for a reason")}})
		_, err := r.CheckScans(t.Context(), ofBot())
		require.ErrorContains(t, err, "\n  "+string(each)+": ECR has not scanned it: for a reason\n")
		require.ErrorContains(t, err, "{id: "+string(each)+", image: bot, ")
		_, r, _ = newScanner(map[string][]any{botImage: {status(each, "")}})
		warnings, err := r.CheckScans(t.Context(), ofBot(Waiver{ID: string(each), Layer: "bot"}))
		require.NoError(t, err)
		require.Empty(t, warnings)
	}
	for name, test := range map[string]struct {
		answer any
		want   string
	}{
		"late": {status(types.ScanStatusFindingsUnavailable, ""), "no service was touched: image bot (9f2c1d04a7be): its scan has not ended within 10m0s (FINDINGS_UNAVAILABLE); " +
			"run the update again, or give the scan more time by botyard:scan.wait"},
		"none": {&types.ScanNotFoundException{}, "no service was touched: image bot (9f2c1d04a7be): ECR has no scan of it within 10m0s: scan on push was off when it was pushed, " +
			"or the registry's scan filters leave botyard/prod/bot out; start one and run the update again:\n" +
			"  aws ecr start-image-scan --repository-name botyard/prod/bot --image-id imageDigest=" + botDigest},
		"no status": {&ecr.DescribeImageScanFindingsOutput{}, "no service was touched: image bot (9f2c1d04a7be): its scan has not ended within 10m0s (ECR tells no status); " +
			"run the update again, or give the scan more time by botyard:scan.wait"},
		"refused": {&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not you"}, "no service was touched: image bot (9f2c1d04a7be): its scan cannot be read: " +
			"api error AccessDeniedException: not you; right would be leave to do ecr:DescribeImageScanFindings on the stack's repositories"},
	} {
		s, r, _ := newScanner(map[string][]any{botImage: {test.answer}})
		warnings, err := r.CheckScans(t.Context(), ofBot(Waiver{ID: "CVE-2026-2"}))
		require.EqualError(t, err, test.want, name)
		require.Empty(t, warnings, "%s: what is not known says nothing of the waivers", name)
		require.LessOrEqual(t, s.asked[botImage], 121, name)
	}
}

// TestWhatHasRunIsOnlyToldOf holds that nobody waits, and nothing stops, when an earlier image runs again.
func TestWhatHasRunIsOnlyToldOf(t *testing.T) {
	for want, answer := range map[string]any{
		"ECR has found since in an image that has run before, and that is rolled out all the same:\nimage bot (9f2c1d04a7be):\n  CVE-2026-3 CRITICAL in zlib 1.2: https://example.org/CVE-2026-3": complete(basic("CVE-2026-3", types.FindingSeverityCritical, "zlib", "1.2")),
		"image bot (9f2c1d04a7be): there are no findings: IN_PROGRESS; it has run before, so it is rolled out all the same":                                                                       status(types.ScanStatusInProgress, ""),
		"image bot (9f2c1d04a7be): its scan cannot be read: away; it has run before, so it is rolled out all the same":                                                                            errors.New("away"),
	} {
		s, r, _ := newScanner(map[string][]any{botImage: {answer}})
		scans := ofBot()
		scans.Ran = map[string]bool{botDigest: true}
		warnings, err := r.CheckScans(t.Context(), scans)
		require.NoError(t, err)
		require.Equal(t, []string{want}, warnings)
		require.Equal(t, 1, s.asked[botImage])
	}
}

func TestAnInterruptedWaitSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, r, _ := newScanner(map[string][]any{botImage: {status(types.ScanStatusInProgress, "")}})
	_, err := r.CheckScans(ctx, ofBot())
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, strings.HasPrefix(err.Error(), "no service was touched: image bot (9f2c1d04a7be): interrupted while its scan goes on"), err)
	s := ofBot()
	s.Images["bot"] = "bot:latest"
	_, err = r.CheckScans(t.Context(), s)
	require.EqualError(t, err, "image bot:latest is no reference by digest with a registry's host")
}
