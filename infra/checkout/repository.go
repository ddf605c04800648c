package checkout

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Repository is a git repository at a ref, as the stack's config names it.
type Repository struct {
	// URL is https://, ssh://, file:// or git@host:path; never with credentials.
	URL string
	// Ref is a branch, a tag or a whole commit.
	Ref string
	// Submodules takes them in, recursively; LFS fetches the files that LFS pointers stand for.
	Submodules, LFS bool
	// Token is what a private repository is read with over https; nil: whatever this machine's git knows.
	Token *Token
}

// Token names a secret whose value a git host takes for a password.
type Token struct {
	// Name is the secret's, for the environment variable that can hold the value instead.
	Name string
	// ARN is the secret's.
	ARN string
}

// Variable is the environment variable that the value is taken from first: BOTYARD_TOKEN_CODE of the secret code.
func (t Token) Variable() string {
	return tokenVariable + strings.ToUpper(strings.ReplaceAll(t.Name, "-", "_"))
}

const tokenVariable = "BOTYARD_TOKEN_"

// Name is how the repository is called in messages.
func (r Repository) Name() string { return r.URL + "@" + r.Ref }

var (
	// scpForm is git@host:path. A user is needed, so that no helper of git's (ext::…) has that form.
	scpForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^:\s]\S*$`)
	refForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+@#=/-]*$`)
	refForbids = regexp.MustCompile(`\.\.|//|@\{|/\.|\.lock(/|$)|[/.]$`)
	commitForm = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
)

const goodURL = "give one such as https://github.com/<owner>/<name>, git@github.com:<owner>/<name>.git or file:///srv/<name>.git"

// CheckURL says what is wrong with a repository's address and what would be right; empty if nothing is. An address with
// credentials is not repeated.
func CheckURL(text string) (what, right string) {
	if scpForm.MatchString(text) {
		return "", ""
	}
	address, err := url.Parse(text)
	if err != nil { // its message would repeat the address
		return "is no address of a git repository", goodURL
	}
	password, hasPassword := address.User.Password()
	user := address.User.Username()
	if hasPassword || password != "" || user != "" && address.Scheme != "ssh" {
		return "has credentials in it, which would end in logs and in git's files", "take them out, and name a secret as token"
	}
	path := strings.Trim(address.Path, "/")
	host := address.Host != "" && !strings.HasPrefix(address.Host, "-")
	switch {
	case strings.ContainsAny(text, " \t\n\\") || address.RawQuery != "" || address.Fragment != "" || path == "":
	case (address.Scheme == "https" || address.Scheme == "ssh") && host:
		return "", ""
	case address.Scheme == "file" && address.Host == "":
		return "", ""
	}
	return fmt.Sprintf("%q is no address of a git repository that is read here", text), goodURL
}

// CheckRef says what is wrong with a ref and what would be right; empty if nothing is.
// Source: git-check-ref-format(1), without the names that nobody uses.
func CheckRef(ref string) (what, right string) {
	if !refForm.MatchString(ref) || refForbids.MatchString(ref) {
		return fmt.Sprintf("%q is no branch, tag or commit", ref), "give one such as master, v1.2 or all 40 digits of a commit"
	}
	return "", ""
}

// scheme is https, ssh or file.
func (r Repository) scheme() string {
	before, _, found := strings.Cut(r.URL, "://")
	if !found {
		return "ssh"
	}
	return before
}

// host is the beginning of the address that a token is good for: https://host[:port]/
func (r Repository) host() string {
	address, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return address.Scheme + "://" + address.Host + "/"
}

// pinned tells that the ref is a commit, of which nobody has to be asked what it means.
func (r Repository) pinned() bool { return commitForm.MatchString(r.Ref) }

// Error is a repository that cannot be read.
type Error struct {
	// Key is the setting at fault: url, ref, token, submodules or lfs.
	Key string
	// What is wrong, and Right what would be right.
	What, Right string
}

// Error is all of it.
func (e *Error) Error() string { return cmp.Or(e.Key, "git") + ": " + e.What + "; " + e.Right }
