package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// unfinished is an upload that has begun, and the parts that are there.
type unfinished struct {
	id    string
	parts map[int]types.CompletedPart // by number
}

// find finds an upload of the file that was cut off, the last one to begin if there are several. One of another file is left
// alone: somebody may be at it, and the bucket forgets it after a week.
func (u Uploader) find(ctx context.Context, name string, s *Source) (unfinished, error) {
	var uploads []types.MultipartUpload
	pages := s3.NewListMultipartUploadsPaginator(u.API, &s3.ListMultipartUploadsInput{Bucket: &u.Bucket, Prefix: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return unfinished{}, fmt.Errorf("cannot look for an upload to go on with: %w", err)
		}
		for _, upload := range page.Uploads {
			if aws.ToString(upload.Key) == name {
				uploads = append(uploads, upload)
			}
		}
	}
	slices.SortFunc(uploads, func(a, b types.MultipartUpload) int { return aws.ToTime(b.Initiated).Compare(aws.ToTime(a.Initiated)) })
	for _, upload := range uploads {
		parts, err := u.partsOf(ctx, name, s, aws.ToString(upload.UploadId))
		if err != nil {
			return unfinished{}, err
		}
		if len(parts) > 0 {
			return unfinished{id: aws.ToString(upload.UploadId), parts: parts}, nil
		}
	}
	return unfinished{}, nil
}

// partsOf are the parts of an upload if each is of the file by its size and checksum; else none.
func (u Uploader) partsOf(ctx context.Context, name string, s *Source, id string) (map[int]types.CompletedPart, error) {
	parts := map[int]types.CompletedPart{}
	pages := s3.NewListPartsPaginator(u.API, &s3.ListPartsInput{Bucket: &u.Bucket, Key: &name, UploadId: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list the parts of an upload to go on with: %w", err)
		}
		for _, part := range page.Parts {
			number := int(aws.ToInt32(part.PartNumber))
			if number < 1 || number > s.parts() || aws.ToInt64(part.Size) != s.part(number).Size() {
				return nil, nil
			}
			sum, err := s.sum(number)
			if err != nil || aws.ToString(part.ChecksumSHA256) != sum {
				return nil, err
			}
			parts[number] = types.CompletedPart{PartNumber: part.PartNumber, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256}
		}
	}
	return parts, nil
}
