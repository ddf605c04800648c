package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// LatestModel is the version of a model that means the newest at the time of each update.
const LatestModel = "latest"

// Model is a file that services need to run and that is too large for an image, such as a trained model. It is kept in the
// stack's bucket; make model uploads its versions.
type Model struct {
	// Description says what the file is, for whoever uploads it.
	Description string `key:"description,required"`
	// Protect refuses the bucket's deletion while one of its models says so.
	Protect bool `key:"protect"`
}

// ServiceModel is a model that a service finds as a file when it starts.
type ServiceModel struct {
	// Name is a name of Config.Models.
	Name string `key:"name,required"`
	// Version is an S3 version id, or LatestModel.
	Version string `key:"version"`
}

// ProtectModels tells that the bucket with the models must not be deleted.
func (c *Config) ProtectModels() bool {
	return slices.ContainsFunc(Names(c.Models), func(name string) bool { return c.Models[name].Protect })
}

func (v Model) validate(path string, r *report) {
	switch {
	case v.Description == "":
		r.add(at(path, "description"), "is empty", "say what the file is: somebody has to upload it")
	case len(v.Description) > maxDescription:
		r.add(at(path, "description"), "is too long", fmt.Sprintf("give at most %d characters", maxDescription))
	}
}

// A version id of S3 has at most 1,024 bytes, which a URL takes as they are.
// Source: Amazon S3 User Guide, "How S3 Versioning works".
const maxVersion = 1024

var versionPattern = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (v ServiceModel) validate(path string, r *report) {
	if len(v.Version) > maxVersion || !versionPattern.MatchString(v.Version) || v.Version == "null" { // null is what came before the bucket kept versions
		r.add(at(path, "version"), fmt.Sprintf("%q is no version of an object in S3", v.Version),
			"give an id that make models shows, or "+LatestModel+" for the newest at each update")
	}
}

// Where the warden keeps models: a volume of the program's own.
const (
	modelsVolume = "botyard-models"
	modelsFolder = "/models"
)

// validateModels checks the names of the variables, and that nothing else is in the place where the files will be.
func (v Service) validateModels(path string, r *report) {
	for _, variable := range Names(v.Models) {
		where := at(at(path, "models"), variable)
		if !environmentPattern.MatchString(variable) {
			r.add(where, "is no name of an environment variable", "use letters, digits and _, not beginning with a digit")
		}
		if instead, own := ownEnvironment[variable]; own {
			r.add(where, "is set by the program itself", instead)
		}
		if _, both := v.Environment[variable]; both {
			r.add(where, "is under environment too", "keep one of them")
		}
		if _, both := v.Secrets[variable]; both {
			r.add(where, "is under secrets too", "keep one of them")
		}
	}
	for i, volume := range v.Volumes {
		if len(v.Models) > 0 && (volume.Path == modelsFolder || strings.HasPrefix(volume.Path, modelsFolder+"/")) {
			r.add(at(item(at(path, "volumes"), i), "path"), fmt.Sprintf("%q is where the service's models are", volume.Path), "give another folder")
		}
	}
}

// checkModels reports services whose models nobody would fetch. It comes after the image graph, which knows what the images
// start with.
func checkModels(c *Config, r *report) {
	for name, service := range c.Services {
		if len(service.Models) > 0 && c.sound(service.Image, r) && !c.Warded(service.Image) {
			r.add(at(at(at("", "services"), name), "models"), fmt.Sprintf("are fetched by the warden, which the image %q does not start with", service.Image),
				c.howToWard(service.Image))
		}
	}
}
