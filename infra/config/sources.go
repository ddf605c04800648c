package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"botyard/infra/checkout"
	"botyard/infra/image"
)

// fetchesAtOnce is how many repositories are fetched at a time.
const fetchesAtOnce = 4

// fetch brings the repositories of all images to this machine. What cannot be had is noted, for all images at once; the
// error is about the program's end.
func (c *Config) fetch(fetch func(checkout.Repository) (*checkout.Tree, error), r *report) error {
	if fetch == nil {
		fetcher := &checkout.Fetcher{}
		fetch = func(r checkout.Repository) (*checkout.Tree, error) { return fetcher.Fetch(context.Background(), r) }
	}
	var lock sync.Mutex
	var all errgroup.Group
	all.SetLimit(fetchesAtOnce)
	for _, name := range Names(c.Images) {
		path := at(at(at("", "images"), name), "git")
		if c.Images[name].Git == nil || r.faulty(path) {
			continue
		}
		repository := c.repository(*c.Images[name].Git)
		all.Go(func() error {
			tree, err := fetch(repository)
			lock.Lock()
			defer lock.Unlock()
			var problem *checkout.Error
			if errors.As(err, &problem) {
				r.add(at(path, problem.Key), problem.What, problem.Right)
				return nil
			}
			if c.Trees == nil {
				c.Trees = map[string]*checkout.Tree{}
			}
			c.Trees[name] = tree
			return err
		})
	}
	return all.Wait()
}

// repository is what an image's git block means.
func (c *Config) repository(v Git) checkout.Repository {
	r := checkout.Repository{URL: v.URL, Ref: v.Ref, Submodules: v.Submodules, LFS: v.LFS == LFSFetch}
	if v.Token != "" {
		r.Token = &checkout.Token{Name: v.Token, ARN: c.Secrets[v.Token].ARN}
	}
	return r
}

// place sets where a layer's context from git is; nowhere, if it could not be had.
func (c *Config) place(layer *image.Layer) {
	layer.Checkout = &image.Checkout{}
	tree := c.Trees[layer.Name]
	if tree == nil {
		return
	}
	layer.Checkout.Name = tree.Name
	layer.Checkout.Root, layer.Checkout.GitDir, layer.Context = tree.Find(c.Images[layer.Name].Git.Path)
}

// unfetched are the images whose repository could not be had.
func (c *Config) unfetched() []string {
	var names []string
	for _, name := range Names(c.Images) {
		if c.Images[name].Git != nil && c.Trees[name] == nil {
			names = append(names, name)
		}
	}
	return names
}

// link puts a link to each checkout below the project, whose name says what is in it: so the images' inputs are the same
// on every machine. Links that lead nowhere any more are removed.
func (c *Config) link() error {
	folder := filepath.Join(c.Root, filepath.FromSlash(image.Sources))
	old, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, entry := range old {
		name := filepath.Join(folder, entry.Name())
		if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) {
			_ = os.Remove(name) // another update may have done so
		}
	}
	for _, node := range c.Graph.Layers() {
		if node.Checkout == nil {
			continue
		}
		if err := link(filepath.Join(c.Root, filepath.FromSlash(node.Link())), filepath.Dir(node.Checkout.Root)); err != nil {
			return fmt.Errorf("image %s: its context cannot be linked: %w", node.Name, err)
		}
	}
	return nil
}

// link makes a link, unless there is one: what bears the name has the content.
func link(name, target string) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d", name, os.Getpid())
	if err := os.Symlink(target, temporary); err != nil {
		return err
	}
	return os.Rename(temporary, name)
}

// Tokens are the ARNs of the secrets that repositories are read with, sorted.
func (c *Config) Tokens() []string {
	arns := map[string]bool{}
	for _, layer := range c.Images {
		if layer.Git != nil && layer.Git.Token != "" {
			arns[c.Secrets[layer.Git.Token].ARN] = true
		}
	}
	return Names(arns)
}

// checkTokens holds that a repository's token can be read before there is a stack.
func checkTokens(c *Config, r *report) {
	for name, layer := range c.Images {
		if layer.Git == nil || layer.Git.Token == "" {
			continue
		}
		path, token := at(at(at(at("", "images"), name), "git"), "token"), layer.Git.Token
		secret, there := c.Secrets[token]
		switch {
		case !there:
			r.oneOf(path, "secret", token, Names(c.Secrets))
		case secret.ARN == "":
			r.add(path, fmt.Sprintf("%q is a secret that this stack makes, and the repository is read before that", token),
				"make it by hand (aws secretsmanager create-secret), and give its ARN as "+at(at(at("", "secrets"), token), "arn"))
		case strings.Contains(secret.ARN, ":ssm:"):
			r.add(path, fmt.Sprintf("%q is an SSM parameter", token), "name a secret of Secrets Manager")
		}
	}
}

func (v Git) validate(path string, r *report) {
	if what, right := checkout.CheckURL(v.URL); what != "" && r.given[at(path, "url")] {
		r.add(at(path, "url"), what, right)
	}
	if what, right := checkout.CheckRef(v.Ref); what != "" && r.given[at(path, "ref")] {
		r.add(at(path, "ref"), what, right)
	}
	if v.LFS != LFSFetch && v.LFS != LFSRefuse {
		r.add(at(path, "lfs"), fmt.Sprintf("there is no choice %q", v.LFS), "use "+LFSFetch+" or "+LFSRefuse)
	}
	if v.Token != "" && r.given[at(path, "url")] && !strings.HasPrefix(v.URL, "https://") {
		r.add(at(path, "token"), "is for addresses that begin with https:// alone", "remove it: ssh takes this machine's keys")
	}
}

// validateSource holds that an image is built from one thing.
func (v Image) validateSource(path string, r *report) {
	switch context := at(path, "context"); {
	case v.Git == nil && !r.given[context]:
		r.undecodable(context, "is missing", "give the layer's folder, or its repository as git: {url: …, ref: …}")
	case v.Git != nil && r.given[context]:
		r.add(context, "is there besides "+at(path, "git"), "remove one of them; a folder of the repository is "+at(at(path, "git"), "path"))
	}
	if v.MaxFileMiB < 1 || v.MaxFileMiB > maxFileMiB {
		r.add(at(path, "maxFileMiB"), fmt.Sprintf("%d is out of range", v.MaxFileMiB), fmt.Sprintf("give 1 to %d MiB", maxFileMiB))
	}
}

// maxFileMiB is the most that can be allowed: of more, a host's disk has no two images.
const maxFileMiB = 10_240
