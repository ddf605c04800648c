package drill

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Confirm says what a drill will do to a stack of AWS and asks whether it shall. Only a typed yes is one; without a
// terminal nobody can be asked.
func Confirm(in io.Reader, out io.Writer, terminal bool, stack, service string, faults []string, repeat int) error {
	fmt.Fprintf(out, "This drill disturbs service %s of stack %s on AWS", service, stack)
	if repeat > 1 {
		fmt.Fprintf(out, ", %d times each", repeat)
	}
	fmt.Fprintln(out, ":")
	for _, fault := range faults {
		fmt.Fprintf(out, "  %-12s %s\n", fault, does[fault])
	}
	fmt.Fprintln(out, "Meanwhile it sends ten short messages a second to the service, as the user drill.")
	if !terminal {
		return fmt.Errorf("nothing was done: there is no terminal to ask on; in a script say so beforehand, with yard drill --stack %s --yes", stack)
	}
	fmt.Fprint(out, "Go on? Type yes: ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("nothing was done: cannot read the answer: %w", err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("nothing was done: the answer was not yes")
	}
	return nil
}

// does says what a harmless fault does, for whom it is done to.
var does = map[string]string{
	SecondCopy: "runs a second task beside the service's own for 20 s, which must wait for the lease, and stops it",
	StopTask:   "stops the task that holds the lease; the service is silent until another has taken it (some seconds)",
}
