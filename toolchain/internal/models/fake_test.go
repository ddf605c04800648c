package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"
)

// bucket is an S3 in memory, with pages of one entry.
type bucket struct {
	mutex    sync.Mutex
	versions []version // the oldest first
	uploads  map[string]*upload
	count    int
	calls    []string
	breakAt  int32 // the part that does not get through; 0: all do
	missing  bool  // there is no bucket
}

type version struct {
	id, key string
	content []byte
	noted   map[string]string
	tags    string
	at      time.Time
}

type upload struct {
	version
	parts map[int32][]byte
}

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func (b *bucket) note(format string, args ...any) {
	b.calls = append(b.calls, fmt.Sprintf(format, args...))
}

func (b *bucket) tick() (string, time.Time) {
	b.count++
	return fmt.Sprint("v", b.count), noon.Add(time.Duration(b.count) * time.Minute)
}

func sum(content []byte) *string {
	s := sha256.Sum256(content)
	return aws.String(base64.StdEncoding.EncodeToString(s[:]))
}

func (b *bucket) HeadObject(_ context.Context, in *s3.HeadObjectInput, _ ...func(*s3.Options)) (*s3.HeadObjectOutput, error) {
	for _, v := range slices.Backward(b.versions) {
		if v.key == *in.Key && (in.VersionId == nil || *in.VersionId == v.id) {
			return &s3.HeadObjectOutput{VersionId: &v.id, ContentLength: aws.Int64(int64(len(v.content))), Metadata: v.noted, LastModified: &v.at}, nil
		}
	}
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusNotFound}}
	return nil, &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: response, Err: errors.New("none")}}
}

func (b *bucket) DeleteObject(_ context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	b.note("delete %s", *in.VersionId)
	b.versions = slices.DeleteFunc(b.versions, func(v version) bool { return v.id == *in.VersionId })
	return &s3.DeleteObjectOutput{}, nil
}

func (b *bucket) ListObjectVersions(_ context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	if b.missing {
		return nil, &smithy.GenericAPIError{Code: "NoSuchBucket"}
	}
	out := &s3.ListObjectVersionsOutput{}
	newest := map[string]string{}
	for _, v := range b.versions {
		newest[v.key] = v.id
	}
	for _, v := range b.versions {
		if strings.HasPrefix(v.key, *in.Prefix) {
			out.Versions = append(out.Versions, types.ObjectVersion{
				Key: &v.key, VersionId: &v.id, LastModified: &v.at, Size: aws.Int64(int64(len(v.content))), IsLatest: aws.Bool(newest[v.key] == v.id),
			})
		}
	}
	return out, nil
}

func (b *bucket) CreateMultipartUpload(_ context.Context, in *s3.CreateMultipartUploadInput, _ ...func(*s3.Options)) (*s3.CreateMultipartUploadOutput, error) {
	id, at := b.tick()
	b.note("begin %s", id)
	b.uploads[id] = &upload{version: version{id: id, key: *in.Key, noted: in.Metadata, tags: *in.Tagging, at: at}, parts: map[int32][]byte{}}
	return &s3.CreateMultipartUploadOutput{UploadId: &id}, nil
}

func (b *bucket) ListMultipartUploads(_ context.Context, in *s3.ListMultipartUploadsInput, _ ...func(*s3.Options)) (*s3.ListMultipartUploadsOutput, error) {
	if b.missing {
		return nil, &smithy.GenericAPIError{Code: "NoSuchBucket"}
	}
	var all []types.MultipartUpload
	for _, u := range b.uploads {
		if strings.HasPrefix(u.key, *in.Prefix) {
			all = append(all, types.MultipartUpload{Key: &u.key, UploadId: &u.id, Initiated: &u.at})
		}
	}
	slices.SortFunc(all, func(x, y types.MultipartUpload) int { return strings.Compare(*x.UploadId, *y.UploadId) })
	for i, each := range all {
		if in.UploadIdMarker == nil || *each.UploadId > *in.UploadIdMarker {
			return &s3.ListMultipartUploadsOutput{Uploads: all[i : i+1], IsTruncated: aws.Bool(i+1 < len(all)), NextKeyMarker: each.Key, NextUploadIdMarker: each.UploadId}, nil
		}
	}
	return &s3.ListMultipartUploadsOutput{IsTruncated: aws.Bool(false)}, nil
}

