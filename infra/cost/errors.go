package cost

import "errors"

// ErrRegion is what an error of Of is (errors.Is) if there are no prices of the shape's region.
var ErrRegion = errors.New("the region has no prices")

// ErrType is what an error of Of is (errors.Is) if there is no price of an instance type or a database's class.
var ErrType = errors.New("the type has no price")

// unpriced is something that the table has no price of.
type unpriced struct {
	kind error // ErrRegion or ErrType
	text string
}

func (u *unpriced) Error() string { return u.text }

func (u *unpriced) Unwrap() error { return u.kind }
