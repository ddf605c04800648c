package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of tags. Source: AWS General Reference, "Tag naming limits and requirements". AWS
// allows 50 a resource; ten stay free for the program's own and for AWS's cost tools.
const (
	maxTags     = 40
	maxTagKey   = 128
	maxTagValue = 256
)

var tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func validateTags(tags map[string]string, path string, r *report) {
	if len(tags) > maxTags {
		r.add(path, fmt.Sprintf("%d tags are too many", len(tags)), fmt.Sprintf("give at most %d", maxTags))
	}
	for _, key := range Names(tags) {
		value, where := tags[key], at(path, key)
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey:
			r.add(where, "the key has a wrong length", fmt.Sprintf("give 1 to %d characters", maxTagKey))
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			r.add(where, "begins with aws:, which AWS keeps for itself", "choose another key")
		case !tagPattern.MatchString(key):
			r.add(where, "the key has characters that AWS does not accept", "use letters, digits, spaces and _ . : / = + - @")
		}
		switch {
		case utf8.RuneCountInString(value) > maxTagValue:
			r.add(where, "the value is too long", fmt.Sprintf("give at most %d characters", maxTagValue))
		case !tagPattern.MatchString(value):
			r.add(where, "the value has characters that AWS does not accept", "use letters, digits, spaces and _ . : / = + - @")
		}
	}
}
