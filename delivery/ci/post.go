package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"botyard/delivery/internal/command"
	"botyard/delivery/internal/github"
)

// post reads a comment from standard input and keeps it in a pull request.
func post(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("post", flag.ContinueOnError)
	repository := flags.String("repository", os.Getenv("GITHUB_REPOSITORY"), "owner/name")
	number := flags.Int("pull-request", 0, "the pull request's number")
	author := flags.String("author", "github-actions[bot]", "who writes comments with the token, as GitHub shows it")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	if *number < 1 {
		return errors.New("--pull-request is needed, a number: see --help")
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fmt.Errorf("cannot read the comment: %w", err)
	}
	client, err := connect(*repository)
	if err != nil {
		return err
	}
	url, created, err := client.Keep(ctx, *number, *author, string(text))
	if err != nil {
		return err
	}
	done := "updated"
	if created {
		done = "written"
	}
	fmt.Println("comment "+done+":", url)
	return nil
}

// dispatch asks a repository to deliver a branch.
func dispatch(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("dispatch", flag.ContinueOnError)
	repository := flags.String("repository", "", "owner/name of the fleet's repository")
	branch := flags.String("branch", "", "the branch that was pushed to, which has the same name there")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	client, err := connect(*repository)
	if err != nil {
		return err
	}
	if err := client.Dispatch(ctx, *branch); err != nil {
		return err
	}
	fmt.Printf("asked %s to deliver branch %s\n", *repository, *branch)
	return nil
}

// connect is the GitHub of the environment, as GitHub's own machines set it.
func connect(repository string) (github.Client, error) {
	return github.New(cmp.Or(os.Getenv("GITHUB_API_URL"), "https://api.github.com"), repository, os.Getenv("GITHUB_TOKEN"))
}
