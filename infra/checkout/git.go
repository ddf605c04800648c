package checkout

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settings are git's for every command here, over the person's own. They keep what is checked out the same on every
// machine, and keep git from running what a repository or a template brings.
var settings = [][2]string{
	{"core.hooksPath", os.DevNull}, {"core.fsmonitor", "false"}, {"core.attributesFile", os.DevNull},
	{"core.autocrlf", "false"}, {"core.eol", "lf"}, {"core.symlinks", "true"},
	{"gc.auto", "0"}, {"maintenance.auto", "false"}, {"advice.detachedHead", "false"}, {"init.defaultBranch", "main"},
	{"fetch.recurseSubmodules", "false"}, {"submodule.recurse", "false"},
	{"transfer.credentialsInUrl", "die"},                        // in a submodule's address
	{"http.lowSpeedLimit", "1000"}, {"http.lowSpeedTime", "60"}, // bytes a second for so many seconds: then it hangs
	{"filter.lfs.process", ""}, {"filter.lfs.smudge", ""}, {"filter.lfs.required", "false"}, // pointers stay as they are
}

// lfsSettings are what `git lfs install` would write; git-lfs does nothing in a repository without them.
var lfsSettings = [][2]string{
	{"filter.lfs.clean", "git-lfs clean -- %f"}, {"filter.lfs.smudge", "git-lfs smudge -- %f"},
	{"filter.lfs.process", "git-lfs filter-process"}, {"filter.lfs.required", "true"},
}

// ssh never asks, and notices a line that is dead.
const ssh = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"

// stopTimeout is how long git may take to end its own children.
const stopTimeout = 5 * time.Second

// git runs git for one repository.
type git struct {
	repository Repository
	token      string // empty without one
	say        func(line string)
}

// run runs git in a folder and returns what it prints. The error is a *failure.
func (g git) run(ctx context.Context, dir string, args ...string) (string, error) {
	return g.with(ctx, dir, nil, args...)
}

func (g git) with(ctx context.Context, dir string, more [][2]string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, g.env(more)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if err == nil {
		return out.String(), nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "", &Error{Key: "url", What: "git cannot be run: " + err.Error(), Right: "install git"}
	}
	return "", &failure{lines: strings.Split(g.redact(said.String()), "\n"), err: err}
}

// env is the environment of every git: the person's, without what another git or a debugger set, and with settings that
// pass by no command line and no file. That is where the token is, for its own host alone.
func (g git) env(more [][2]string) []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "GIT_TRACE") || strings.HasPrefix(name, tokenVariable) || slices.Contains(dropped, name)
	})
	all := slices.Concat(settings, more)
	if g.token != "" {
		header := "http." + g.repository.host() + ".extraHeader"
		// Helpers would be asked first, and some write what has worked into a file.
		all = append(all, [2]string{"credential.helper", ""},
			[2]string{header, ""}, // no other one besides
			[2]string{header, "Authorization: Basic " + basic(g.token)})
	}
	count, _ := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT")) // what is no number is none
	for i, setting := range all {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", count+i, setting[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", count+i, setting[1]))
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", count+len(all)), "LC_ALL=C",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "GCM_INTERACTIVE=never",
		"GIT_SSH_COMMAND="+sshCommand(), "GIT_ALLOW_PROTOCOL="+g.protocols(), "GIT_LFS_SKIP_SMUDGE=1")
}

// dropped are variables that point at another repository, show headers, or are set anew.
var dropped = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_CURL_VERBOSE", "GIT_TEMPLATE_DIR",
	"GIT_PROTOCOL_FROM_USER", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_CEILING_DIRECTORIES",
}

// sshCommand is the person's own, if the environment has one, else ssh.
func sshCommand() string {
	if own := os.Getenv("GIT_SSH_COMMAND"); own != "" {
		return own + strings.TrimPrefix(ssh, "ssh")
	}
	return ssh
}

// protocols are those that git may speak. A repository from outside must not have a submodule that is a folder of this machine.
func (g git) protocols() string {
	if g.repository.scheme() == "file" {
		return "https:ssh:file"
	}
	return "https:ssh"
}

// basic is the value of an Authorization header. Hosts take a token with any user; a value with a colon brings its own.
func basic(token string) string {
	if !strings.Contains(token, ":") {
		token = "x-access-token:" + token
	}
	return base64.StdEncoding.EncodeToString([]byte(token))
}

// redact takes the token out of a text, in each form in which git could print it.
func (g git) redact(text string) string {
	if g.token == "" {
		return text
	}
	_, password, _ := strings.Cut(g.token, ":")
	for _, secret := range []string{basic(g.token), g.token, password} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	return text
}

// failure is a git that ended with an error.
type failure struct {
	lines []string // of its standard error, without secrets
	err   error
}

// Error is the last thing that git complained of.
func (f *failure) Error() string {
	complaints := f.complaints()
	return complaints[len(complaints)-1]
}

// sshFailed is what git says when ssh has said why, in the line before.
const sshFailed = "Could not read from remote repository."

// complaints are git's own lines that say what went wrong; the last line, or how git ended, where none does.
func (f *failure) complaints() []string {
	var found []string
	last := f.err.Error()
	for _, line := range f.lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		rest, complains := complaint(line)
		if rest == sshFailed {
			rest = last
		}
		if complains && !slices.Contains(found, rest) {
			found = append(found, rest)
		}
		last = rest
	}
	if len(found) == 0 {
		return []string{last}
	}
	return found
}

// complaint is a line without the word that says that it is one.
func complaint(line string) (rest string, complains bool) {
	for _, begin := range []string{"fatal: ", "error: ", "ERROR: ", "remote: "} {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			return rest, true
		}
	}
	return line, false
}
