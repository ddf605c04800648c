package dashboard

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// metricProperties are those of a metric widget that count here.
type metricProperties struct {
	Title   string            `json:"title"`
	View    string            `json:"view"` // "timeSeries", also if empty, or "singleValue"
	Region  string            `json:"region"`
	Stat    string            `json:"stat"`
	Period  seconds           `json:"period"`
	Stacked bool              `json:"stacked"`
	Metrics []json.RawMessage `json:"metrics"`
	YAxis   struct {
		Left  axis `json:"left"`
		Right axis `json:"right"`
	} `json:"yAxis"`
	Annotations struct {
		Horizontal []json.RawMessage `json:"horizontal"`
	} `json:"annotations"`
}

type axis struct {
	Min   *float64 `json:"min"`
	Max   *float64 `json:"max"`
	Label string   `json:"label"`
}

// threshold is a line at a value.
type threshold struct {
	Label   string   `json:"label"`
	Value   *float64 `json:"value"`
	Color   string   `json:"color"`
	YAxis   string   `json:"yAxis"`
	Visible *bool    `json:"visible"`
}

// metricOptions are what the last element of a metric may say.
type metricOptions struct {
	Expression string  `json:"expression"`
	Label      string  `json:"label"`
	Stat       string  `json:"stat"`
	Period     seconds `json:"period"`
	Region     string  `json:"region"`
	YAxis      string  `json:"yAxis"` // "left", also if empty, or "right"
	Color      string  `json:"color"`
	Visible    *bool   `json:"visible"`
}

// seconds is a period, 0 for none or "auto".
type seconds int

func (s *seconds) UnmarshalJSON(text []byte) error {
	if string(text) == `"auto"` {
		return nil
	}
	return json.Unmarshal(text, (*int)(s))
}

// metric is one line of a widget, with what the widget says for it.
type metric struct {
	names   []string // namespace, name, and names and values of dimensions
	label   string
	stat    string
	period  seconds
	region  string // "" for the stack's
	right   bool
	color   string // "#rrggbb", "" for the next of our own
	failure string // why it cannot be shown
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// metrics are the visible lines of the widget. One that is not understood has its failure.
func (p metricProperties) metrics() ([]metric, error) {
	var list []metric
	var last []string
	for i, row := range p.Metrics {
		names, o, err := elements(row, last)
		if err != nil {
			return nil, fmt.Errorf("metric %d: %w", i+1, err)
		}
		m := metric{names: names, label: o.Label, stat: cmp.Or(o.Stat, p.Stat, "Average"), period: cmp.Or(o.Period, p.Period, 300),
			region: cmp.Or(o.Region, p.Region), right: o.YAxis == "right", color: o.Color}
		if !colour.MatchString(m.color) {
			m.color = ""
		}
		if o.Expression != "" {
			m.label, m.failure = cmp.Or(o.Label, o.Expression), "metric math is not shown here"
		} else {
			last = names
		}
		if o.Visible == nil || *o.Visible {
			list = append(list, m)
		}
	}
	label(list)
	return list, nil
}

// elements reads ["namespace", "name", "dimension", "value", …, {options}], where "." is what the metric before has in
// that place, and "..." what it has in all places that the others leave free.
func elements(row json.RawMessage, last []string) (names []string, o metricOptions, err error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(row, &parts); err != nil {
		return nil, o, fmt.Errorf("it is no array: %w", err)
	}
	if n := len(parts); n > 0 && strings.HasPrefix(string(parts[n-1]), "{") {
		if err := json.Unmarshal(parts[n-1], &o); err != nil {
			return nil, o, fmt.Errorf("its options: %w", err)
		}
		parts = parts[:n-1]
	}
	if o.Expression != "" {
		return nil, o, nil
	}
	for i, part := range parts {
		var name string
		if err := json.Unmarshal(part, &name); err != nil {
			return nil, o, fmt.Errorf("its element %d is no text: %w", i+1, err)
		}
		switch at := len(names); {
		case name == "..." && len(last)-(len(parts)-1-i) >= at:
			names = append(names, last[at:len(last)-(len(parts)-1-i)]...)
		case name == "." && at < len(last):
			names = append(names, last[at])
		case name == "." || name == "...":
			return nil, o, fmt.Errorf("its %q stands for nothing: the metric before has no element there", name)
		default:
			names = append(names, name)
		}
	}
	if len(names) < 2 || len(names)%2 != 0 {
		return nil, o, fmt.Errorf("it has %d elements; right would be namespace, name, and pairs of dimension and value", len(names))
	}
	return names, o, nil
}

// label names those without a label by their metric, and if several are of one metric by the last dimension too.
func label(list []metric) {
	count := map[string]int{}
	for _, m := range list {
		if len(m.names) > 0 {
			count[m.names[1]]++
		}
	}
	for i, m := range list {
		if m.label == "" && len(m.names) > 0 {
			list[i].label = m.names[1]
			if count[m.names[1]] > 1 && len(m.names) > 2 {
				list[i].label = m.names[len(m.names)-1] + " " + m.names[1]
			}
		}
	}
}

// thresholds are the visible single lines; a band between two values is shown by both its ends.
func (p metricProperties) thresholds() ([]threshold, error) {
	var list []threshold
	for _, row := range p.Annotations.Horizontal {
		var band []threshold
		if !strings.HasPrefix(string(row), "[") {
			row = append(append(json.RawMessage("["), row...), ']')
		}
		if err := json.Unmarshal(row, &band); err != nil {
			return nil, fmt.Errorf("a horizontal annotation: %w", err)
		}
		for _, t := range band {
			if t.Value == nil || t.Visible != nil && !*t.Visible {
				continue
			}
			if !colour.MatchString(t.Color) {
				t.Color = ""
			}
			list = append(list, t)
		}
	}
	return list, nil
}
