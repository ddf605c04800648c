package setup

import (
	"context"
	"os"

	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/step"
)

// program compiles the stack's own program as Pulumi does at every run, to where Pulumi.yaml says (buildTarget), but with
// a word for the minutes that the first time takes, or other modules. Pulumi then finds it done. What else has changed it
// compiles by itself, in seconds.
func (s Setup) program() step.Step {
	output := s.Clone.Own("bin", "botyard")
	return step.Step{
		Name: "program", Title: "the stack's program", Class: parts.ClassGo,
		Run: func(ctx context.Context, task *step.Task) error {
			if newer(output, s.Clone.Path("go.mod")) && newer(output, s.Clone.Path("go.sum")) {
				task.Keep("Pulumi compiles what has changed")
				return nil
			}
			err := parts.GoProgram(ctx, s.Clone.Root, output, task)
			task.KeepIfSilent()
			return err
		},
	}
}

// newer tells whether both files are there and the first was changed after the second.
func newer(file, than string) bool {
	one, err := os.Stat(file)
	if err != nil {
		return false
	}
	two, err := os.Stat(than)
	return err == nil && one.ModTime().After(two.ModTime())
}
