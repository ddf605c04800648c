// Package image knows the layers of a stack's images before anything is built: their order,
// their content tags, where they come from, and everything that would make a build fail or
// put something into an image that should not be there.
//
// It reads files and asks git; it knows nothing of Pulumi, Docker or AWS. NewGraph does all of
// the work and finds all problems at once, so that a person mends them in one go.
package image
