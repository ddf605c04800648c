// Package models uploads the files that services fetch when they start, and tells which there are. What it notes of a file
// beside it is read by infra/rollout.
package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"botyard/toolchain/internal/outputs"
)

// API is the part of S3 that is used.
type API interface {
	HeadObject(context.Context, *s3.HeadObjectInput, ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
	ListObjectVersions(context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error)
	CreateMultipartUpload(context.Context, *s3.CreateMultipartUploadInput, ...func(*s3.Options)) (*s3.CreateMultipartUploadOutput, error)
	ListMultipartUploads(context.Context, *s3.ListMultipartUploadsInput, ...func(*s3.Options)) (*s3.ListMultipartUploadsOutput, error)
	ListParts(context.Context, *s3.ListPartsInput, ...func(*s3.Options)) (*s3.ListPartsOutput, error)
	UploadPart(context.Context, *s3.UploadPartInput, ...func(*s3.Options)) (*s3.UploadPartOutput, error)
	CompleteMultipartUpload(context.Context, *s3.CompleteMultipartUploadInput, ...func(*s3.Options)) (*s3.CompleteMultipartUploadOutput, error)
}

// What is noted beside a file, and the tag that lets a version expire which no release runs.
const (
	metadataSHA256 = "sha256"
	metadataFile   = "file"
	unusedTag      = "keep=no"
)

// maxBucketName is S3's. Source: Amazon S3 User Guide, "General purpose bucket naming rules".
const maxBucketName = 63

// BucketName is the name of a stack's bucket, as infra/platform makes it: it is needed before the stack's first update has
// ended, since that one waits for models.
func BucketName(project, stack, account string) string {
	name := strings.Join([]string{project, stack, "models", account}, "-")
	if len(name) <= maxBucketName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	tail := "-" + hex.EncodeToString(sum[:3])
	return strings.TrimRight(name[:maxBucketName-len(tail)], "-") + tail
}

// Stack is a stack as far as its models go.
type Stack struct {
	Name   string
	Models []string // under botyard:models, sorted
	// Takes are the services that take a model's newest version, by model.
	Takes map[string][]string
}

// Known tells whether there is a model of that name.
func (s Stack) Known(name string) error {
	switch {
	case slices.Contains(s.Models, name):
		return nil
	case len(s.Models) == 0:
		return fmt.Errorf("there is no model %q in stack %s, and no other; right would be a name under botyard:models, which a service's models name, and an update", name, s.Name)
	}
	return fmt.Errorf("there is no model %q in stack %s; it has %s", name, s.Name, strings.Join(s.Models, ", "))
}

// command is a make command for the stack.
func (s Stack) command(words string) string {
	return "make " + words + outputs.StackWord(s.Name)
}

// head is what is noted of a version, the newest if none is named; nil where there is none.
func head(ctx context.Context, api API, bucket, name, version string) (*s3.HeadObjectOutput, error) {
	in := &s3.HeadObjectInput{Bucket: &bucket, Key: &name}
	if version != "" {
		in.VersionId = aws.String(version)
	}
	out, err := api.HeadObject(ctx, in)
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot look for the model %s: %w", name, err)
	}
	return out, nil
}

// Explained says what is missing where there is no bucket.
func (s Stack) Explained(err error) error {
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "NoSuchBucket" {
		return fmt.Errorf("stack %s has no bucket for models yet: run %s first; it stops before the services that need a model, with the command to upload it", s.Name, s.command("up"))
	}
	return err
}
