package rollout

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Bucket is the part of the S3 API that finds models and keeps them.
type Bucket interface {
	HeadObject(context.Context, *s3.HeadObjectInput, ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
	PutObjectTagging(context.Context, *s3.PutObjectTaggingInput, ...func(*s3.Options)) (*s3.PutObjectTaggingOutput, error)
}

// The tag that says whether a version of a model is kept: make model uploads with no, an update that takes the version sets
// yes, and the last release that is forgotten sets no again. infra/platform's lifecycle rule expires what says no.
const (
	KeepTag = "keep"
	keepYes = "yes"
	KeepNo  = "no"
)

// What make model notes of a file beside it, as user metadata of the object.
const (
	metadataSHA256 = "sha256" // of the whole file, in hexadecimal digits: S3's own is one of the parts' checksums
	metadataFile   = "file"   // the name that it had
)

// ModelQuery asks for a version of a model.
type ModelQuery struct {
	Bucket, Name string
	// Version is an id, or empty for the newest.
	Version string
	// Stack is for the message.
	Stack string
}

// Model is one version of a model, found.
type Model struct {
	Name, Version string
	// SHA256 is the whole file's, in hexadecimal digits; File the name that it had when it was uploaded.
	SHA256, File string
	// Size is bytes.
	Size int64
}

// ErrNoModel is a model, or a version of it, that is not in the bucket.
var ErrNoModel = errors.New("so no service that uses it was touched")

// FindModel finds a version of a model, and reads none of its content.
func (r *Runner) FindModel(ctx context.Context, q ModelQuery) (Model, error) {
	in := &s3.HeadObjectInput{Bucket: aws.String(q.Bucket), Key: aws.String(q.Name)}
	if q.Version != "" {
		in.VersionId = aws.String(q.Version)
	}
	out, err := r.Bucket.HeadObject(ctx, in)
	switch {
	case err != nil && missing(err) && q.Version != "":
		return Model{}, fmt.Errorf("model %s has no version %s, %w; make models STACK=%s shows those there are", q.Name, q.Version, ErrNoModel, q.Stack)
	case err != nil && missing(err):
		return Model{}, fmt.Errorf("model %s has no version yet, %w; upload one with\n"+
			"  make model NAME=%s FILE=<file> STACK=%s\nand run the update again", q.Name, ErrNoModel, q.Name, q.Stack)
	case err != nil:
		return Model{}, fmt.Errorf("model %s: %w", q.Name, err)
	}
	found := Model{
		Name: q.Name, Version: aws.ToString(out.VersionId), Size: aws.ToInt64(out.ContentLength),
		SHA256: out.Metadata[metadataSHA256], File: out.Metadata[metadataFile],
	}
	if found.Version == "" || found.SHA256 == "" || found.File == "" {
		return Model{}, fmt.Errorf("model %s: what is in the bucket %s was not uploaded by make model: it lacks a version or its checksum, so nobody can tell "+
			"whether a host has it whole; upload it with\n  make model NAME=%s FILE=<file> STACK=%s", q.Name, q.Bucket, q.Name, q.Stack)
	}
	return found, nil
}

// missing tells an object or bucket that is not there: the answer to HeadObject has no body that says which, and to an id
// that S3 cannot have made it is 400. Source: Amazon S3 API Reference, HeadObject.
func missing(err error) bool {
	var response *awshttp.ResponseError
	return errors.As(err, &response) && (response.HTTPStatusCode() == http.StatusNotFound || response.HTTPStatusCode() == http.StatusBadRequest)
}

// KeepModel keeps a version from its expiry. It comes before a service takes the version.
func (r *Runner) KeepModel(ctx context.Context, bucket string, m Model) error {
	return r.tagModel(ctx, bucket, m.Name, m.Version, keepYes)
}

func (r *Runner) tagModel(ctx context.Context, bucket, name, version, keep string) error {
	_, err := r.Bucket.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: aws.String(bucket), Key: aws.String(name), VersionId: aws.String(version),
		Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String(KeepTag), Value: aws.String(keep)}}},
	})
	if err != nil {
		return fmt.Errorf("version %s of model %s cannot be tagged %s=%s: %w", version, name, KeepTag, keep, err)
	}
	return nil
}
