package rollout

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"
)

// leases answers GetItem with one item after the other, and the last one for good.
type leases struct {
	items []map[string]dynamotypes.AttributeValue
	err   error
	asked []*dynamodb.GetItemInput
}

func (l *leases) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	l.asked = append(l.asked, in)
	if l.err != nil {
		return nil, l.err
	}
	item := l.items[0]
	if len(l.items) > 1 {
		l.items = l.items[1:]
	}
	return &dynamodb.GetItemOutput{Item: item}, nil
}

// held is an item whose holder is of a revision; good is the last healthy one.
func held(n string, healthy bool, good string) map[string]dynamotypes.AttributeValue {
	return map[string]dynamotypes.AttributeValue{
		"holder":   &dynamotypes.AttributeValueMemberS{Value: "host/1"},
		"revision": &dynamotypes.AttributeValueMemberS{Value: "bot:" + n},
		"healthy":  &dynamotypes.AttributeValueMemberBOOL{Value: healthy},
		"good":     &dynamotypes.AttributeValueMemberS{Value: good},
		"task":     &dynamotypes.AttributeValueMemberS{Value: taskARN},
	}
}

// free is the item of a released lease, which remembers its last holder.
func free(good string) map[string]dynamotypes.AttributeValue {
	item := held("2", true, good)
	delete(item, "holder")
	return item
}

var botHolder = Holder{
	Name: "bot", Services: []string{"bot", "bot-standby"}, Cluster: cluster, TaskDefinition: revision + "2",
	LogGroup: "/botyard/prod/bot", Table: "leases", Within: time.Minute,
}

func holderRunner(w *world, l *leases) *Runner {
	r := w.runner()
	r.Leases = l
	return r
}

func TestTheNewRevisionMustHoldTheLeaseAndBeHealthy(t *testing.T) {
	w := &world{}
	l := &leases{items: []map[string]dynamotypes.AttributeValue{
		held("1", true, "bot:1"), free("bot:1"), held("2", false, "bot:1"), held("2", true, "bot:2"),
	}}
	require.NoError(t, holderRunner(w, l).WaitHolder(t.Context(), botHolder))
	require.Equal(t, 3*pollEvery, w.now.Sub(start))
	require.Empty(t, w.sequence)
	require.Equal(t, "leases", aws.ToString(l.asked[0].TableName))
	require.Equal(t, &dynamotypes.AttributeValueMemberS{Value: "bot"}, l.asked[0].Key["service"])
	require.True(t, aws.ToBool(l.asked[0].ConsistentRead))
}

// failing is a stopped task of the declared revision that ended by itself during the update.
func failing(code int32) types.Task {
	task := stopped("2", code)
	task.StopCode, task.StoppedAt = types.TaskStopCodeEssentialContainerExited, aws.Time(start.Add(time.Second))
	return task
}

func TestANewRevisionThatFailsIsTakenBack(t *testing.T) {
	w := &world{
		tasks: map[types.DesiredStatus][]types.Task{types.DesiredStatusStopped: {failing(3), failing(3)}}, // of each service
		lines: []string{"KeyError: 'TOKEN'\n"},
	}
	l := &leases{items: []map[string]dynamotypes.AttributeValue{held("2", false, "bot:1"), free("bot:1"), held("1", true, "bot:1")}}
	err := holderRunner(w, l).WaitHolder(t.Context(), botHolder)
	require.EqualError(t, err, "service bot: the deployment of bot:2 failed: its tasks end before they are healthy (4 so far)\n"+
		"  rolled back: bot:1 runs again\n"+
		"  Essential container in task exited; container bot exited with code 3\n"+
		"  the last log lines (ecs/bot/0123 in /botyard/prod/bot):\n  | KeyError: 'TOKEN'")
	require.Equal(t, []string{"UpdateService bot:1", "UpdateService bot:1"}, w.sequence, "both services go back")
}

func TestTasksThatWereStoppedOnPurposeOrEarlierAreNoFailures(t *testing.T) {
	old, scaled, fine := failing(1), failing(143), failing(0)
	old.StoppedAt = aws.Time(start.Add(-time.Second))
	scaled.StopCode = types.TaskStopCodeServiceSchedulerInitiated
	other := failing(1)
	other.TaskDefinitionArn = aws.String(revision + "1")
	w := &world{tasks: map[types.DesiredStatus][]types.Task{types.DesiredStatusStopped: {old, scaled, fine, other, failing(1)}}}
	failed, err := w.runner().failedTasks(t.Context(), Holder{Name: "bot", Services: []string{"bot"}, Cluster: cluster, TaskDefinition: revision + "2"})
	require.NoError(t, err)
	require.Equal(t, []types.Task{failing(1)}, failed)
}

func TestANewRevisionThatNeverBecomesHealthyIsTakenBack(t *testing.T) {
	w := &world{lines: []string{"connecting"}}
	l := &leases{items: []map[string]dynamotypes.AttributeValue{held("2", false, "bot:1")}}
	err := holderRunner(w, l).WaitHolder(t.Context(), botHolder)
	require.ErrorContains(t, err, "it is not healthy 1m30s after its rollout\n  going back to bot:1; it is not healthy yet\n")
	require.ErrorContains(t, err, "| connecting")
	require.Equal(t, []string{"UpdateService bot:1", "UpdateService bot:1"}, w.sequence)
}

func TestAFirstRevisionThatFailsHasNothingToGoBackTo(t *testing.T) {
	for _, good := range []string{"", "bot:2"} {
		w := &world{tasks: map[types.DesiredStatus][]types.Task{types.DesiredStatusStopped: {failing(1), failing(1)}}}
		err := holderRunner(w, &leases{items: []map[string]dynamotypes.AttributeValue{free(good)}}).WaitHolder(t.Context(), botHolder)
		require.ErrorContains(t, err, "no other revision has been healthy before, so there is none to go back to")
		require.Empty(t, w.sequence)
	}
}

func TestATableThatCannotBeReadIsSaidByName(t *testing.T) {
	err := holderRunner(&world{}, &leases{err: errors.New("AccessDenied")}).WaitHolder(t.Context(), botHolder)
	require.EqualError(t, err, "service bot: its lease in table leases: AccessDenied")
}

func TestAHolderThatIsNotDeclaredAnyMoreIsStoppedOnce(t *testing.T) {
	for group, want := range map[string][]string{
		"service:bot-standby": nil, // of ours: ECS replaces it
		"service:bot-spare":   {"StopTask 0123"},
		"family:bot":          {"StopTask 0123"}, // run by hand
	} {
		task := running("1", digest)
		task.Group = aws.String(group)
		w := &world{tasks: map[types.DesiredStatus][]types.Task{types.DesiredStatus(taskARN): {task}}}
		l := &leases{items: []map[string]dynamotypes.AttributeValue{
			held("1", true, "bot:1"), held("1", true, "bot:1"), held("2", false, "bot:1"), held("2", true, "bot:2"),
		}}
		require.NoError(t, holderRunner(w, l).WaitHolder(t.Context(), botHolder))
		require.Equal(t, want, w.sequence, group)
	}
}
