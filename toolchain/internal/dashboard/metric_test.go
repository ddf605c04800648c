package dashboard

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string) metricProperties {
	t.Helper()
	p, err := properties[metricProperties](widget{Type: "metric", Properties: json.RawMessage(text)})
	require.NoError(t, err)
	return p
}

func TestMetricsAndTheirShorthands(t *testing.T) {
	list, err := read(t, `{"stat": "Sum", "period": "auto", "region": "eu-west-1", "metrics": [
		["AWS/ECS", "CPUUtilization", "ClusterName", "c", "ServiceName", "bot"],
		["...", "api", {"stat": "p99", "period": 60, "yAxis": "right", "color": "#1F77b4", "region": "us-east-1"}],
		[".", "MemoryUtilization", ".", ".", ".", ".", {"label": "memory", "color": "red"}],
		["AWS/Lambda", "..."],
		["hidden", "x", {"visible": false}],
		[".", "y"],
		[{"expression": "m1+m2", "id": "e1"}]
	]}`).metrics()
	require.NoError(t, err)
	assert.Equal(t, []metric{
		{names: []string{"AWS/ECS", "CPUUtilization", "ClusterName", "c", "ServiceName", "bot"}, label: "bot CPUUtilization", stat: "Sum", period: 300, region: "eu-west-1"},
		{names: []string{"AWS/ECS", "CPUUtilization", "ClusterName", "c", "ServiceName", "api"}, label: "api CPUUtilization", stat: "p99", period: 60, region: "us-east-1", right: true, color: "#1F77b4"},
		{names: []string{"AWS/ECS", "MemoryUtilization", "ClusterName", "c", "ServiceName", "api"}, label: "memory", stat: "Sum", period: 300, region: "eu-west-1"},
		{names: []string{"AWS/Lambda", "MemoryUtilization", "ClusterName", "c", "ServiceName", "api"}, label: "api MemoryUtilization", stat: "Sum", period: 300, region: "eu-west-1"},
		{names: []string{"hidden", "y"}, label: "y", stat: "Sum", period: 300, region: "eu-west-1"},
		{label: "m1+m2", stat: "Sum", period: 300, region: "eu-west-1", failure: "metric math is not shown here"},
	}, list)
}

func TestMetricsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`[".", "x"]`:                         `metric 1: its "." stands for nothing: the metric before has no element there`,
		`["..."]`:                            `metric 1: it has 0 elements; right would be namespace, name, and pairs of dimension and value`,
		`["a", "b"], ["a", "b", "...", "c"]`: `metric 2: its "..." stands for nothing: the metric before has no element there`,
		`["a"]`:                              `metric 1: it has 1 elements; right would be namespace, name, and pairs of dimension and value`,
		`["a", "b", "c"]`:                    `metric 1: it has 3 elements; right would be namespace, name, and pairs of dimension and value`,
		`["a", 1]`:                           `metric 1: its element 2 is no text: json: cannot unmarshal number into Go value of type string`,
		`"a"`:                                `metric 1: it is no array: json: cannot unmarshal string into Go value of type []json.RawMessage`,
		`["a", "b", {"label": 1}]`:           `metric 1: its options: json: cannot unmarshal number into Go struct field metricOptions.label of type string`,
	} {
		_, err := read(t, `{"metrics": [`+text+`]}`).metrics()
		assert.EqualError(t, err, want)
	}
}

func TestThresholds(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	shown := true
	list, err := read(t, `{"annotations": {"horizontal": [{"label": "most", "value": 90, "color": "#ff0000", "visible": true}, {"value": 1, "visible": false},
		[{"label": "from", "value": 1, "yAxis": "right"}, {"label": "to", "value": 2, "color": "url(x)"}]]}}`).thresholds()
	require.NoError(t, err)
	assert.Equal(t, []threshold{{Label: "most", Value: value(90), Color: "#ff0000", Visible: &shown}, {Label: "from", Value: value(1), YAxis: "right"}, {Label: "to", Value: value(2)}}, list)
}

func TestWidgetsAreReadInTheOrderOfTheGrid(t *testing.T) {
	list, err := parse(`{"widgets": [{"type": "c", "x": 12, "y": 6, "width": 12, "height": 3}, {"type": "a", "x": 0, "y": 0, "width": 30, "height": 6}, {"type": "b", "x": 30, "y": 6, "width": 6}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"a 0 0 24 6", "c 12 6 12 3", "b 18 6 6 6"}, places(list))

	list, err = parse(`{"widgets": [{"type": "a", "width": 12, "height": 2}, {"type": "b", "width": 12, "height": 4}, {"type": "c"}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"a 0 0 12 2", "b 12 0 12 4", "c 0 4 6 6"}, places(list), "without a place each takes the next free one")

	_, err = parse(`[]`)
	require.EqualError(t, err, "its body is not CloudWatch's JSON: json: cannot unmarshal array into Go value of type struct { Widgets []dashboard.widget \"json:\\\"widgets\\\"\" }")
}
