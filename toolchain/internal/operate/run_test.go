package operate

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// streams is a log group whose stream is there after five seconds; its last line comes after the task's end.
type streams struct {
	began time.Time
	asked map[string]bool
}

func (s *streams) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	s.asked[fmt.Sprint(*in.LogGroupName, in.LogStreamNames)] = true
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	event := func(id string, second int) {
		at := s.began.Add(time.Duration(second) * time.Second)
		if !time.Now().Before(at) {
			out.Events = append(out.Events, logtypes.FilteredLogEvent{EventId: aws.String(id), Message: aws.String("line " + id + "\n"), Timestamp: aws.Int64(at.UnixMilli())})
		}
	}
	if time.Since(s.began) < 5*time.Second {
		return nil, &logtypes.ResourceNotFoundException{}
	}
	event("one", 5)
	event("two", 11)
	return out, nil
}

func exited(code int32) types.Task {
	return types.Task{LastStatus: aws.String("STOPPED"), Containers: []types.Container{{Name: aws.String("api"), ExitCode: &code}, {Name: aws.String("bot"), ExitCode: &code}}}
}

func TestACommandRunsAsTheServiceWouldAndItsCodeComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.ran = exited(3)
		f, said := fleet(w)
		var out bytes.Buffer
		log := &streams{began: w.began, asked: map[string]bool{}}
		code, err := f.Run(t.Context(), OneOff{Service: "api", Command: []string{"python", "manage.py"}, Logs: log, Out: &out})
		require.NoError(t, err)
		assert.Equal(t, 3, code)
		assert.Equal(t, []string{`0s RunTask {"CapacityProviderStrategy":[{"Base":0,"CapacityProvider":"hosts","Weight":1}],"Cluster":"arn:cluster/prod",` +
			`"Overrides":{"ContainerOverrides":[{"Command":["--exec","python","manage.py"],"Cpu":null,"Environment":null,"EnvironmentFiles":null,"Memory":null,"MemoryReservation":null,"Name":"api","ResourceRequirements":null}],` +
			`"Cpu":null,"EphemeralStorage":null,"ExecutionRoleArn":null,"InferenceAcceleratorOverrides":null,"Memory":null,"TaskRoleArn":null},` +
			`"StartedBy":"botyard-run","TaskDefinition":"api:2"}`}, w.calls)
		assert.Equal(t, "… task hand of api:2\n", said.String())
		assert.Equal(t, w.began.Add(5*time.Second).UTC().Format("2006-01-02T15:04:05.000Z")+" line one\n"+
			w.began.Add(11*time.Second).UTC().Format("2006-01-02T15:04:05.000Z")+" line two\n", out.String(), "each once, and the late one, too")
		assert.Equal(t, map[string]bool{"/g/api[ecs/api/hand]": true}, log.asked)
	})
}

func TestACommandOfASingletonRunsWithoutTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.ran = exited(0)
		f, said := fleet(w)
		code, err := f.Run(t.Context(), OneOff{Service: "bot", Command: []string{"x"}, Logs: &streams{began: w.began, asked: map[string]bool{}}, Out: &bytes.Buffer{}})
		require.NoError(t, err)
		assert.Zero(t, code)
		assert.Contains(t, said.String(), "… bot is a singleton: the command runs beside the running copy, without the lease\n")
	})
}

func TestAnImageWithoutTheWardenGetsTheCommandAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.ran = exited(0)
		f, _ := fleet(w)
		_, err := f.Run(t.Context(), OneOff{Service: "listener", Command: []string{"x"}, Logs: &streams{began: w.began, asked: map[string]bool{}}, Out: &bytes.Buffer{}})
		assert.EqualError(t, err, "the command never ran: ECS gives no reason")
		assert.Contains(t, w.calls[0], `"Command":["x"]`)
	})
}

func TestACommandThatNeverRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.ran = types.Task{LastStatus: aws.String("STOPPED"), StoppedReason: aws.String("ResourceInitializationError"), Containers: []types.Container{{Name: aws.String("api"), Reason: aws.String("CannotPullContainerError")}}}
		f, _ := fleet(w)
		o := OneOff{Service: "api", Command: []string{"x"}, Logs: &streams{began: w.began, asked: map[string]bool{}}, Out: &bytes.Buffer{}}
		_, err := f.Run(t.Context(), o)
		require.EqualError(t, err, "the command never ran: ResourceInitializationError; container api: CannotPullContainerError")

		w.refused = []types.Failure{{Reason: aws.String("RESOURCE:MEMORY")}}
		_, err = f.Run(t.Context(), o)
		require.EqualError(t, err, "ECS did not run the task: RESOURCE:MEMORY. RESOURCE: means that no host has room for one more task of api")
	})
}

func TestAnInterruptedRunSaysHowToStopTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f, _ := fleet(w)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := f.Run(ctx, OneOff{Service: "api", Command: []string{"x"}, Logs: &streams{began: w.began, asked: map[string]bool{}}, Out: &bytes.Buffer{}})
		require.EqualError(t, err, "interrupted; the task goes on by itself. To stop it: aws ecs stop-task --cluster prod --task hand")
	})
}
