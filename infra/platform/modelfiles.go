package platform

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// Where the warden keeps models: a volume that all services of a host share, or on Fargate the task's own.
const (
	modelsVolume = "botyard-models"
	modelsFolder = "/models"
)

// fetchSeconds is how long a service with models may take until it first answers, seconds: it fetches them before. ECS takes
// no longer one; a host keeps what it has of a file, so that the next task goes on from there.
const fetchSeconds = maxStartPeriod

// ModelUse is a model that a service finds as a file.
type ModelUse struct {
	Name string
	// Found resolves to the rollout.Model (Models.Find).
	Found pulumi.Output
}

// ModelUses are a service's models, and the bucket that they come from. Without any, Models is nil.
type ModelUses struct {
	Models *Models
	// Uses are by the environment variable that gets the file's path.
	Uses map[string]ModelUse
}

// modelFile is what the warden reads of one model (images/warden/README.md).
type modelFile struct {
	Variable string `json:"variable"`
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	File     string `json:"file"`
}

func (u ModelUses) none() bool { return len(u.Uses) == 0 }

// files is the warden's setting: the versions are in the task definition, so that another one is another revision.
func (u ModelUses) files() pulumi.StringOutput {
	variables := slices.Sorted(maps.Keys(u.Uses))
	values := []any{u.Models.Bucket}
	for _, variable := range variables {
		values = append(values, u.Uses[variable].Found)
	}
	return pulumi.All(values...).ApplyT(func(all []any) (string, error) {
		files := []modelFile{}
		for i, variable := range variables {
			m := all[1+i].(rollout.Model)
			files = append(files, modelFile{variable, all[0].(string), m.Name, m.Version, m.SHA256, m.Size, m.File})
		}
		return canonical(files)
	}).(pulumi.StringOutput)
}

// keys are the ARNs of the service's models, each once.
func (u ModelUses) keys() pulumi.StringArray {
	names := map[string]bool{}
	for _, use := range u.Uses {
		names[use.Name] = true
	}
	keys := pulumi.StringArray{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		keys = append(keys, pulumi.Sprintf("%s/%s", u.Models.Arn, name))
	}
	return keys
}

// volumes are the service's, with the models' if it has any.
func (a *ServiceArgs) volumes() []Volume {
	if a.Models.none() {
		return a.Volumes
	}
	return append(slices.Clone(a.Volumes), Volume{Name: modelsVolume, Path: modelsFolder})
}