func (b *bucket) ListParts(_ context.Context, in *s3.ListPartsInput, _ ...func(*s3.Options)) (*s3.ListPartsOutput, error) {
	var all []types.Part
	for number, content := range b.uploads[*in.UploadId].parts {
		all = append(all, types.Part{PartNumber: &number, Size: aws.Int64(int64(len(content))), ChecksumSHA256: sum(content), ETag: aws.String("e")})
	}
	slices.SortFunc(all, func(x, y types.Part) int { return int(*x.PartNumber - *y.PartNumber) })
	for i, each := range all {
		if in.PartNumberMarker == nil || fmt.Sprint(*each.PartNumber) > *in.PartNumberMarker {
			return &s3.ListPartsOutput{Parts: all[i : i+1], IsTruncated: aws.Bool(i+1 < len(all)), NextPartNumberMarker: aws.String(fmt.Sprint(*each.PartNumber))}, nil
		}
	}
	return &s3.ListPartsOutput{IsTruncated: aws.Bool(false)}, nil
}

// sent is how many parts of an upload are there.
func (b *bucket) sent(id string) int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.uploads[id].parts)
}

func (b *bucket) UploadPart(_ context.Context, in *s3.UploadPartInput, _ ...func(*s3.Options)) (*s3.UploadPartOutput, error) {
	if *in.PartNumber == b.breakAt { // once those before it are through
		for b.sent(*in.UploadId) < int(b.breakAt)-1 {
			time.Sleep(time.Millisecond)
		}
		return nil, errors.New("connection reset")
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	content, err := io.ReadAll(in.Body)
	if err != nil || *sum(content) != *in.ChecksumSHA256 {
		return nil, &smithy.GenericAPIError{Code: "BadDigest"}
	}
	b.note("part %d", *in.PartNumber)
	b.uploads[*in.UploadId].parts[*in.PartNumber] = content
	return &s3.UploadPartOutput{ETag: aws.String("e")}, nil
}

func (b *bucket) CompleteMultipartUpload(_ context.Context, in *s3.CompleteMultipartUploadInput, _ ...func(*s3.Options)) (*s3.CompleteMultipartUploadOutput, error) {
	u := b.uploads[*in.UploadId]
	made := u.version
	made.id, made.at = b.tick()
	for i, part := range in.MultipartUpload.Parts {
		if *part.PartNumber != int32(i+1) || *part.ChecksumSHA256 != *sum(u.parts[*part.PartNumber]) {
			return nil, &smithy.GenericAPIError{Code: "InvalidPart"}
		}
		made.content = append(made.content, u.parts[*part.PartNumber]...)
	}
	b.note("complete %s", *in.UploadId)
	delete(b.uploads, *in.UploadId)
	b.versions = append(b.versions, made)
	return &s3.CompleteMultipartUploadOutput{VersionId: &made.id}, nil
}

// quiet is a meter that counts.
type quiet struct {
	mutex sync.Mutex
	bytes int64
}

func (q *quiet) Add(n int64) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.bytes += n
}

func (*quiet) Done() {}

// file is one of three parts whose content begins with begin.
func file(t *testing.T, name string, begin byte) *Source {
	t.Helper()
	content := bytes.Repeat([]byte("0123456789abcdef"), 2*leastPart/16+leastPart/2/16)
	content[0] = begin
	return fileOf(t, name, content)
}

func fileOf(t *testing.T, name string, content []byte) *Source {
	t.Helper()
	s, err := Open(t.Context(), write(t, name, content), func(int64) Meter { return &quiet{} })
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}
