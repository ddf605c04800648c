package dashboard

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Sizes in pixels, on a screen of the width for which the grid is laid out.
const (
	columnWidth  = 56 // with its gap
	rowHeight    = 50 // with its gap
	headHeight   = 44 // the panel's frame and title
	legendHeight = 24 // a row of it
	lowest       = 90 // of a chart
	phoneWidth   = 340
	phoneHeight  = 190
)

func (q Question) metric(p *Panel, w widget) (drawing, error) {
	said, err := properties[metricProperties](w)
	p.Title = said.Title
	if err != nil {
		return drawing{}, err
	}
	list, err := said.metrics()
	if err != nil {
		return drawing{}, err
	}
	thresholds, err := said.thresholds()
	if err != nil {
		return drawing{}, err
	}
	if len(said.Metrics) == 0 {
		return drawing{}, fmt.Errorf("the widget names no metrics")
	}
	var d drawing
	for _, m := range list {
		if m.region == q.Region {
			m.region = ""
		}
		d.series = append(d.series, &series{metric: m})
	}
	c := chart{series: d.series, thresholds: thresholds, left: said.YAxis.Left, right: said.YAxis.Right, from: q.from(), to: q.Now}
	switch said.View {
	case "", "timeSeries":
		if said.Stacked {
			p.Notes = append(p.Notes, "Stacked in CloudWatch; here each line has its own value.")
		}
		d.draw = func(p *Panel) error { return q.timeSeries(p, w, c) }
	case "singleValue":
		d.draw = func(p *Panel) error {
			q.singleValue(p, c)
			return nil
		}
	default:
		return drawing{}, fmt.Errorf("a metric widget's view %q is not shown here, only timeSeries and singleValue", said.View)
	}
	return d, nil
}

// told notes what failed of the series, and whether there is any data; if not, the panel says so.
func (q Question) told(p *Panel, all []*series) bool {
	var failures []string
	any := false
	for _, s := range all {
		if s.failure != "" {
			failures = append(failures, s.label+": "+s.failure)
		}
		any = any || len(s.points) > 0
	}
	if len(failures) == len(all) {
		p.Failure = strings.Join(failures, "; ")
		return false
	}
	if p.Notes = append(p.Notes, failures...); !any {
		p.Empty = q.noData()
	}
	return any
}

func (q Question) timeSeries(p *Panel, w widget, c chart) (err error) {
	if !q.told(p, c.series) {
		return nil
	}
	if c.left.Label != "" {
		p.AxisLabels = c.left.Label
	}
	if c.right.Label != "" && c.hasRight() {
		p.AxisLabels = strings.TrimPrefix(p.AxisLabels+" · right: "+c.right.Label, " · ")
	}
	for i, s := range c.series {
		e := entry{Label: s.label, Value: "no data", Colour: swatch(s.color, fmt.Sprintf("var(--s%d)", i%palette))}
		if n := len(s.points); n > 0 {
			e.Value = number(s.points[n-1].value)
		}
		if s.right {
			e.Label += " (right)"
		}
		p.Legend = append(p.Legend, e)
	}
	for _, t := range c.thresholds {
		p.Limits = append(p.Limits, entry{Label: t.Label, Value: number(*t.Value), Colour: swatch(t.Color, "var(--limit)")})
	}
	width := w.Width*columnWidth - 30
	if p.Wide, err = c.svg(width, max(lowest, w.Height*rowHeight-headHeight-p.legendRows(width)*legendHeight)); err != nil {
		return err
	}
	p.Narrow, err = c.svg(phoneWidth, phoneHeight)
	return err
}

// legendRows is about how many rows the legend has in so many pixels.
func (p *Panel) legendRows(width int) int {
	const character, around = 7, 40 // pixels
	pixels := 0
	for _, e := range slices.Concat(p.Legend, p.Limits) {
		pixels += (len(e.Label)+len(e.Value))*character + around
	}
	return pixels/width + 1
}

// swatch is a colour for a style. color is a valid "#rrggbb" or "".
func swatch(color, theme string) template.CSS {
	if color == "" {
		color = theme
	}
	return template.CSS("--c:" + color)
}

func (q Question) singleValue(p *Panel, c chart) {
	if !q.told(p, c.series) {
		return
	}
	for _, s := range c.series {
		e := entry{Label: s.label, Value: "–", At: "no data"}
		if n := len(s.points); n > 0 {
			e.Value, e.At = number(s.points[n-1].value), "at "+s.points[n-1].at.Local().Format("15:04")
		}
		p.Values = append(p.Values, e)
	}
}
