package operate

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"botyard/toolchain/internal/logs"
)

// oneStream shows one stream of a log group. Until the first line there is no such stream, which is no failure.
type oneStream struct {
	logs.API
	stream string
}

// FilterLogEvents asks for the stream's events only.
func (s oneStream) FilterLogEvents(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput, options ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	in.LogStreamNames = []string{s.stream}
	out, err := s.API.FilterLogEvents(ctx, in, options...)
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return &cloudwatchlogs.FilterLogEventsOutput{}, nil
	}
	return out, err
}
