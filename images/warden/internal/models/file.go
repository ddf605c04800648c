// Package models brings files from S3 that the service needs before it starts, such as trained models, and keeps them in a
// folder that all tasks of a host share.
package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
)

// File is one version of a model, and the environment variable that gets its path.
type File struct {
	Variable string `json:"variable"`
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	Version  string `json:"version"` // S3's id
	SHA256   string `json:"sha256"`  // of the whole file, in hexadecimal digits
	Size     int64  `json:"size"`    // bytes
	File     string `json:"file"`    // the name that it gets
}

var (
	sumPattern  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	filePattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
)

// Problem is what is wrong with the text, and what would be right.
type Problem struct{ Is, Right string }

// Parse reads the JSON that names a service's models.
func Parse(text string) ([]File, []Problem) {
	var files []File
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&files); err != nil || decoder.More() {
		return nil, []Problem{{fmt.Sprintf("is %q", text), "a JSON array of objects with variable, bucket, key, version, sha256, size and file"}}
	}
	var problems []Problem
	seen := map[string]bool{}
	for i, f := range files {
		for _, member := range []struct {
			name, value string
			good        bool
			right       string
		}{
			{"variable", f.Variable, f.Variable != "" && !seen[f.Variable], "the name of an environment variable, once"},
			{"bucket", f.Bucket, f.Bucket != "", "the name of the bucket"},
			{"key", f.Key, f.Key != "", "the key of the object"},
			{"version", f.Version, f.Version != "", "the id of the object's version"},
			{"sha256", f.SHA256, sumPattern.MatchString(f.SHA256), "64 hexadecimal digits"},
			{"size", fmt.Sprint(f.Size), f.Size > 0, "a number of bytes"},
			{"file", f.File, filePattern.MatchString(f.File), "a file name of letters, digits and . _ -, beginning with a letter, a digit or _"},
		} {
			if !member.good {
				problems = append(problems, Problem{fmt.Sprintf("has %q as the %s of entry %d", member.value, member.name, i), member.right})
			}
		}
		seen[f.Variable] = true
	}
	return files, problems
}
