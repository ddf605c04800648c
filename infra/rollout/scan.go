package rollout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/smithy-go"
)

// scanPollEvery is how often ECR is asked about a scan, which takes it a minute.
const scanPollEvery = 5 * time.Second

// waitScan asks for an image's findings until its scan has ended. An image that has run is asked for once.
func (r *Runner) waitScan(ctx context.Context, image scanned, within time.Duration) ([]finding, error) {
	deadline, lastNews := r.Clock.Now().Add(within), r.Clock.Now()
	for {
		findings, pending, err := r.readScan(ctx, image)
		if err != nil || pending == "" {
			return findings, err
		}
		now := r.Clock.Now()
		switch {
		case image.ran:
			return nil, fmt.Errorf("%s: there are no findings: %s", image.name(), pending)
		case !now.Before(deadline) && pending == noScan:
			return nil, fmt.Errorf("%s: %s within %s: scan on push was off when it was pushed, or the registry's scan filters leave %s out; "+
				"start one and run the update again:\n  aws ecr start-image-scan --repository-name %s --image-id imageDigest=%s",
				image.name(), pending, within, image.repository, image.repository, image.digest)
		case !now.Before(deadline):
			return nil, fmt.Errorf("%s: its scan has not ended within %s (%s); run the update again, or give the scan more time by botyard:scan.wait",
				image.name(), within, pending)
		case now.Sub(lastNews) >= quietAtMost:
			r.progress(fmt.Sprintf("%s: waiting for its scan: %s", image.name(), pending))
			lastNews = now
		}
		if err := r.Clock.Sleep(ctx, scanPollEvery); err != nil {
			return nil, fmt.Errorf("%s: interrupted while its scan goes on: %w", image.name(), err)
		}
	}
}

// noScan is said of an image right after its push, and of one that nobody scans.
const noScan = "ECR has no scan of it"

// readScan is what ECR knows of the image; pending says why that is nothing yet. A scan that ECR could not make is a finding
// of the name of its status: it stops what no severity can be said of, unless it is waived.
// Source: Amazon ECR API Reference, DescribeImageScanFindings and ImageScanStatus.
func (r *Runner) readScan(ctx context.Context, image scanned) (findings []finding, pending string, err error) {
	input := &ecr.DescribeImageScanFindingsInput{
		RepositoryName: aws.String(image.repository), ImageId: &types.ImageIdentifier{ImageDigest: aws.String(image.digest)},
	}
	for pages := ecr.NewDescribeImageScanFindingsPaginator(r.Registry, input); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		var missing *types.ScanNotFoundException
		switch {
		case errors.As(err, &missing):
			return nil, noScan, nil
		case throttled(err):
			return nil, "ECR takes no more questions for now", nil
		case err != nil:
			return nil, "", fmt.Errorf("%s: its scan cannot be read: %w", image.name(), allowed(err))
		case page.ImageScanStatus == nil:
			return nil, "ECR tells no status", nil
		}
		switch status := page.ImageScanStatus.Status; status {
		case types.ScanStatusComplete, types.ScanStatusActive: // basic, and continuous by Inspector
			findings = append(findings, findingsOf(page.ImageScanFindings)...)
		case types.ScanStatusInProgress, types.ScanStatusPending, types.ScanStatusFindingsUnavailable:
			return nil, string(status), nil
		default:
			return []finding{{id: string(status), why: aws.ToString(page.ImageScanStatus.Description)}}, "", nil
		}
	}
	return distinct(findings), "", nil
}

// allowed adds what would be right to a refusal.
func allowed(err error) error {
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "AccessDeniedException" {
		return fmt.Errorf("%w; right would be leave to do ecr:DescribeImageScanFindings on the stack's repositories", err)
	}
	return err
}

// throttled tells a refusal that passes from one that stays: the SDK has tried three times by then.
func throttled(err error) bool {
	return err != nil && retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool()
}
