package dashboard

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// gridColumns is the width of CloudWatch's grid.
const gridColumns = 24

// widget is one of a dashboard's body. Source: Amazon CloudWatch API reference, "Dashboard body structure and syntax".
type widget struct {
	Type       string          `json:"type"`
	X          *int            `json:"x"` // from 0; with Y nil: the next free place
	Y          *int            `json:"y"`
	Width      int             `json:"width"`  // of 24 columns
	Height     int             `json:"height"` // in rows
	Properties json.RawMessage `json:"properties"`
}

// parse reads a dashboard's body and puts its widgets in the order in which they are read: by row, then by column.
func parse(body string) ([]widget, error) {
	var all struct {
		Widgets []widget `json:"widgets"`
	}
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, fmt.Errorf("its body is not CloudWatch's JSON: %w", err)
	}
	x, y, rows := 0, 0, 0
	for i := range all.Widgets {
		w := &all.Widgets[i]
		const size = 6 // CloudWatch's own default, of both
		w.Width, w.Height = min(cmp.Or(max(w.Width, 0), size), gridColumns), cmp.Or(max(w.Height, 0), size)
		if w.X == nil || w.Y == nil {
			if x+w.Width > gridColumns {
				x, y, rows = 0, y+rows, 0
			}
			w.X, w.Y = place(x), place(y)
		}
		*w.X, *w.Y = min(max(*w.X, 0), gridColumns-w.Width), max(*w.Y, 0)
		x, y, rows = *w.X+w.Width, *w.Y, max(rows, w.Height)
	}
	slices.SortStableFunc(all.Widgets, func(a, b widget) int { return cmp.Or(*a.Y-*b.Y, *a.X-*b.X) })
	return all.Widgets, nil
}

func place(n int) *int { return &n }
