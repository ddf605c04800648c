package cost

import (
	"fmt"
	"math"
	"strconv"
)

// cents rounds dollars to cents, half a cent up. What a float is short of half a cent (16.425 is 16.4249…) is no reason
// to round down.
func cents(usd float64) int64 { return int64(math.Round(usd*100 + math.Copysign(1e-6, usd))) }

// Rounded is an amount in whole cents.
func Rounded(usd float64) float64 { return float64(cents(usd)) / 100 }

// dollars shows dollars with two digits behind the point.
func dollars(usd float64) string { return fmt.Sprintf("$%.2f", Rounded(usd)) }

// plain shows a number with as many digits as it has.
func plain(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
