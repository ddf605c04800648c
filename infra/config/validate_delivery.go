package config

import (
	"fmt"
	"regexp"
)

// StackTag is the tag by which delivery's roles know what is the stack's. It does not begin with botyard:, whose tags the
// stack files tell the provider to ignore.
const StackTag = "botyard-stack"

// What is trusted and reached is named in full: a wildcard would hand the stack to other repositories, buckets or keys.
// Sources: GitHub Docs, "Username considerations"; Amazon S3 User Guide, "Bucket naming rules"; AWS KMS Developer Guide,
// "Key identifiers (KeyId)".
var (
	repositoryPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100}$`)
	bucketPattern     = regexp.MustCompile(`^arn:aws:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyPattern        = regexp.MustCompile(`^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)
)

func (v Delivery) validate(path string, r *report) {
	if !repositoryPattern.MatchString(v.Repository) {
		r.add(at(path, "repository"), fmt.Sprintf("%q is no repository of GitHub", v.Repository), "give it as owner/name, without wildcards")
	}
	if !bucketPattern.MatchString(v.State) {
		r.add(at(path, "state"), fmt.Sprintf("%q is no bucket's ARN", v.State), "give one such as arn:aws:s3:::acme-state, without a path")
	}
	if v.Key != "" && !keyPattern.MatchString(v.Key) {
		r.add(at(path, "key"), fmt.Sprintf("%q is no KMS key's ARN", v.Key),
			"give one such as arn:aws:kms:us-east-1:123456789012:key/…, which aws kms describe-key shows for an alias")
	}
}

// checkDelivery keeps the tag free that the roles go by.
func checkDelivery(c *Config, r *report) {
	if _, taken := c.Tags[StackTag]; taken && c.Delivery != nil {
		r.add(at(at("", "tags"), StackTag), "is the tag by which delivery's roles know what is the stack's", "choose another key")
	}
}
