//go:build race

package lease

// longest is the model's longest horizon under the race detector, which makes the search ten times slower and has
// nothing to find in it: it has one goroutine.
const longest = 6 * unit
