// Command ci does what of a delivery needs no more than this checkout's tables, a network, and the programs that it calls:
// it compiles in seconds, also where nothing is cached. delivery itself does what needs the stack's program.
package main

import "botyard/delivery/internal/command"

func main() {
	command.Main("ci",
		command.Command{Name: "stack-of", Short: "print the stack that a branch is delivered to", Run: stackOf},
		command.Command{Name: "stacks", Short: "print all branches that are delivered, with their stacks, for a workflow's matrix", Run: stacks},
		command.Command{Name: "sources", Short: "fetch the code that lives in other repositories", Run: updateSources},
		command.Command{Name: "deliver", Short: "bring a branch's stack up and verify it", Run: deliver},
		command.Command{Name: "verify", Short: "verify that a stack is as it should be", Run: verifyStack},
		command.Command{Name: "post", Short: "keep the comment of a pull request up to date", Run: post},
		command.Command{Name: "dispatch", Short: "ask a repository to deliver a branch", Run: dispatch},
	)
}
