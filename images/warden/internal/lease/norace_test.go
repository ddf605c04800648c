//go:build !race

package lease

import "time"

// longest does not bound the model's horizons.
const longest = time.Hour
