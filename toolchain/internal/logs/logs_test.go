package logs

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// group answers each look with the next list of pages.
type group struct {
	looks [][][]types.FilteredLogEvent
	from  []int64
	look  int
	page  int
	after func()
}

func (g *group) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if in.NextToken == nil {
		g.page = 0
		g.from = append(g.from, *in.StartTime)
	}
	if g.look >= len(g.looks) {
		return nil, &types.ResourceNotFoundException{}
	}
	pages := g.looks[g.look]
	out := &cloudwatchlogs.FilterLogEventsOutput{Events: pages[g.page]}
	if g.page++; g.page < len(pages) {
		out.NextToken = aws.String("more")
		return out, nil
	}
	if g.look++; g.look == len(g.looks) && g.after != nil {
		g.after()
	}
	return out, nil
}

func event(id string, second int64, message string) types.FilteredLogEvent {
	return types.FilteredLogEvent{EventId: aws.String(id), Timestamp: aws.Int64(second * 1000), Message: aws.String(message)}
}

func TestEventsAreSortedOverPagesAndPrintedOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g := &group{
		looks: [][][]types.FilteredLogEvent{
			{{event("2", 102, "second\n")}, {event("1", 101, "first")}},
			{{event("2", 102, "second"), event("late", 101, "came late"), event("3", 130, "third")}},
			{{event("3", 130, "third")}},
		},
		after: cancel,
	}
	var out bytes.Buffer
	err := Tail{Client: g, Group: "/botyard/local/bot", Since: time.Unix(100, 0), Follow: true, Every: time.Millisecond, Out: &out}.Run(ctx)
	require.NoError(t, err, "the end of the context is how following ends")
	assert.Equal(t, `1970-01-01T00:01:41.000Z first
1970-01-01T00:01:42.000Z second
1970-01-01T00:01:41.000Z came late
1970-01-01T00:02:10.000Z third
`, out.String())
	assert.Equal(t, []int64{100_000, 100_000, 120_000}, g.from, "each look reaches ten seconds behind the newest event")
}

func TestWithoutFollowOneLookIsEnough(t *testing.T) {
	g := &group{looks: [][][]types.FilteredLogEvent{{{event("1", 1, "only")}}, {{event("2", 2, "never")}}}}
	var out bytes.Buffer
	require.NoError(t, Tail{Client: g, Since: time.Unix(0, 0), Out: &out}.Run(t.Context()))
	assert.Equal(t, "1970-01-01T00:00:01.000Z only\n", out.String())
}

func TestAGroupThatIsNotThere(t *testing.T) {
	err := Tail{Client: &group{}, Group: "/botyard/local/bot", Out: &bytes.Buffer{}}.Run(t.Context())
	require.EqualError(t, err, "there is no log group /botyard/local/bot; is the stack up?")
}
