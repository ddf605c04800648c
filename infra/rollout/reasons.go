package rollout

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// LogStreamPrefix is the awslogs-stream-prefix of every container; ECS names a stream
// <prefix>/<container>/<task id>.
const LogStreamPrefix = "ecs"

// stopReason is why a task stopped, in ECS's words, with each container's own reason and exit code.
func stopReason(task types.Task) string {
	parts := []string{orElse(aws.ToString(task.StoppedReason), "no stop reason was given")}
	for _, c := range task.Containers {
		part := "container " + aws.ToString(c.Name)
		switch {
		case c.ExitCode != nil:
			part += fmt.Sprintf(" exited with code %d", *c.ExitCode)
		default:
			part += " never started"
		}
		if reason := aws.ToString(c.Reason); reason != "" {
			part += " (" + reason + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// lastLines returns the last lines that the container logged, indented, or says why there are none:
// it is used inside errors, which must not be hidden by a second one.
func (r *Runner) lastLines(ctx context.Context, group, container, taskARN string) string {
	stream := strings.Join([]string{LogStreamPrefix, container, lastPart(taskARN)}, "/")
	out, err := r.Logs.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName:  aws.String(group),
		LogStreamName: aws.String(stream),
		Limit:         aws.Int32(logLines),
		StartFromHead: aws.Bool(false),
	})
	if err != nil {
		return fmt.Sprintf("  (its log %s in %s cannot be read: %v)", stream, group, err)
	}
	if len(out.Events) == 0 {
		return fmt.Sprintf("  (its log %s in %s is empty)", stream, group)
	}
	lines := []string{fmt.Sprintf("  the last log lines (%s in %s):", stream, group)}
	for _, e := range out.Events {
		lines = append(lines, "  | "+strings.TrimRight(aws.ToString(e.Message), "\n"))
	}
	return strings.Join(lines, "\n")
}

func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
