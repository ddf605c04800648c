// Package clone knows where things are: the folders of one checkout of botyard and those of the user's cache.
package clone

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Clone is one checkout. Everything that a run leaves behind in it is under .botyard, which git ignores.
type Clone struct {
	Root  string // absolute path of the checkout
	Cache string // absolute path of botyard's folder in the user's cache, shared by all clones
}

// Find returns the checkout that dir is in. It fails when neither dir nor a parent of it holds Pulumi.yaml and toolchain/.
func Find(dir string) (Clone, error) {
	cache, err := cacheRoot()
	if err != nil {
		return Clone{}, err
	}
	start, err := filepath.Abs(dir)
	if err != nil {
		return Clone{}, fmt.Errorf("cannot tell the full path of %s: %w", dir, err)
	}
	for at := start; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "Pulumi.yaml")) && isDir(filepath.Join(at, "toolchain")) {
			return Clone{Root: at, Cache: cache}, nil
		}
		if at == filepath.Dir(at) {
			return Clone{}, fmt.Errorf("%s is not inside a checkout of botyard: no folder above it holds Pulumi.yaml and toolchain/", start)
		}
	}
}

func cacheRoot() (string, error) {
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("cannot tell where the cache is: set HOME or XDG_CACHE_HOME: %w", err)
		}
		base = filepath.Join(home, ".cache")
	}
	if !filepath.IsAbs(base) {
		return "", fmt.Errorf("XDG_CACHE_HOME must be an absolute path, it is %q", base)
	}
	return filepath.Join(base, "botyard"), nil
}

// Path joins parts to the checkout's root.
func (c Clone) Path(parts ...string) string {
	return filepath.Join(append([]string{c.Root}, parts...)...)
}

// Own joins parts to the folder of what runs leave behind.
func (c Clone) Own(parts ...string) string {
	return filepath.Join(append([]string{c.Root, ".botyard"}, parts...)...)
}

// Run is the cache's folder for what serves all clones while it runs: the engine's log and pid.
func (c Clone) Run() string {
	return filepath.Join(c.Cache, "run")
}

// GoEnv is what every Go build of the toolchain shares, so that all of them reuse each other's compiled packages.
// The checksum database lacks some of the modules; go.sum in git is what pins them.
func GoEnv() []string {
	flags := os.Getenv("GOFLAGS")
	if !strings.Contains(flags, "-buildvcs=") {
		flags = strings.TrimSpace(flags + " -buildvcs=false")
	}
	return []string{"CGO_ENABLED=0", "GOSUMDB=off", "GOFLAGS=" + flags, "GOWORK=off"}
}

// Platform names what a compiled part is for: the Go version and the target.
func Platform() string {
	return runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
