package config

import (
	"errors"
	"path/filepath"

	"botyard/infra/image"
)

// readGraph orders the image layers and checks their contexts. Its problems join the others;
// the error is about this machine (a file that cannot be read).
func (c *Config) readGraph(r *report) error {
	var layers []image.Layer
	for _, name := range Names(c.Images) {
		layer := c.Images[name]
		layers = append(layers, image.Layer{
			Name: name, Parent: layer.Parent, Uses: layer.Uses, Context: layer.Context,
			Dockerfile: layer.Dockerfile, Args: layer.Args, Platform: layer.Platform,
			Warded: c.usesWarden(layer), MaxFileMiB: layer.MaxFileMiB, Allow: layer.Allow,
		})
		if layer.Git != nil {
			c.place(&layers[len(layers)-1])
		}
	}
	graph, err := image.NewGraph(filepath.Clean(c.Root), layers, c.BaseImages)
	if err == nil && len(c.unfetched()) > 0 { // reported already
		return nil
	}
	if err == nil {
		c.Graph = graph
		return c.link()
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	for _, each := range joined.Unwrap() {
		var problem *image.Problem
		if !errors.As(each, &problem) {
			return each
		}
		path := at(at("", "images"), problem.Layer)
		if problem.Key != "" {
			path += "." + problem.Key
		}
		what := problem.What
		if problem.File != "" {
			what = problem.File + " " + what
		}
		right := problem.Do
		if problem.Unknown != "" {
			right = suggest(problem.Unknown, Names(c.Images))
		}
		r.add(path, what, right)
	}
	return nil
}
