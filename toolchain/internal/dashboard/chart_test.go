package dashboard

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
)

func places(list []widget) []string {
	var all []string
	for _, w := range list {
		all = append(all, fmt.Sprint(w.Type, " ", *w.X, " ", *w.Y, " ", w.Width, " ", w.Height))
	}
	return all
}

// every makes a series with a point at each of these minutes after seven.
func every(period seconds, minutes ...int) *series {
	s := &series{metric: metric{label: "x", period: period}}
	for _, m := range minutes {
		s.points = append(s.points, point{now.Add(time.Duration(m-60) * time.Minute), float64(m)})
	}
	return s
}

func lengths(s *series) []int {
	var list []int
	for _, run := range s.runs() {
		list = append(list, len(run))
	}
	return list
}

func TestAGapIsNoLine(t *testing.T) {
	assert.Nil(t, lengths(every(60)))
	assert.Equal(t, []int{3, 1, 2}, lengths(every(60, 1, 2, 3, 7, 10, 11)))
	assert.Equal(t, []int{4, 2}, lengths(every(60, 0, 5, 10, 15, 25, 30)), "reported each 5 min")
	assert.Equal(t, []int{3}, lengths(every(300, 0, 5, 10)))
}

func TestTheChart(t *testing.T) {
	limit, slow := 90.0, 2.0
	right := every(60, 10, 20)
	right.right = true
	chosen := every(60, 30, 31)
	chosen.color = "#d62728"
	svg, err := chart{
		series: []*series{every(60, 1, 2, 3, 7, 10, 11), right, chosen}, from: now.Add(-time.Hour), to: now,
		thresholds: []threshold{{Value: &limit}, {Value: &slow, YAxis: "right", Color: "#123456"}},
	}.svg(600, 200)
	require.NoError(t, err)
	strokes := map[string]int{}
	for _, found := range regexp.MustCompile(`stroke:([^;"]+)`).FindAllStringSubmatch(string(svg), -1) {
		strokes[found[1]]++
	}
	assert.Equal(t, map[string]int{
		"var(--s0)": 2, // the two runs of the first series; its third is one dot
		"var(--s1)": 1, // the second
		"#D62728":   1, "var(--limit)": 1, "#123456": 1, "var(--grid)": 3,
	}, strokes)
	assert.Equal(t, 2, strings.Count(string(svg), "stroke-dasharray:6,4"))
	assert.Equal(t, 1, strings.Count(string(svg), "fill:var(--s0)"), "a point without neighbours is a dot")
	assert.True(t, strings.HasPrefix(string(svg), "<svg "), "an XML declaration has no place within a page")
	assert.NotContains(t, svg, "#01")
}

func TestRanges(t *testing.T) {
	two, five, hundred := 2.0, 5.0, 100.0
	for want, c := range map[string]chart{
		"{0 1} {0 1}":       {},
		"{0 10.6} {0 1}":    {series: []*series{every(60, 3, 10)}},
		"{-5.3 10.6} {0 1}": {series: []*series{every(60, -5, 10)}},
		"{2 10.6} {0 1}":    {series: []*series{every(60, 3, 10)}, left: axis{Min: &two}},
		"{0 100} {0 1}":     {series: []*series{every(60, 3)}, left: axis{Max: &hundred}},
		"{5 6} {0 1}":       {series: []*series{every(60, 3, 4)}, left: axis{Min: &five}},
		"{0 5.3} {0 2.12}":  {series: []*series{every(60, 3)}, thresholds: []threshold{{Value: &five}, {Value: &two, YAxis: "right"}}},
	} {
		left, right := c.ranges()
		assert.Equal(t, want, fmt.Sprintf("%.3g %.3g", left, right))
	}
	assert.InDelta(t, 25, span{0, 100}.of(span{1, 3}, 1.5), 1e-9)
}

func TestNumbers(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "0.25": .25, "0.001": .001, "1": 1, "1.5": 1.5, "36.4": 36.41, "-12": -12, "9999": 9999, "10 k": 10000, "18.3 G": 1.83e10, "1 M": 999_900, "2 T": 2e12,
	} {
		assert.Equal(t, want, number(v))
	}
}

func TestTimesAreThoseOfTheClock(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("CET", 3600)
	t.Cleanup(func() { time.Local = zone })
	marks := func(width int, last time.Duration) (list []string) {
		for _, m := range (times{width}).Ticks(unix(now.Add(-last)), unix(now)) {
			list = append(list, m.Label)
		}
		return list
	}
	assert.Equal(t, []string{"18:00", "18:30", "19:00", "19:30", "20:00", "20:30", "21:00"}, marks(640, 3*time.Hour))
	assert.Equal(t, []string{"18:00", "19:00", "20:00", "21:00"}, marks(300, 3*time.Hour))
	assert.Equal(t, []string{"Wed 25", "06:00", "12:00", "18:00"}, marks(340, 24*time.Hour))
	assert.Equal(t, []string{"Fri 20", "Sun 22", "Tue 24"}, marks(340, 7*24*time.Hour))
	assert.Equal(t, []plot.Tick{{Value: 0, Label: "0"}, {Value: 20000, Label: "20 k"}, {Value: 40000, Label: "40 k"}}, values{}.Ticks(0, 45000))
}
