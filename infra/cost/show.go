package cost

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

// String is the estimate as a table for a terminal, with what it rests on below it.
func (e Estimate) String() string {
	rows := make([][]string, 0, len(e.Parts)+1)
	for _, p := range e.Parts {
		rows = append(rows, []string{p.Name, p.Detail, dollars(p.USD)})
	}
	var out strings.Builder
	out.WriteString(aligned(append(rows, []string{"a month", "", dollars(e.TotalUSD)}), 1))
	fmt.Fprintf(&out, "\nPrices of %s as of %s, on demand, without tax. Assumed:\n", e.Region, e.Date)
	for _, a := range e.Assumptions {
		fmt.Fprintf(&out, "- %s\n", a)
	}
	return out.String()
}

// MarshalJSON writes dollars in whole cents; the parts add up to the total.
func (e Estimate) MarshalJSON() ([]byte, error) {
	type part struct {
		Name   string  `json:"name"`
		Detail string  `json:"detail"`
		USD    float64 `json:"usd"`
	}
	parts := make([]part, len(e.Parts))
	for i, p := range e.Parts {
		parts[i] = part{p.Name, p.Detail, Rounded(p.USD)}
	}
	return json.Marshal(struct {
		Total       float64  `json:"total"`
		Parts       []part   `json:"parts"`
		Currency    string   `json:"currency"`
		Date        string   `json:"date"`
		Region      string   `json:"region"`
		Assumptions []string `json:"assumptions"`
	}{Rounded(e.TotalUSD), parts, "USD", e.Date, e.Region, append([]string{}, e.Assumptions...)})
}

// aligned lays rows out in columns. The first so many columns of text after the name stand left, amounts right.
func aligned(rows [][]string, texts int) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > texts {
				row[i] = fmt.Sprintf("%*s", widths[i], cell)
			}
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	return out.String()
}
