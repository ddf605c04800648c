package cost

import (
	"fmt"
	"slices"
)

// bill is an estimate in the making.
type bill struct {
	table       *table
	parts       []Part
	assumptions []string
	errs        []error
}

// add appends a part.
func (b *bill) add(name, detail string, usd float64) {
	b.parts = append(b.parts, Part{Name: name, Detail: detail, USD: usd})
}

// assume notes an assumption.
func (b *bill) assume(text string) {
	b.assumptions = append(b.assumptions, text)
}

// price is a price of the table, by its key.
func (b *bill) price(key string) price {
	p, ok := b.table.find(key)
	if !ok {
		b.errs = append(b.errs, fmt.Errorf("%s has no price %q; add it", file, key))
	}
	if p.Judgement {
		b.assume(fmt.Sprintf("$%s a %s for %s is a judgement: %s", plain(p.USD), p.Unit, key, p.Reason))
	}
	return p
}

// typed is the price of a type, or an error that says which types have one.
func (b *bill) typed(key, what, right string) price {
	if _, ok := b.table.find(key); !ok {
		b.errs = append(b.errs, &unpriced{ErrType, fmt.Sprintf("%s has no price in %s; %s", what, file, right)})
		return price{}
	}
	return b.price(key)
}

// given is the quantity that the shape gives, or the assumed one.
func (b *bill) given(quantity float64, key string) float64 {
	if quantity > 0 {
		return quantity
	}
	a, ok := b.table.assumed(key)
	if !ok {
		b.errs = append(b.errs, fmt.Errorf("%s has no assumption %q; add it", file, key))
		return 0
	}
	b.assume(a.String())
	return a.Value
}

// counted adds a part that is a number of equal things, if there are any.
func (b *bill) counted(name string, count int, key string) {
	if count == 0 {
		return
	}
	p := b.price(key)
	b.add(name, fmt.Sprint(count)+freeOf(p), p.of(float64(count)))
}

// freeOf is how a part's detail says what of it is free.
func freeOf(p price) string {
	if p.Free == 0 {
		return ""
	}
	return fmt.Sprintf(", the first %s free", plain(p.Free))
}

func (b *bill) estimate() Estimate {
	b.assume("what AWS gives an account for free each month: all of it goes to this stack")
	e := Estimate{Parts: b.parts, Date: b.table.Date, Region: b.table.Region, Assumptions: b.assumptions}
	var sum int64
	for _, p := range e.Parts {
		sum += cents(p.USD)
	}
	e.TotalUSD = float64(sum) / 100
	return e
}

// group is how many there are of something that is the same.
type group[K comparable] struct {
	of    K
	count int
}

// grouped adds counts up by key, in the order in which the keys first come.
func grouped[T any, K comparable](all []T, key func(T) K, count func(T) int) []group[K] {
	var groups []group[K]
	for _, each := range all {
		k, n := key(each), count(each)
		i := slices.IndexFunc(groups, func(g group[K]) bool { return g.of == k })
		switch {
		case n == 0:
		case i < 0:
			groups = append(groups, group[K]{k, n})
		default:
			groups[i].count += n
		}
	}
	return groups
}
