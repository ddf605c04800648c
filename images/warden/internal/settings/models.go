package settings

import (
	"errors"

	"botyard/warden/internal/models"
)

// DefaultModelsFolder is where models are kept, as README.md lists it.
const DefaultModelsFolder = "/models"

// models reads the models to fetch; none where it is not set.
func (r *reader) models() []models.File {
	const name = "WARDEN_MODELS"
	text, set := r.env[name]
	if !set {
		return nil
	}
	files, problems := models.Parse(text)
	for _, p := range problems {
		r.fail(name, p.Is, p.Right)
	}
	return files
}

func (r *reader) modelsFolder() string {
	if folder := r.env["WARDEN_MODELS_FOLDER"]; folder != "" {
		return folder
	}
	return DefaultModelsFolder
}

// ReadModels reads what a one-off task needs of the environment: the service's name, its models and their folder.
func ReadModels(environ []string) (Settings, error) {
	r := newReader(environ)
	s := Settings{Service: r.env["SERVICE"], Models: r.models(), ModelsFolder: r.modelsFolder()}
	return s, errors.Join(r.wrong...)
}
