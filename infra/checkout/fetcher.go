package checkout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Fetcher fetches repositories. It asks once what a ref means, however many images share it. Its zero value can be used.
type Fetcher struct {
	// Cache is the folder that keeps what was fetched; empty: botyard/sources in the user's cache folder.
	Cache string
	// Secret reads a secret's value by its ARN; nil where there is no AWS to ask.
	Secret func(ctx context.Context, arn string) (string, error)

	// Progress is told when something is fetched, or an old commit is taken; nil tells nobody.
	Progress func(line string)
	// Remembered takes the commit that a ref meant last, where the repository cannot be asked now.
	Remembered bool

	tokens memo[string]
	refs   memo[resolved]
	trees  memo[*Tree]
}

// Fetch brings the repository's content to this machine. Its error is an *Error, unless ctx ended.
func (f *Fetcher) Fetch(ctx context.Context, r Repository) (*Tree, error) {
	cache, err := f.cache()
	if err != nil {
		return nil, err
	}
	tree, err := f.newest(ctx, cache, r)
	var problem *Error
	if errors.As(err, &problem) && f.Remembered {
		if old := recall(cache, r); old != nil {
			f.say(fmt.Sprintf("%s: %s; the commit %s, which it was last, is taken", r.Name(), problem.What, old.Commit))
			tree, err = old, nil
		}
	}
	if err != nil {
		return nil, err
	}
	named := *tree
	named.Name = r.Name()
	return &named, nil
}

// newest is what the ref means now.
func (f *Fetcher) newest(ctx context.Context, cache string, r Repository) (*Tree, error) {
	token, err := f.token(ctx, r)
	if err != nil {
		return nil, err
	}
	g := git{repository: r, token: token, say: f.say}
	ref, err := f.refs.get(key(r.URL, r.Ref, token), func() (resolved, error) { return g.resolve(ctx) })
	if err != nil {
		return nil, err
	}
	tree, err := f.trees.get(key(r.URL, ref.commit, variant(r), token), func() (*Tree, error) { return g.tree(ctx, cache, ref) })
	if err != nil {
		return nil, err
	}
	return tree, remember(cache, r, tree)
}

func (f *Fetcher) say(line string) {
	if f.Progress != nil {
		f.Progress(line)
	}
}

func key(parts ...string) string { return strings.Join(parts, "\n") }

func (f *Fetcher) cache() (string, error) {
	if f.Cache != "" {
		return f.Cache, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", &Error{Key: "url", What: "there is no folder to keep it in: " + err.Error(), Right: "set HOME or XDG_CACHE_HOME"}
	}
	return filepath.Join(dir, "botyard", "sources"), nil
}

// token is the value that the repository is read with; empty without one.
func (f *Fetcher) token(ctx context.Context, r Repository) (string, error) {
	if r.Token == nil {
		return "", nil
	}
	if value := strings.TrimSpace(os.Getenv(r.Token.Variable())); value != "" {
		return value, nil
	}
	if f.Secret == nil {
		return "", &Error{Key: "token", What: fmt.Sprintf("the secret %q cannot be read without AWS", r.Token.Name),
			Right: "put its value into the environment variable " + r.Token.Variable()}
	}
	return f.tokens.get(r.Token.ARN, func() (string, error) {
		value, err := f.Secret(ctx, r.Token.ARN)
		if err == nil && strings.TrimSpace(value) == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return "", &Error{Key: "token", What: fmt.Sprintf("the secret %q cannot be read: %v", r.Token.Name, err),
				Right: "correct that, or put its value into the environment variable " + r.Token.Variable()}
		}
		return strings.TrimSpace(value), nil
	})
}

// memo remembers what was made by a key; who asks while it is being made waits.
type memo[T any] struct {
	lock sync.Mutex
	made map[string]func() (T, error)
}

func (m *memo[T]) get(key string, produce func() (T, error)) (T, error) {
	m.lock.Lock()
	if m.made == nil {
		m.made = map[string]func() (T, error){}
	}
	if m.made[key] == nil {
		m.made[key] = sync.OnceValues(produce)
	}
	once := m.made[key]
	m.lock.Unlock()
	return once()
}
