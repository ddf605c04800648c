package dashboard

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"
)

// Page is the file.
type Page struct {
	Stack, Region, Dashboard string
	Made                     string // when
	Last                     string // how far back
	Newest                   string // the age of the newest data when the page was made
	Style                    template.CSS
	Panels                   []Panel
}

//go:embed page.html
var pageText string

//go:embed page.css
var style string

var page = template.Must(template.New("page").Parse(pageText))

// Write writes the file.
func (p Page) Write(w io.Writer) error {
	if err := page.Execute(w, p); err != nil {
		return fmt.Errorf("cannot write the page: %w", err)
	}
	return nil
}

func (q Question) page(panels []Panel, all []*series) Page {
	p := Page{
		Stack: q.Stack, Region: q.Region, Dashboard: q.Dashboard, Panels: panels, Style: template.CSS(style),
		Made: q.Now.Local().Format("Mon 2 Jan 2006, 15:04:05 MST"), Last: fmt.Sprintf("%g h", q.Last.Hours()), Newest: "no metric has any data",
	}
	var newest time.Time
	for _, s := range all {
		for _, each := range s.points {
			if each.at.After(newest) {
				newest = each.at
			}
		}
	}
	if !newest.IsZero() {
		p.Newest = "newest data less than a minute old"
		if age := q.Now.Sub(newest); age >= time.Minute {
			p.Newest = fmt.Sprintf("newest data %d min old", age/time.Minute)
		}
	}
	return p
}
