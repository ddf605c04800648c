package live

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/outputs"
)

func TestTheHarmlessFaultsOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.left = []string{"arn:task/old"}
		w.items = []cloudwatchtypes.AlarmHistoryItem{
			{AlarmName: aws.String("botyard-local-bot-down"), HistorySummary: aws.String("Alarm updated from OK to ALARM")},
			{AlarmName: aws.String("botyard-local-bot-down"), HistorySummary: aws.String("Alarm updated from ALARM to OK")},
			{AlarmName: aws.String("botyard-prod-bot-down"), HistorySummary: aws.String("Alarm updated from OK to ALARM")},
		}
		d, said := drillOf(t, w)
		var rows []string
		d.Row = func(r drill.Result) { rows = append(rows, r.Fault) }
		report, err := d.Run(t.Context(), drill.Harmless(), 1)
		require.NoError(t, err)
		began := w.began.UTC().Format(time.RFC3339)
		alarms := []string{"botyard-local-bot-down"}
		assert.Equal(t, drill.Report{Stack: "local", Service: "bot", LeaseSeconds: 15, Date: began, Faults: []drill.Result{
			{Fault: "second-copy", Seconds: 0.1, TokenBefore: 7, TokenAfter: 7, Holder: "same task", Alarms: alarms},
			{Fault: "stop-task", Seconds: 0.1, TokenBefore: 7, TokenAfter: 8, Holder: "standby", Alarms: alarms},
		}}, report)
		assert.Equal(t, []string{"second-copy", "stop-task"}, rows)
		// Steady at 3 s, when the lease has been renewed; the copy is held 20 s; steady again by the next renewal.
		assert.Equal(t, []string{
			"0s StopTask arn:task/old: drill",
			"3s RunTask bot:4 on hosts by botyard-drill", "23s StopTask arn:task/second: drill",
			"27s StopTask arn:task/one: drill",
		}, w.calls)
		assert.Equal(t, "… stopping a second copy that an earlier drill left: arn:task/old\n… second-copy, 1 of 1\n… stop-task, 1 of 1\n", said.String())
	})
}

func TestAServiceThatDoesNotComeBackEndsTheDrill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.lost = true
		d, _ := drillOf(t, w)
		d.Stack = "prod"
		report, err := d.Run(t.Context(), []string{drill.StopTask, drill.SecondCopy}, 1)
		require.EqualError(t, err, "bot did not come back after stop-task: not steady within 3m0s: nobody holds the lease. "+
			"Look at: make status STACK=prod; make logs SERVICE=bot STACK=prod SINCE=10m FOLLOW=; the events and stopped tasks of its ECS services")
		assert.Empty(t, report.Faults)
		assert.Len(t, w.calls, 1, "no second fault on top")
	})
}

func TestAnOverlapFailsTheDrillAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		d, _ := drillOf(t, w)
		d.Watch = func(context.Context) (func() (time.Duration, time.Duration, error), error) {
			return func() (time.Duration, time.Duration, error) { return 30 * time.Millisecond, time.Second, nil }, nil
		}
		report, err := d.Run(t.Context(), []string{drill.StopTask}, 2)
		one := "stop-task: two copies of bot ran at once for 0.030 s, which must never be. " +
			"Look at the wardens' lines of both tasks: make logs SERVICE=bot SINCE=10m FOLLOW="
		require.EqualError(t, err, one+"\n"+one)
		require.Len(t, report.Faults, 1)
		assert.Equal(t, drill.Result{
			Fault: "stop-task", Seconds: 0.1, WorstSeconds: 0.1, Runs: []float64{0.1, 0.1}, OverlapSeconds: 0.03,
			TokenBefore: 7, TokenAfter: 9, Holder: "standby", Alarms: []string{},
		}, report.Faults[0])
	})
}

