// The warden is the entry point of every service image: it runs the service's command, and of a singleton only while
// it holds the service's lease. See README.md.
package main

import (
	"os"

	"botyard/warden/internal/entry"
)

func main() {
	os.Exit(entry.Program{}.Run(os.Args[1:]))
}
