package status

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// registry is an ECR that tells of scans: by repository@digest, an answer or an error.
type registry map[string]any

func (r registry) DescribeImageScanFindings(_ context.Context, in *ecr.DescribeImageScanFindingsInput, _ ...func(*ecr.Options)) (*ecr.DescribeImageScanFindingsOutput, error) {
	switch answer := r[*in.RepositoryName+"@"+*in.ImageId.ImageDigest].(type) {
	case *ecr.DescribeImageScanFindingsOutput:
		return answer, nil
	case error:
		return nil, answer
	}
	return nil, errors.New("no image of the fleet")
}

func scanned(status types.ScanStatus, counts map[string]int32) *ecr.DescribeImageScanFindingsOutput {
	return &ecr.DescribeImageScanFindingsOutput{
		ImageScanStatus: &types.ImageScanStatus{Status: status}, ImageScanFindings: &types.ImageScanFindings{FindingSeverityCounts: counts},
	}
}

// imaged is the question on a fleet whose bot and api run images of a registry.
func imaged(t *testing.T, scans Scans) Question {
	t.Helper()
	q := question()
	client := q.ECS.(cluster)
	client.tasks["bot"][0].Containers[1].Image = aws.String("registry:4566/botyard/local/bot@" + newDigest)
	client.tasks["api"] = client.tasks["api"][:1]
	client.tasks["api"][0].Containers[1].Image = aws.String("registry:4566/botyard/local/api@" + oldDigest)
	q.Scans, q.SBOMs = scans, t.TempDir()
	return q
}

func TestTheImagesOnTheScreen(t *testing.T) {
	q := imaged(t, registry{
		"botyard/local/bot@" + newDigest: scanned(types.ScanStatusComplete, map[string]int32{"LOW": 40, "CRITICAL": 1, "HIGH": 3, "DREADFUL": 2}),
		"botyard/local/api@" + oldDigest: scanned(types.ScanStatusActive, nil),
	})
	require.NoError(t, os.WriteFile(filepath.Join(q.SBOMs, "bot-9f2c1d04a7be.spdx.json"), []byte("{}"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(q.SBOMs, "api-000000000000.spdx.json"), []byte("{}"), 0o644))
	r, err := Ask(t.Context(), q)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(screen(t, q, r), "images    ")
	lines, _, _ = strings.Cut(lines, "\ndeploy")
	assert.Equal(t, `api aaaaaaaa: nothing found; no SBOM (make sbom)
          bot 9f2c1d04: 1 critical, 3 high, 40 low, 2 dreadful; SBOM`, lines)
	text, err := json.Marshal(r.Services[1])
	require.NoError(t, err)
	assert.Contains(t, string(text), `"scan":{"status":"COMPLETE","findings":{"CRITICAL":1,"DREADFUL":2,"HIGH":3,"LOW":40}},"sbom":"bot-9f2c1d04a7be.spdx.json"`)
	assert.Nil(t, r.Services[2].Scan, "what does not run")
}

func TestAnImageOfTwoServicesIsOneLine(t *testing.T) {
	q := imaged(t, registry{"botyard/local/bot@" + newDigest: scanned(types.ScanStatusComplete, nil)})
	client := q.ECS.(cluster)
	client.tasks["api"][0].Containers[1].Image = client.tasks["bot"][0].Containers[1].Image
	client.tasks["api"][0].Containers[1].ImageDigest = aws.String(newDigest)
	r, err := Ask(t.Context(), q)
	require.NoError(t, err)
	assert.Equal(t, []string{"api, bot 9f2c1d04: nothing found; no SBOM (make sbom)"}, r.images())
}

func TestWhatIsNotScanned(t *testing.T) {
	for want, answer := range map[string]any{
		"not scanned":                           &types.ScanNotFoundException{},
		"no findings known (UNSUPPORTED_IMAGE)": scanned(types.ScanStatusUnsupportedImage, nil),
		"no findings known (IN_PROGRESS)":       scanned(types.ScanStatusInProgress, map[string]int32{"LOW": 1}),
	} {
		q := imaged(t, registry{"botyard/local/bot@" + newDigest: answer, "botyard/local/api@" + oldDigest: answer})
		r, err := Ask(t.Context(), q)
		require.NoError(t, err)
		assert.Equal(t, "bot 9f2c1d04: "+want+"; no SBOM (make sbom)", r.images()[1])
	}
}

func TestScansThatCannotBeReadHideNothing(t *testing.T) {
	q := imaged(t, registry{"botyard/local/bot@" + newDigest: errors.New("AccessDenied"), "botyard/local/api@" + oldDigest: errors.New("AccessDenied")})
	r, err := Ask(t.Context(), q)
	require.ErrorContains(t, err, "cannot ask AWS for the scans: scan of registry:4566/botyard/local/")
	require.ErrorContains(t, err, "AccessDenied; right would be an answer within 1s and leave to do ecr:DescribeImageScanFindings")
	printed := screen(t, q, r)
	assert.Contains(t, printed, "\n          bot 9f2c1d04: ?; no SBOM (make sbom)\n")
	assert.Contains(t, printed, "\nbackup    restorable")
}

// TestTheImageThatIsShownIsTheOneAskedFor holds that during a rollout the line is about the digest of the row.
func TestTheImageThatIsShownIsTheOneAskedFor(t *testing.T) {
	q := question()
	tasks := q.ECS.(cluster).tasks["api"]
	tasks[0].Containers[1].Image = aws.String("registry:4566/botyard/local/api@" + oldDigest)
	tasks[1].Containers[1].Image = aws.String("registry:4566/botyard/local/api@" + newDigest)
	q.Scans = registry{"botyard/local/api@" + newDigest: scanned(types.ScanStatusComplete, map[string]int32{"HIGH": 1})}
	r, err := Ask(t.Context(), q)
	require.NoError(t, err)
	assert.Equal(t, []string{"api 9f2c1d04: 1 high; no SBOM (make sbom)"}, r.images())
}
