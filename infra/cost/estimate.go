package cost

import "errors"

// hours are those of a month, as AWS's own calculator counts them.
const hours = 730

// Estimate is what a shape costs a month.
type Estimate struct {
	// TotalUSD is the sum of the parts, each rounded to cents: what a reader of the parts adds up to.
	TotalUSD float64
	// Parts are in the order of hosts, network, data, watching.
	Parts []Part
	// Date is the table's, as in 2026-11-25, and Region its.
	Date, Region string
	// Assumptions are sentences: what was assumed, and why.
	Assumptions []string
}

// Part is what one kind of thing costs a month.
type Part struct {
	// Name is unique in an estimate and stays the same between estimates, such as "public IPv4".
	Name string
	// Detail is what of it there is, such as "2 × t3.small, 730 h".
	Detail string
	// USD is not rounded.
	USD float64
}

// Of prices a shape. Its error is ErrRegion for a region that the table does not have, and ErrType if there is no price
// of an instance type or a database's class; it names all of them.
func Of(shape Shape) (Estimate, error) {
	prices, err := load(pricesYAML)
	if err != nil {
		return Estimate{}, err
	}
	return prices.of(shape)
}

// of prices a shape by the table.
func (t *table) of(shape Shape) (Estimate, error) {
	if err := shape.check(); err != nil {
		return Estimate{}, err
	}
	if shape.Region != t.Region {
		return Estimate{}, &unpriced{ErrRegion, "prices of " + shape.Region + " are not in " + file + ", which has " + t.Region}
	}
	b := &bill{table: t}
	b.hosts(shape.Hosts)
	b.tasks(shape.Tasks)
	b.addresses(shape)
	if shape.LoadBalancer {
		b.loadBalancer()
	}
	b.transfer()
	if shape.Database != nil {
		b.database(*shape.Database)
	}
	b.leases(shape.Leases)
	b.secrets(shape.Secrets)
	b.images(shape.ImagesGB)
	b.logs(shape.LogsGB)
	b.watching(shape)
	if err := errors.Join(b.errs...); err != nil {
		return Estimate{}, err
	}
	return b.estimate(), nil
}
