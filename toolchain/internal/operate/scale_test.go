package operate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScalingWaitsForHealthyTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f, said := fleet(w)
		w.unsure = true
		go func() { time.Sleep(15 * time.Second); w.tasks["api"][1].HealthStatus = types.HealthStatusHealthy }()
		done, err := f.Scale(t.Context(), "api", 2)
		require.NoError(t, err)
		assert.Equal(t, []Scaled{{"api", 1, 2}}, done)
		assert.Equal(t, []string{update(0, "api", `"DesiredCount":2,`)}, w.calls)
		assert.Equal(t, "… api: 1 of 2 tasks run, 1 of them healthy\n… api: 2 of 2 tasks run, 1 of them healthy\n", said.String())
		assert.Equal(t, 16*time.Second, time.Since(w.began))
	})
}

func TestASingletonIsScaledWithItsStandby(t *testing.T) {
	for _, replicas := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			f, _ := fleet(w)
			done, err := f.Scale(t.Context(), "bot", replicas)
			require.NoError(t, err)
			assert.Equal(t, []Scaled{{"bot", 1, replicas}, {"bot-standby", 1, replicas}}, done)
			count := map[int]string{0: `"DesiredCount":0,`, 1: `"DesiredCount":1,`}[replicas]
			assert.Equal(t, []string{update(0, "bot", count), update(0, "bot-standby", count)}, w.calls)
		})
	}
}

func TestWhatIsNoScaling(t *testing.T) {
	w := newWorld()
	f, _ := fleet(w)
	for want, replicas := range map[string]int{
		"nothing was done: bot is a singleton, of which one copy runs under a lease and any other waits; right would be 0 or 1": 2,
		"bot was to have -1 copies; right would be 0 to 100":                                                                    -1,
		"bot was to have 101 copies; right would be 0 to 100":                                                                   101,
	} {
		_, err := f.Scale(t.Context(), "bot", replicas)
		require.EqualError(t, err, want)
	}
	assert.Empty(t, w.calls)
}

func TestAScalingThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.fate["arn:service/api"] = "never"
		f, _ := fleet(w)
		_, err := f.Scale(t.Context(), "api", 2)
		require.EqualError(t, err, "api has not 2 copies within 20m0s: 1 of 2 tasks run, 1 of them healthy. Its log says why: make logs SERVICE=api STACK=prod SINCE=10m FOLLOW=")
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.fate["arn:service/api"] = "never"
		f, _ := fleet(w)
		go func() { time.Sleep(time.Second); w.services["arn:service/api"].DesiredCount = 3 }()
		_, err := f.Scale(t.Context(), "api", 2)
		require.EqualError(t, err, "api: somebody else has set it to 3 copies meanwhile, and has the last word")
	})
}

func TestOnlyProbedTasksMustBeHealthy(t *testing.T) {
	unknown, dead := newWorld().tasks["api"][0], newWorld().tasks["api"][0]
	unknown.HealthStatus, dead.HealthStatus = types.HealthStatusUnknown, types.HealthStatusUnhealthy
	assert.Equal(t, 0, fit([]types.Task{unknown, dead}, true))
	assert.Equal(t, 1, fit([]types.Task{unknown, dead}, false))
}
