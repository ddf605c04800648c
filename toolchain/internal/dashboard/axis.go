package dashboard

import (
	"math"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// span is the range of values of an axis.
type span struct{ min, max float64 }

// of moves a value of the other axis to where it is drawn on this one.
func (s span) of(other span, value float64) float64 {
	return s.min + (value-other.min)/(other.max-other.min)*(s.max-s.min)
}

func (c chart) hasRight() bool {
	for _, s := range c.series {
		if s.right {
			return true
		}
	}
	return false
}

// ranges are those of both axes: what the widget says, else all data and thresholds with some air, from 0 unless there
// are values below.
func (c chart) ranges() (left, right span) {
	empty := span{math.Inf(1), math.Inf(-1)}
	left, right = empty, empty
	grow := func(onRight bool, value float64) {
		to := &left
		if onRight {
			to = &right
		}
		to.min, to.max = min(to.min, value), max(to.max, value)
	}
	for _, s := range c.series {
		for _, each := range s.points {
			grow(s.right, each.value)
		}
	}
	for _, t := range c.thresholds {
		grow(t.YAxis == "right", *t.Value)
	}
	return left.within(c.left), right.within(c.right)
}

func (s span) within(a axis) span {
	if s.min > s.max { // nothing is on this axis
		s = span{0, 1}
	} else {
		const air = 1.06
		s = span{min(0, s.min*air), max(0, s.max*air)}
	}
	if a.Min != nil {
		s.min = *a.Min
	}
	if a.Max != nil {
		s.max = *a.Max
	}
	if s.max <= s.min {
		s.max = s.min + 1
	}
	return s
}

// values are the marks of an axis of values.
type values struct{}

// Ticks implements plot.Ticker.
func (values) Ticks(from, to float64) []plot.Tick {
	var marks []plot.Tick
	for _, t := range (plot.DefaultTicks{}).Ticks(from, to) {
		if !t.IsMinor() {
			marks = append(marks, plot.Tick{Value: t.Value, Label: number(t.Value)})
		}
	}
	return marks
}

// number is a value with three or four digits that count: 0.25, 12, 1234, 18.3 G.
func number(v float64) string {
	unit := ""
	if math.Abs(v) >= 9999.5 { // would be five digits
		for _, unit = range []string{" k", " M", " G", " T", " P"} {
			if v /= 1000; math.Abs(v) < 999.5 {
				break
			}
		}
	}
	decimals := 3 - len(strconv.Itoa(int(math.Abs(v))))
	if math.Abs(v) < 1 {
		decimals = 3
	}
	digits := strconv.FormatFloat(v, 'f', max(decimals, 0), 64)
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	return digits + unit
}

// times are the marks of the time axis, at full hours or parts of them, in local time.
type times struct{ width int }

// Ticks implements plot.Ticker.
func (t times) Ticks(from, to float64) []plot.Tick {
	const (
		apart = 70 // pixels
		day   = 24 * time.Hour
	)
	step := 14 * day
	for _, s := range []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day} {
		if (to-from)/s.Seconds()*apart <= float64(t.width) {
			step = s
			break
		}
	}
	var marks []plot.Tick
	begin := time.Unix(int64(from), 0)
	year, month, date := begin.Date()
	for at := time.Date(year, month, date, 0, 0, 0, 0, time.Local); unix(at) <= to; at = at.Add(step) {
		if unix(at) < from {
			continue
		}
		layout := "15:04"
		if at.Hour() == 0 && at.Minute() == 0 {
			layout = "Mon 2"
		}
		marks = append(marks, plot.Tick{Value: unix(at), Label: at.Format(layout)})
	}
	return marks
}

// rightAxis writes the marks of the second axis of values.
type rightAxis struct {
	left, right span
	style       text.Style
}

// Plot implements plot.Plotter.
func (r rightAxis) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	style := r.style
	style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
	for _, mark := range r.marks() {
		c.FillText(style, vg.Point{X: c.Max.X + gap, Y: y(r.left.of(r.right, mark.Value))}, mark.Label)
	}
}

const gap = 4 // pixels between the plot and a mark

// GlyphBoxes implements plot.GlyphBoxer: it keeps the room that the marks take.
func (r rightAxis) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	var boxes []plot.GlyphBox
	for _, mark := range r.marks() {
		boxes = append(boxes, plot.GlyphBox{X: 1, Y: .5, Rectangle: vg.Rectangle{Max: vg.Point{X: gap + r.style.Width(mark.Label)}}})
	}
	return boxes
}

func (r rightAxis) marks() []plot.Tick { return values{}.Ticks(r.right.min, r.right.max) }
