package infra

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
	"botyard/infra/rollout"
)

func (s *stack) declareModels() (err error) {
	if len(s.cfg.Models) == 0 {
		return nil
	}
	s.models, err = platform.NewModels(s.ctx, "models", &platform.ModelsArgs{
		Names: s.names, AccountID: s.account, Runner: s.runner, Protect: s.cfg.ProtectModels(), Guard: s.guarded(s.cfg.ProtectModels()),
	})
	return err
}

// uses are a service's models. Those of a release that the stack goes back to name their versions.
func (s *stack) uses(service config.Service) platform.ModelUses {
	uses := platform.ModelUses{Models: s.models, Uses: map[string]platform.ModelUse{}}
	for variable, model := range service.Models {
		version := model.Version
		if version == config.LatestModel {
			version = ""
		}
		uses.Uses[variable] = platform.ModelUse{Name: model.Name, Found: s.models.Find(s.ctx, model.Name, version)}
	}
	return uses
}

// pinned resolves to the services' text with the versions that their models have, for a release to remember: latest is
// another one tomorrow.
func (s *stack) pinned() pulumi.StringOutput {
	type place struct{ service, variable string }
	var places []place
	var found []any
	for _, service := range config.Names(s.cfg.Services) {
		uses := s.uses(s.cfg.Services[service]).Uses
		for _, variable := range slices.Sorted(maps.Keys(uses)) {
			places, found = append(places, place{service, variable}), append(found, uses[variable].Found)
		}
	}
	return pulumi.All(found...).ApplyT(func(models []any) (string, error) {
		versions := map[string]map[string]string{}
		for i, at := range places {
			if versions[at.service] == nil {
				versions[at.service] = map[string]string{}
			}
			versions[at.service][at.variable] = models[i].(rollout.Model).Version
		}
		return pin(s.cfg.ServicesText, versions)
	}).(pulumi.StringOutput)
}

// pin writes versions, by service and variable, into the JSON of botyard:services.
func pin(text string, versions map[string]map[string]string) (string, error) {
	if len(versions) == 0 {
		return text, nil
	}
	var services map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &services); err != nil {
		return "", fmt.Errorf("the services cannot be noted: %w", err)
	}
	for service, byVariable := range versions {
		models := map[string]map[string]any{}
		if err := json.Unmarshal(services[service]["models"], &models); err != nil {
			return "", fmt.Errorf("the models of service %s cannot be noted: %w", service, err)
		}
		for variable, version := range byVariable {
			models[variable]["version"] = version
		}
		encoded, err := json.Marshal(models)
		if err != nil {
			return "", err
		}
		services[service]["models"] = encoded
	}
	pinned, err := json.Marshal(services)
	return string(pinned), err
}

// modelsBucket is the name of the models' bucket, empty without one.
func (s *stack) modelsBucket() pulumi.StringOutput {
	if s.models == nil {
		return pulumi.String("").ToStringOutput()
	}
	return s.models.Bucket
}
