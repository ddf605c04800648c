package cost

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// file is where the prices are, for messages.
const file = "infra/cost/prices.yaml"

//go:embed prices.yaml
var pricesYAML []byte

// price is what one unit of something costs.
type price struct {
	Key  string
	USD  float64
	Unit string
	// Free units a month are not charged.
	Free float64
	// Source is the page of AWS that says so. A judgement has a reason in place of it.
	Source    string
	Judgement bool
	Reason    string
}

// of is what a quantity costs, after what is free of it.
func (p price) of(quantity float64) float64 { return max(0, quantity-p.Free) * p.USD }

// assumption is a quantity that a shape does not say.
type assumption struct {
	Key   string
	Value float64
	Unit  string
	What  string
	Why   string
}

func (a assumption) String() string {
	return fmt.Sprintf("%s: %s %s; %s", a.What, plain(a.Value), a.Unit, a.Why)
}

// table is prices.yaml.
type table struct {
	Date, Region, Currency string
	// Sources say, by an AWS page's name, where its figures were read.
	Sources     map[string]string
	Assumptions []assumption
	Prices      []price
}

// load reads a table; an unknown key in it is an error.
func load(text []byte) (*table, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	t := &table{}
	if err := decoder.Decode(t); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", file, err)
	}
	return t, nil
}

// find looks a price up.
func (t *table) find(key string) (price, bool) {
	i := slices.IndexFunc(t.Prices, func(p price) bool { return p.Key == key })
	if i < 0 {
		return price{}, false
	}
	return t.Prices[i], true
}

// assumed looks an assumption up.
func (t *table) assumed(key string) (assumption, bool) {
	i := slices.IndexFunc(t.Assumptions, func(a assumption) bool { return a.Key == key })
	if i < 0 {
		return assumption{}, false
	}
	return t.Assumptions[i], true
}

// below are the rests of the keys that begin with a prefix, in the table's order.
func (t *table) below(prefix string) []string {
	var rests []string
	for _, p := range t.Prices {
		if rest, ok := strings.CutPrefix(p.Key, prefix); ok {
			rests = append(rests, rest)
		}
	}
	return rests
}
