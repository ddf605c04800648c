package config

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"

	"botyard/infra/image"
)

var (
	// hostPattern is a host name or address with an optional port, as in an image reference.
	hostPattern = regexp.MustCompile(`^([a-z0-9]+(?:[.-][a-z0-9]+)*)(?::([0-9]{1,5}))?$`)
	argPattern  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (v Registry) validate(path string, r *report) {
	r.between(at(path, "retain"), v.Retain, 1, 1000, "images")
	if v.Address == "" {
		return
	}
	parts := hostPattern.FindStringSubmatch(v.Address)
	if parts == nil || parts[2] != "" && !isPort(parts[2]) {
		r.add(at(path, "address"), fmt.Sprintf("%q is no host", v.Address), "give host:port without a scheme or path, such as localhost:4566")
	}
}

// isFile tells whether path names one file of an image, and in one way.
func isFile(name string) bool { return path.IsAbs(name) && path.Clean(name) == name && name != "/" }

func (v Builds) validate(path string, r *report) {
	r.between(at(path, "parallel"), v.Parallel, 1, 100, "images at once")
}

func isPort(text string) bool {
	port, err := strconv.Atoi(text)
	return err == nil && port >= 1 && port <= 65535
}

// validate leaves parent, uses, context and dockerfile to the image graph, which knows the layers
// and files; but the names of build args are known here.
func (v Image) validate(path string, r *report) {
	v.validateSource(path, r)
	if v.Platform != "" && v.Platform != platformAMD && v.Platform != platformARM {
		r.add(at(path, "platform"), fmt.Sprintf("there is no platform %q", v.Platform), "use "+platformAMD+" or "+platformARM)
	}
	if v.Model != "" && !isFile(v.Model) {
		r.add(at(path, "model"), fmt.Sprintf("%q is no path of a file in the image", v.Model), "give it in full, such as /model/intents.json")
	}
	uses := map[string]string{} // build arg → layer
	for i, layer := range v.Uses {
		arg := image.UseArg(layer)
		if slices.Contains(image.OwnArgs(), arg) {
			r.add(item(at(path, "uses"), i), fmt.Sprintf("the layer %q would come as the build arg %s, which the program sets itself", layer, arg),
				"give that layer another name")
		}
		uses[arg] = layer
	}
	for _, name := range Names(v.Args) {
		where := at(at(path, "args"), name)
		switch {
		case !argPattern.MatchString(name):
			r.add(where, "is no name of a build arg", "use letters, digits and _, not beginning with a digit")
		case slices.Contains(image.OwnArgs(), name):
			r.add(where, "is set by the program itself", "choose another name")
		case uses[name] != "":
			r.add(where, fmt.Sprintf("is the build arg with the used layer %q", uses[name]), "choose another name")
		}
		if kind := image.FindSecret(v.Args[name]); kind != "" {
			r.add(where, "looks like "+kind+", and build args stay readable in the image", "fetch it at run time, as a secret of the service")
		}
	}
}
