package comment

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"botyard/infra/cost"
)

// Outputs are the stack's outputs of the last update, as far as they are used; the zero value is a stack that is not up.
type Outputs struct {
	Region string `json:"region"`
	Cost   *struct {
		Total float64            `json:"total"`
		Parts map[string]float64 `json:"parts"`
		Date  string             `json:"date"`
	} `json:"monthlyCostUSD"`
}

// ReadOutputs reads what `pulumi stack output --json` prints.
func ReadOutputs(text []byte) (Outputs, error) {
	var out Outputs
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("the stack's outputs cannot be read: %w; right would be what pulumi stack output --json prints", err)
	}
	return out, nil
}

// estimate is what the stack costs before the update, as its output says; nil where it does not.
func (o Outputs) estimate() *cost.Estimate {
	if o.Cost == nil {
		return nil
	}
	e := &cost.Estimate{TotalUSD: o.Cost.Total, Date: o.Cost.Date, Region: o.Region}
	for name, usd := range o.Cost.Parts {
		e.Parts = append(e.Parts, cost.Part{Name: name, USD: usd})
	}
	slices.SortFunc(e.Parts, func(a, b cost.Part) int { return cmp.Compare(a.Name, b.Name) })
	return e
}

// money compares the cost before and after. Err is why there is no estimate of the latter.
func money(before, after *cost.Estimate, err error) string {
	const head = "### Cost\n"
	switch {
	case errors.Is(err, cost.ErrRegion) || errors.Is(err, cost.ErrType):
		return head + "There is no estimate: " + cut(err.Error(), maxCell*2) + ".\n"
	case after == nil:
		return head + "There is no estimate, since the settings of this checkout cannot be read.\n"
	case before == nil:
		return head + fmt.Sprintf("**$%.2f a month** after this. What it costs now is not known: the stack has no output `monthlyCostUSD`.\n", after.TotalUSD)
	}
	changes := cost.Compare(*before, *after)
	if len(changes) == 0 {
		return head + fmt.Sprintf("It stays the same: $%.2f a month.\n", after.TotalUSD)
	}
	text := head + fmt.Sprintf("**$%.2f → $%.2f a month** (prices of %s, %s).\n\n", before.TotalUSD, after.TotalUSD, after.Region, after.Date)
	if before.Date != after.Date {
		text += fmt.Sprintf("The first is of prices of %s: a part of the difference may be theirs.\n\n", before.Date)
	}
	return text + fenced(changes.String())
}
