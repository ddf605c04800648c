package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// atOnce is how many parts are on their way at a time.
const atOnce = 3

// Uploader puts files into the bucket.
type Uploader struct {
	API    API
	Bucket string
	Meter  func(total int64) Meter
}

// Uploaded is a version that is in the bucket.
type Uploaded struct {
	Version string
	At      time.Time // when it was uploaded
	Same    bool      // it was there already
	There   int64     // bytes of it that an earlier, cut off upload had brought
}

// Put makes the file the newest version of a model, unless it is that already. An upload of the same file that was cut off is
// gone on with.
func (u Uploader) Put(ctx context.Context, name string, s *Source) (Uploaded, error) {
	newest, err := head(ctx, u.API, u.Bucket, name, "")
	if err != nil {
		return Uploaded{}, err
	}
	if newest != nil && of(newest, s) {
		return Uploaded{Version: aws.ToString(newest.VersionId), At: aws.ToTime(newest.LastModified), Same: true}, nil
	}
	begun, err := u.find(ctx, name, s)
	if err != nil {
		return Uploaded{}, err
	}
	done, err := u.finish(ctx, name, s, begun)
	if errors.Is(err, errOther) && begun.id != "" {
		done, err = u.finish(ctx, name, s, unfinished{})
	}
	return done, err
}

// of tells that what is noted beside an object is that of the file.
func of(noted *s3.HeadObjectOutput, s *Source) bool {
	return noted.Metadata[metadataSHA256] == s.SHA256 && noted.Metadata[metadataFile] == s.Name && aws.ToInt64(noted.ContentLength) == s.Size
}

// finish brings what an upload lacks, and makes a version of it.
func (u Uploader) finish(ctx context.Context, name string, s *Source, begun unfinished) (Uploaded, error) {
	if begun.id == "" {
		made, err := u.API.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: &u.Bucket, Key: &name, ChecksumAlgorithm: types.ChecksumAlgorithmSha256, Tagging: aws.String(unusedTag),
			Metadata: map[string]string{metadataSHA256: s.SHA256, metadataFile: s.Name},
		})
		if err != nil {
			return Uploaded{}, fmt.Errorf("the upload cannot begin: %w", err)
		}
		begun = unfinished{id: aws.ToString(made.UploadId), parts: map[int]types.CompletedPart{}}
	}
	there := int64(0)
	for number := range begun.parts {
		there += s.part(number).Size()
	}
	parts, err := u.send(ctx, name, s, begun, there)
	if err == nil {
		err = s.unchanged()
	}
	if err != nil {
		return Uploaded{}, err
	}
	done, err := u.API.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.Bucket, Key: &name, UploadId: &begun.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err != nil {
		return Uploaded{}, fmt.Errorf("all parts are there, but S3 makes no version of them: %w", err)
	}
	version := aws.ToString(done.VersionId)
	return Uploaded{Version: version, There: there}, u.verify(ctx, name, s, version)
}

// errOther is an upload that turned out to be of another file.
var errOther = errors.New("what was gone on with was another file's upload")

// verify takes back a version whose notes are another file's: a host would refuse it.
func (u Uploader) verify(ctx context.Context, name string, s *Source, version string) error {
	noted, err := head(ctx, u.API, u.Bucket, name, version)
	if err != nil {
		return err
	}
	if noted != nil && of(noted, s) {
		return nil
	}
	_, err = u.API.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &u.Bucket, Key: &name, VersionId: &version})
	if err != nil {
		return fmt.Errorf("version %s of model %s is of no use and cannot be deleted: %w", version, name, err)
	}
	return errOther
}

// send brings the parts that are not there yet, and returns all of them in order.
func (u Uploader) send(ctx context.Context, name string, s *Source, begun unfinished, there int64) ([]types.CompletedPart, error) {
	parts := make([]types.CompletedPart, s.parts())
	meter := u.Meter(s.Size)
	defer meter.Done()
	meter.Add(there)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range parts {
		number := i + 1
		if part, ok := begun.parts[number]; ok {
			parts[i] = part
			continue
		}
		group.Go(func() (err error) {
			parts[i], err = u.sendPart(ctx, name, s, begun.id, number)
			if err == nil {
				meter.Add(s.part(number).Size())
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("the upload broke off: %w; the same command goes on from here", err)
	}
	return parts, nil
}

func (u Uploader) sendPart(ctx context.Context, name string, s *Source, id string, number int) (types.CompletedPart, error) {
	if ctx.Err() != nil {
		return types.CompletedPart{}, ctx.Err()
	}
	sum, err := s.sum(number)
	if err != nil {
		return types.CompletedPart{}, err
	}
	sent, err := u.API.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &u.Bucket, Key: &name, UploadId: &id, PartNumber: aws.Int32(int32(number)), Body: s.part(number), ChecksumSHA256: &sum,
	})
	if err != nil {
		return types.CompletedPart{}, fmt.Errorf("part %d of %d: %w", number, s.parts(), err)
	}
	return types.CompletedPart{PartNumber: aws.Int32(int32(number)), ETag: sent.ETag, ChecksumSHA256: &sum}, nil
}

// Report says what has become of a file.
func (s Stack) Report(name string, source *Source, done Uploaded, took time.Duration) string {
	var b strings.Builder
	switch {
	case done.Same:
		fmt.Fprintf(&b, "%s: its newest version is this file already, since %s UTC; nothing was uploaded\n", name, done.At.UTC().Format(minute))
	default:
		fmt.Fprintf(&b, "%s: uploaded %s, %s in %.0f s", name, source.Name, size(source.Size), took.Seconds())
		if done.There > 0 {
			fmt.Fprintf(&b, "; %s of it were there already", size(done.There))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "  version  %s\n  sha256   %s\n", done.Version, source.SHA256)
	if takers := s.Takes[name]; len(takers) > 0 {
		fmt.Fprintf(&b, "The next %s gives it to: %s\n", s.command("up"), strings.Join(takers, ", "))
	} else {
		fmt.Fprintf(&b, "No service takes the newest version of %s; one that is to have this one says models: {<VARIABLE>: {name: %s, version: %s}}\n", name, name, done.Version)
	}
	return b.String()
}
