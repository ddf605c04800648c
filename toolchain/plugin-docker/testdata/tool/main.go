// Command tool is the only program in the test images: a shell would need an image from elsewhere.
//
//	tool say LINES CODE   prints LINES numbered lines and exits with CODE
//	tool write FILE TEXT  writes TEXT to FILE
//	tool sleep SECONDS    waits
//	tool host NAME IP     fails unless /etc/hosts has NAME at IP
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(args []string) error {
	switch args[0] {
	case "say":
		lines, code := number(args[1]), number(args[2])
		for i := 1; i <= lines; i++ {
			fmt.Printf("line %d\n", i)
		}
		os.Exit(code)
	case "write":
		return os.WriteFile(args[1], []byte(args[2]), 0o644)
	case "host":
		hosts, err := os.ReadFile("/etc/hosts")
		if err != nil {
			return err
		}
		if !strings.Contains(string(hosts), args[2]+"\t"+args[1]) {
			return fmt.Errorf("no %s in %s", args[1], hosts)
		}
	case "sleep":
		fmt.Println("sleeping")
		time.Sleep(time.Duration(number(args[1])) * time.Second)
	}
	return nil
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
