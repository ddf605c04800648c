// Package command runs one of several commands of a program.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Exit statuses. usage is for a command line that cannot be understood.
const (
	failed      = 1
	usage       = 2
	interrupted = 130
)

// Command is one thing that a program does.
type Command struct {
	// Name is the first word of the command line; Short says what it does.
	Name, Short string
	// Run gets the other words.
	Run func(ctx context.Context, args []string) error
}

// Main runs the command that the command line names, and ends the program.
func Main(program string, commands ...Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, program, os.Args[1:], commands, os.Stderr))
}

func run(ctx context.Context, program string, words []string, commands []Command, complaints io.Writer) int {
	var names []string
	for _, c := range commands {
		if len(words) == 0 || words[0] != c.Name {
			names = append(names, fmt.Sprintf("  %-16s %s", c.Name, c.Short))
			continue
		}
		err := c.Run(ctx, words[1:])
		switch {
		case err == nil:
			return 0
		case ctx.Err() != nil:
			fmt.Fprintf(complaints, "%s %s: stopped\n", program, c.Name)
			return interrupted
		case errors.Is(err, flag.ErrHelp):
			return usage
		}
		prefix := program + " " + c.Name + ": "
		fmt.Fprintln(complaints, prefix+strings.ReplaceAll(err.Error(), "\n", "\n"+prefix))
		return failed
	}
	fmt.Fprintf(complaints, "%s does one of these:\n%s\n", program, strings.Join(names, "\n"))
	return usage
}

// Parse reads a command's flags. Words that are no flags are refused, since none of the commands takes any.
func Parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp // the flag set has said it
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("there is %q too much; it takes flags only: see --help", flags.Arg(0))
	}
	return nil
}
