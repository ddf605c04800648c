package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// Panel is a widget with all that the page shows of it.
type Panel struct {
	Type    string
	Title   string
	Place   template.CSS // in the grid
	Plain   bool         // without a frame
	Failure string       // why nothing is shown
	Empty   string       // that there is no data
	Notes   []string

	Text         template.HTML
	Wide, Narrow template.HTML // the chart on a screen and on a phone
	AxisLabels   string
	Legend       []entry
	Limits       []entry
	Values       []entry
	Alarms       []alarm
	Log          *logTable
}

// entry is a name, its colour, and a value.
type entry struct {
	Label, Value, At string
	Colour           template.CSS
}

// drawing is what is still to be done for a panel.
type drawing struct {
	series []*series                           // whose data it needs
	ask    func(context.Context, *Panel) error // what else
	draw   func(*Panel) error                  // when all is there
}

// panel begins a widget's panel.
func (q Question) panel(w widget) (Panel, drawing) {
	p := Panel{
		Type: w.Type, Place: template.CSS(fmt.Sprintf("--x:%d;--w:%d;--y:%d;--h:%d", *w.X+1, w.Width, *w.Y+1, w.Height)),
	}
	var d drawing
	var err error
	switch w.Type {
	case "text":
		err = p.text(w)
	case "metric":
		d, err = q.metric(&p, w)
	case "alarm":
		d, err = q.alarm(&p, w)
	case "log":
		d, err = q.log(&p, w)
	default:
		err = fmt.Errorf("a widget of type %q is not shown here; look at it in the CloudWatch console", w.Type)
	}
	if err != nil {
		p.Failure = err.Error()
	}
	return p, d
}

// properties reads those of a widget.
func properties[T any](w widget) (T, error) {
	var into T
	if err := json.Unmarshal(w.Properties, &into); err != nil {
		return into, fmt.Errorf("the widget's properties are not those of type %s: %w", w.Type, err)
	}
	return into, nil
}

// markdown leaves raw HTML and javascript: links out, as is its default.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

func (p *Panel) text(w widget) error {
	said, err := properties[struct {
		Markdown   string `json:"markdown"`
		Background string `json:"background"` // "solid", also if empty, or "transparent"
	}](w)
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err := markdown.Convert([]byte(said.Markdown), &html); err != nil {
		return fmt.Errorf("its text is no markdown: %w", err)
	}
	p.Text, p.Plain = template.HTML(html.String()), said.Background == "transparent"
	return nil
}

func (q Question) alarm(p *Panel, w widget) (drawing, error) {
	said, err := properties[struct {
		Title  string   `json:"title"`
		Alarms []string `json:"alarms"`
	}](w)
	p.Title = said.Title
	if err != nil {
		return drawing{}, err
	}
	return drawing{ask: func(ctx context.Context, p *Panel) (err error) {
		if p.Alarms, err = q.alarms(ctx, said.Alarms); len(said.Alarms) == 0 {
			p.Empty = "the widget names no alarms"
		}
		return err
	}}, nil
}

func (q Question) log(p *Panel, w widget) (drawing, error) {
	said, err := properties[struct {
		Title string `json:"title"`
		Query string `json:"query"`
		View  string `json:"view"` // "table", also if empty
	}](w)
	p.Title = said.Title
	if err != nil {
		return drawing{}, err
	}
	if said.View != "" && said.View != "table" {
		return drawing{}, fmt.Errorf("a log widget's view %q is not shown here, only table", said.View)
	}
	asked, err := parseQuery(said.Query)
	if err != nil {
		return drawing{}, err
	}
	return drawing{ask: func(ctx context.Context, p *Panel) error {
		t, err := q.logs(ctx, asked)
		if err != nil {
			return err
		}
		if t.Note != "" {
			p.Notes = append(p.Notes, t.Note)
		}
		if p.Log = &t; len(t.Rows) == 0 {
			p.Empty = q.noData()
		}
		return nil
	}}, nil
}

// noData says that there is none.
func (q Question) noData() string {
	if q.Last == time.Hour {
		return "no data in the last hour"
	}
	return fmt.Sprintf("no data in the last %g hours", q.Last.Hours())
}
