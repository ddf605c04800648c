package dashboard

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"regexp"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// chart is a plot of series over time. Its SVG has no text but numbers and times: names are in the page.
type chart struct {
	series      []*series
	thresholds  []threshold
	left, right axis
	from, to    time.Time
}

// The colours of a chart are variables of the page's style, so that they follow its theme. The plotting library knows
// colours only, so each variable has one that nobody would choose.
const (
	palette = 8 // --s0 … --s7, the colours of series
	ink     = 0xf0
	grid    = 0xf1
	limit   = 0xf2
)

var (
	variable  = regexp.MustCompile(`#0100([0-9A-F]{2})`)
	variables = map[int64]string{ink: "var(--ink)", grid: "var(--grid)", limit: "var(--limit)"}
)

func themed(n uint8) color.Color { return color.RGBA{R: 1, B: n, A: 255} }

// chosen is the colour of a valid "#rrggbb", else that of the theme.
func chosen(hex string, theme uint8) color.Color {
	n, err := strconv.ParseUint(hex[min(1, len(hex)):], 16, 24)
	if err != nil {
		return themed(theme)
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}

var labels = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 11}

// svg draws the chart in a box of width × height pixels.
func (c chart) svg(width, height int) (template.HTML, error) {
	p := plot.New()
	p.BackgroundColor = nil
	lines := plotter.NewGrid()
	lines.Vertical.Color = nil
	lines.Horizontal = draw.LineStyle{Color: themed(grid), Width: 1}
	p.Add(lines)
	left, right := c.ranges()
	for _, t := range c.thresholds {
		value := *t.Value
		if t.YAxis == "right" {
			value = left.of(right, value)
		}
		line, err := plotter.NewLine(plotter.XYs{{X: unix(c.from), Y: value}, {X: unix(c.to), Y: value}})
		if err != nil {
			return "", fmt.Errorf("cannot draw the threshold %q: %w", t.Label, err)
		}
		line.LineStyle = draw.LineStyle{Color: chosen(t.Color, limit), Width: 1.5, Dashes: []vg.Length{6, 4}}
		p.Add(line) // below what comes close to it
	}
	for i, s := range c.series {
		to := left
		if s.right {
			to = right
		}
		if err := drawSeries(p, s, chosen(s.color, uint8(i%palette)), left, to); err != nil {
			return "", fmt.Errorf("cannot draw %s: %w", s.label, err)
		}
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length, a.Padding = 0, 0, 0, 4
		a.Tick.Label.Font, a.Tick.Label.Color = labels, themed(ink)
	}
	if c.hasRight() {
		p.Add(rightAxis{left: left, right: right, style: p.Y.Tick.Label})
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = unix(c.from), unix(c.to), left.min, left.max
	p.X.Tick.Marker, p.Y.Tick.Marker = times{width: width}, values{}
	canvas := vgsvg.New(vg.Length(width), vg.Length(height))
	const edge = 6 // for the half of a label that stands out at the right
	p.Draw(draw.Crop(draw.New(canvas), 0, -edge, 0, -edge))
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return "", fmt.Errorf("cannot write the chart: %w", err)
	}
	return inline(text.Bytes()), nil
}

// inline makes a part of a page of an SVG document.
func inline(document []byte) template.HTML {
	_, svg, _ := bytes.Cut(document, []byte("<svg "))
	return template.HTML("<svg " + string(variable.ReplaceAllFunc(svg, func(hex []byte) []byte {
		n, _ := strconv.ParseInt(string(hex[5:]), 16, 16) // the expression lets digits through only
		if name, ok := variables[n]; ok {
			return []byte(name)
		}
		return fmt.Appendf(nil, "var(--s%d)", n)
	})))
}

// drawSeries draws a line with a gap where data is missing, and a dot where a point has no neighbour.
func drawSeries(p *plot.Plot, s *series, shade color.Color, left, to span) error {
	var alone plotter.XYs
	for _, run := range s.runs() {
		var points plotter.XYs
		for _, each := range run {
			points = append(points, plotter.XY{X: unix(each.at), Y: left.of(to, each.value)})
		}
		if len(points) == 1 {
			alone = append(alone, points...)
			continue
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		line.LineStyle = draw.LineStyle{Color: shade, Width: 1.75}
		p.Add(line)
	}
	if len(alone) == 0 {
		return nil
	}
	dots, err := plotter.NewScatter(alone)
	if err != nil {
		return err
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: shade, Radius: 2.5, Shape: draw.CircleGlyph{}}
	p.Add(dots)
	return nil
}

func unix(t time.Time) float64 { return float64(t.Unix()) }