func TestADrillThatWouldStopTheServiceForGoodIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.starts = []dynamotypes.AttributeValue{
			started(25*time.Hour, "bot:4"), started(time.Hour, "bot:3"), started(time.Hour, "bot:4"), started(time.Minute, "bot:4"),
		}
		d, _ := drillOf(t, w)
		_, err := d.Run(t.Context(), drill.Harmless(), 4)
		require.EqualError(t, err, "nothing was done: this drill starts bot 4 times, 2 starts of this revision in the last 24 hours are noted, and its warden "+
			"stops it for good after 5; right would be fewer faults or runs (FAULTS=, REPEAT=), or a larger startsPerDay (at most 100) for it in the stack's file, and up")
		assert.Empty(t, w.calls)
		_, err = d.Run(t.Context(), drill.Harmless(), 3)
		require.NoError(t, err)
	})
}

func TestTheLeasesItemIsWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.torn = true
		d, _ := drillOf(t, w)
		end, err := d.Item(t.Context())
		require.NoError(t, err)
		time.Sleep(1250 * time.Millisecond)
		w.fail() // another holder, under the same token
		time.Sleep(2 * time.Second)
		overlap, _, err := end()
		require.NoError(t, err)
		assert.Equal(t, 1501*time.Millisecond, overlap, "seen at 1.5, 2, 2.5 and 3 s; the last counts as an instant")
	})
}

func TestWhatASteadyServiceLacks(t *testing.T) {
	for missing, change := range map[string]func(*world){
		"task arn:task/one is RUNNING and UNHEALTHY":                    func(w *world) { w.health = types.HealthStatusUnhealthy },
		"nobody holds the lease":                                        func(w *world) { w.holder = "" },
		"the lease names a task that does not run (arn:task/elsewhere)": func(w *world) { w.holder = "arn:task/elsewhere" },
		"the holder has not renewed its lease since the first look":     func(*world) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			change(w)
			d, _ := drillOf(t, w)
			_, said, err := d.look(t.Context(), map[int64]int64{})
			require.NoError(t, err)
			assert.Equal(t, missing, said)
		})
	}
}

func TestKillHostAsksTheEmulatorForTheHoldersHost(t *testing.T) {
	var asked string
	status := http.StatusOK
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = r.Method + " " + r.URL.Path + " " + string(body)
		w.WriteHeader(status)
	}))
	defer emulator.Close()
	w := newWorld()
	d, _ := drillOf(t, w)
	d.Gateway = emulator.URL
	s := &scene{Drill: d, task: w.holder}
	require.NoError(t, s.happen(t.Context(), drill.KillHost))
	assert.Equal(t, []string{"0s DescribeContainerInstances arn:host/1"}, w.calls)
	assert.Equal(t, `POST /_botyard/hosts/i-0abc/kill {"agent_only": false}`, asked)
	assert.False(t, s.at.IsZero())
	status = http.StatusNotFound
	require.EqualError(t, s.happen(t.Context(), drill.KillHost),
		"cannot kill host i-0abc: the emulator answers 404 Not Found to POST "+emulator.URL+"/_botyard/hosts/i-0abc/kill")
}

func TestOnlyAPublicSingletonIsDrilled(t *testing.T) {
	out := outputs.Outputs{
		ClusterArn: "arn:cluster", LeaseTable: "leases", PublicURL: "http://edge",
		ServiceArns: map[string]string{"bot": "arn:service/bot", "api": "arn:service/api", "quiet": "arn:service/quiet"},
		StandbyArns: map[string]string{"bot": "arn:service/bot-standby"},
		PublicPaths: map[string]string{"bot": "/webhooks/*", "api": "/leaderboard"},
	}
	found, err := Find(out, "bot")
	require.NoError(t, err)
	assert.Equal(t, Target{Name: "bot", Cluster: "arn:cluster", Services: []string{"arn:service/bot", "arn:service/bot-standby"}, Table: "leases"}, found)
	_, err = Find(out, "boot")
	require.EqualError(t, err, `there is no service "boot" in the stack; it has api, bot, quiet`)
	for _, name := range []string{"api", "quiet"} {
		_, err = Find(out, name)
		require.EqualError(t, err, "service "+name+" does not answer on /webhooks/rest/webhook at the load balancer, which is where a drill measures; "+
			"right would be one with public: {path: /webhooks/*}, such as bot")
	}
	out.LeaseTable = ""
	_, err = Find(out, "bot")
	require.EqualError(t, err, "the stack has no output leaseTable, so service bot has no lease to drill: a singleton has one (singleton: true)")
}
