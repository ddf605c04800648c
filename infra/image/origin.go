package image

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Unknown stands in an Origin for what cannot be told.
const Unknown = "unknown"

// dirty marks a revision whose files were changed since.
const dirty = "+dirty"

// Origin says where a layer's content comes from, for its image's labels.
type Origin struct {
	// Source is the repository's address for a browser, without credentials.
	Source string
	// Revision is the last commit that touched what goes into the layer, with "+dirty" behind
	// it when that was changed since. Unlike the checked-out commit, it stays the same when
	// something else changes, and so does the image.
	Revision string
	// Created is that commit's date, RFC 3339.
	Created string
}

var unknownOrigin = Origin{Source: Unknown, Revision: Unknown, Created: Unknown}

// Revision asks git where the folder's content comes from, .dockerignore aside. The answer is
// Unknown outside a git checkout or in one that git will not read (another user's), in a
// folder that was never committed, and where history was cut off (a shallow clone).
func Revision(ctx context.Context, dir string) (Origin, error) {
	repo, err := openRepository(dir)
	if err != nil {
		return unknownOrigin, err
	}
	return repo.origin(ctx, dir, func(string) bool { return true })
}

// origin asks about a folder, of which the files count for which inImage holds (a slash path below it).
func (r *repository) origin(ctx context.Context, dir string, inImage func(string) bool) (Origin, error) {
	if r.root == "" {
		return unknownOrigin, nil
	}
	prefix, err := r.relative(dir)
	if err != nil {
		return unknownOrigin, err
	}
	counts := func(file string) bool {
		if prefix == "." {
			return inImage(file)
		}
		inside, below := strings.CutPrefix(file, prefix+"/")
		return below && inImage(inside)
	}
	found := Origin{Source: r.source(ctx)}
	if found.Revision, found.Created, err = r.lastCommit(ctx, prefix, counts); err != nil || found.Revision == Unknown || r.gitDir != "" {
		return found, err
	}
	changed, err := r.changed(ctx, prefix, counts)
	if changed {
		found.Revision += dirty
	}
	return found, err
}

// lastCommit reads the history of a folder, newest first, until a commit touched a file that counts.
func (r *repository) lastCommit(ctx context.Context, folder string, counts func(string) bool) (hash, date string, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// Every record is closed by a NUL: first "commit <hash> <date>", then each file's path.
	var said bytes.Buffer
	git := r.git(ctx, "log", "--format=%x00commit %H %cI%x00", "--name-only", "-z", "--no-renames", "--", folder)
	git.Stderr = &said
	out, err := git.StdoutPipe()
	if err != nil {
		return Unknown, Unknown, err
	}
	if err := git.Start(); err != nil {
		return Unknown, Unknown, fmt.Errorf("starting git: %w", err)
	}
	hash, date = Unknown, Unknown
	records := bufio.NewScanner(out)
	records.Split(splitNul)
	for records.Scan() {
		record := strings.TrimPrefix(records.Text(), "\n")
		if fields := strings.Fields(record); strings.HasPrefix(record, "commit ") && len(fields) == 3 {
			hash, date = fields[1], fields[2]
		} else if record != "" && counts(record) {
			stop()
			git.Wait() // it was told to stop: how it ended says nothing
			if r.cutOff(hash) {
				return Unknown, Unknown, nil
			}
			return hash, date, nil
		}
	}
	if err := git.Wait(); err != nil && !r.empty(ctx) {
		return Unknown, Unknown, fmt.Errorf("git log: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return Unknown, Unknown, nil
}

// changed tells whether a file that counts differs from the last commit or is not in it.
func (r *repository) changed(ctx context.Context, folder string, counts func(string) bool) (bool, error) {
	out, err := r.git(ctx, "status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--", folder).Output()
	if err != nil {
		return false, fmt.Errorf("git status: %w", explain(err))
	}
	for record := range bytes.SplitSeq(out, []byte{0}) {
		if len(record) > 3 && counts(string(record[3:])) { // two letters of state and a space
			return true, nil
		}
	}
	return false, nil
}

// source is the origin remote's address.
func (r *repository) source(ctx context.Context) string {
	out, err := r.git(ctx, "config", "--get", "remote.origin.url").Output()
	if err != nil {
		return Unknown // git config fails when there is no such remote
	}
	return browsable(strings.TrimSpace(string(out)))
}

var scpAddress = regexp.MustCompile(`^(?:[^@/]+@)?([A-Za-z0-9.-]+):([^/].*)$`)

// browsable turns a remote's address into the one that a browser opens, without user name,
// password and token. Clones by ssh and by https get the same, and so the same labels; a
// folder of this machine is nobody else's business.
func browsable(remote string) string {
	if found := scpAddress.FindStringSubmatch(remote); found != nil && !strings.Contains(remote, "://") {
		remote = "https://" + found[1] + "/" + found[2]
	}
	address, err := url.Parse(remote)
	if err != nil || address.Host == "" {
		return Unknown
	}
	switch address.Scheme {
	case "https", "http":
		return address.Scheme + "://" + address.Host + tidy(address.Path)
	case "ssh", "git", "git+ssh":
		return "https://" + address.Hostname() + tidy(address.Path)
	default:
		return Unknown
	}
}

func tidy(remotePath string) string {
	return strings.TrimSuffix(path.Clean("/"+remotePath), ".git")
}

func (r *repository) relative(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(real)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(r.root, absolute)
	return filepath.ToSlash(relative), err
}

func (r *repository) git(ctx context.Context, args ...string) *exec.Cmd {
	// Paths are literal: a folder named "*" is no pattern. Locks are not taken: others may use the clone.
	first := []string{"-C", r.root, "--literal-pathspecs", "--no-optional-locks"}
	if r.gitDir != "" {
		first = append(first, "--git-dir="+r.gitDir)
	}
	cmd := exec.CommandContext(ctx, "git", append(first, args...)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), ofAnotherRepository), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

// ofAnotherRepository tells the variables that git sets for its hooks: run from one, they
// would point at the hook's repository.
func ofAnotherRepository(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_INDEX_FILE" || name == "GIT_PREFIX"
}

// explain adds what git printed to its exit code.
func explain(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

func splitNul(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
