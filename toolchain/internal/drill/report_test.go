package drill

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func once() Report {
	return Report{Stack: "local", Service: "bot", LeaseSeconds: 15, Date: "2026-11-25T12:00:00Z", Faults: []Result{
		Sum(KillHost, []Outcome{{Outage: 12345 * time.Millisecond, TokenBefore: 3, TokenAfter: 4, Holder: "standby"}}),
		Sum(StopTask, []Outcome{{Outage: 940 * time.Millisecond, TokenBefore: 4, TokenAfter: 5, Holder: "new task", Alarms: []string{"botyard-local-bot-down"}}}),
	}}
}

func TestTheLineForPrograms(t *testing.T) {
	line, err := once().JSON()
	require.NoError(t, err)
	assert.Equal(t, `{"stack":"local","service":"bot","leaseSeconds":15,"faults":[`+
		`{"fault":"kill-host","seconds":12.35,"overlapSeconds":0,"tokenBefore":3,"tokenAfter":4,"holder":"standby","alarms":[]},`+
		`{"fault":"stop-task","seconds":0.94,"overlapSeconds":0,"tokenBefore":4,"tokenAfter":5,"holder":"new task","alarms":["botyard-local-bot-down"]}`+
		`],"date":"2026-11-25T12:00:00Z"}`, line)
}

func TestSeveralRunsGiveMedianAndWorst(t *testing.T) {
	run := func(ms int, overlap time.Duration, token int64, holder string, alarms ...string) Outcome {
		return Outcome{Outage: time.Duration(ms) * time.Millisecond, Overlap: overlap, TokenBefore: token, TokenAfter: token + 1, Holder: holder, Alarms: alarms}
	}
	three := Sum(KillChild, []Outcome{run(3000, 0, 7, "standby", "b"), run(1000, 100*time.Microsecond, 8, "same task", "b", "a"), run(2000, 0, 9, "standby")})
	assert.Equal(t, Result{
		Fault: KillChild, Seconds: 2, WorstSeconds: 3, Runs: []float64{3, 1, 2}, OverlapSeconds: 0.001,
		TokenBefore: 7, TokenAfter: 10, Holder: "standby, same task", Alarms: []string{"a", "b"},
	}, three)
	assert.InDelta(t, 1.5, Sum(KillChild, []Outcome{run(1000, 0, 1, "standby"), run(2000, 0, 2, "standby")}).Seconds, 0)
	line, err := Report{Faults: []Result{three}}.JSON()
	require.NoError(t, err)
	assert.Contains(t, line, `"alarms":["a","b"],"worstSeconds":3,"runs":[3,1,2]}`)
}

func TestTheTable(t *testing.T) {
	var text bytes.Buffer
	WriteHead(&text)
	for _, r := range once().Faults {
		WriteRow(&text, r)
	}
	WriteRow(&text, Sum(SecondCopy, []Outcome{{Outage: 100 * time.Millisecond, Overlap: 20 * time.Millisecond, TokenBefore: 5, TokenAfter: 5, Holder: "same task"},
		{Outage: 200 * time.Millisecond, TokenBefore: 5, TokenAfter: 5, Holder: "same task"}}))
	assert.Equal(t, `FAULT           ANSWERS AGAIN            TWO COPIES  TOKEN                   HOLDER              ALARMS
kill-host       12.35 s                  0.000 s     3 → 4                   standby             none
stop-task       0.94 s                   0.000 s     4 → 5                   new task            botyard-local-bot-down
second-copy     0.15 s, worst 0.20 s     0.020 s     5 → 5                   same task           none
`, text.String())
}

func TestTheRecordSaysWhatItCannotSeeAndEndsWithTheLine(t *testing.T) {
	report := once()
	report.Stack, report.Faults = "prod", report.Faults[1:]
	var text bytes.Buffer
	require.NoError(t, WriteRecord(&text, report))
	line, err := report.JSON()
	require.NoError(t, err)
	assert.Equal(t, `# Drill of bot on stack prod, 2026-11-25

Began 2026-11-25T12:00:00Z; the lease lasts 15 s. A request was sent every 100 ms from outside.

| fault | answers again | two copies | token | holder | alarms |
|---|---|---|---|---|---|
| stop-task | 0.94 s | none seen | 4 → 5 | new task | botyard-local-bot-down |

Two copies: the lease's item was read every 500 ms, and each holder's token must be higher than all before it. A copy that runs without the lease cannot be seen from outside, nor can a change between two readings; a drill on stack local watches the processes themselves.

The same for programs:

    `+line+"\n", text.String())
}

func TestHolderAfter(t *testing.T) {
	assert.Equal(t, "same task", HolderAfter("a", "a", []string{"b"}))
	assert.Equal(t, "standby", HolderAfter("a", "b", []string{"b"}))
	assert.Equal(t, "new task", HolderAfter("a", "c", []string{"b"}))
}

func TestChoose(t *testing.T) {
	all, err := Choose("", false)
	require.NoError(t, err)
	assert.Equal(t, []string{"kill-container", "kill-warden", "kill-child", "pause-task", "block-dynamodb", "second-copy", "stop-task", "kill-host"}, all)
	aws, err := Choose(" ", true)
	require.NoError(t, err)
	assert.Equal(t, []string{"second-copy", "stop-task"}, aws)
	some, err := Choose("kill-host, kill-child,kill-host", false)
	require.NoError(t, err)
	assert.Equal(t, []string{"kill-child", "kill-host"}, some, "in their order, each once")
	_, err = Choose("kill-bot", false)
	require.EqualError(t, err, `there is no fault "kill-bot"; right would be some of kill-container,kill-warden,kill-child,pause-task,block-dynamodb,second-copy,stop-task,kill-host, separated by commas`)
	_, err = Choose("stop-task,kill-host", true)
	require.EqualError(t, err, `fault "kill-host" needs this machine's own containers, so it is for the emulator; on AWS there are second-copy, stop-task`)
}

func TestADrillOnAWSIsAgreedTo(t *testing.T) {
	ask := func(answer string, terminal bool) (string, error) {
		var out bytes.Buffer
		err := Confirm(strings.NewReader(answer), &out, terminal, "prod", "bot", Harmless(), 3)
		return out.String(), err
	}
	said, err := ask("yes\n", true)
	require.NoError(t, err)
	assert.Equal(t, `This drill disturbs service bot of stack prod on AWS, 3 times each:
  second-copy  runs a second task beside the service's own for 20 s, which must wait for the lease, and stops it
  stop-task    stops the task that holds the lease; the service is silent until another has taken it (some seconds)
Meanwhile it sends ten short messages a second to the service, as the user drill.
Go on? Type yes: `, said)
	for _, answer := range []string{"y\n", "YES\n", "\n", "", "yes please\n"} {
		_, err := ask(answer, true)
		require.EqualError(t, err, "nothing was done: the answer was not yes", "%q", answer)
	}
	said, err = ask("yes\n", false)
	require.EqualError(t, err, "nothing was done: there is no terminal to ask on; in a script say so beforehand, with yard drill --stack prod --yes")
	assert.NotContains(t, said, "Go on?")
}
