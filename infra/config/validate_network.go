package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// The sizes of a VPC: AWS allows /16 to /28, and four subnets of a useful size must fit.
// Source: Amazon VPC User Guide, "VPC CIDR blocks".
const (
	widestVPC   = 16
	narrowVPC   = 24
	exampleCIDR = "10.20.0.0/16"
)

// dockerBridge is the network of containers on a host. A VPC that overlaps it cannot be reached from them.
var dockerBridge = netip.MustParsePrefix("172.17.0.0/16")

func (v Network) validate(path string, r *report) {
	where := at(path, "cidr")
	prefix, err := netip.ParsePrefix(v.CIDR)
	switch {
	case err != nil || !prefix.Addr().Is4():
		r.add(where, fmt.Sprintf("%q is no IPv4 network", v.CIDR), "give one such as "+exampleCIDR)
	case prefix != prefix.Masked():
		r.add(where, fmt.Sprintf("%q has bits set behind the network's", v.CIDR), fmt.Sprintf("write %q", prefix.Masked()))
	case !prefix.Addr().IsPrivate():
		r.add(where, fmt.Sprintf("%q is not private", v.CIDR), "use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
	case prefix.Bits() < widestVPC || prefix.Bits() > narrowVPC:
		r.add(where, fmt.Sprintf("%q has a wrong size", v.CIDR), fmt.Sprintf("give /%d to /%d", widestVPC, narrowVPC))
	case prefix.Overlaps(dockerBridge):
		r.add(where, fmt.Sprintf("%q is the network of Docker on every host", v.CIDR), "use another, such as "+exampleCIDR)
	}
}

func (v Alerts) validate(path string, r *report) {
	seen := map[string]bool{}
	for i, text := range v.Email {
		where := item(at(path, "email"), i)
		address, err := mail.ParseAddress(text)
		switch {
		case err != nil || address.Address != text: // a display name would make them differ
			r.add(where, fmt.Sprintf("%q is no plain e-mail address", text), "give one such as ops@example.org")
		case seen[text]:
			r.add(where, fmt.Sprintf("%q is there twice", text), "remove one of them")
		}
		seen[text] = true
	}
}

// domainPattern is a DNS name of two labels or more, in lower case, at most 253 characters.
var domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

func isDomain(name string) bool { return len(name) <= 253 && domainPattern.MatchString(name) }

func (v Edge) validate(path string, r *report) {
	for key, name := range map[string]string{"domain": v.Domain, "zone": v.Zone} {
		if !isDomain(name) {
			r.add(at(path, key), fmt.Sprintf("%q is no domain name", name), "give one such as bots.example.org, in lower case, without https:// and without a dot at the end")
		}
	}
	if isDomain(v.Domain) && isDomain(v.Zone) && v.Domain != v.Zone && !strings.HasSuffix(v.Domain, "."+v.Zone) {
		r.add(at(path, "domain"), fmt.Sprintf("%q is not in the zone %q", v.Domain, v.Zone), "give a name that ends in the zone's, or the zone that it is in")
	}
}

// maxDescription is Secrets Manager's limit, in characters. Source: API reference, CreateSecret.
const maxDescription = 2048

// secretResource is a secret in its ARN, whole: policies and events name it with the six characters at its end.
// Source: AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?".
var secretResource = regexp.MustCompile(`^secret:[A-Za-z0-9/_+=.@!-]+-[A-Za-z0-9]{6}$`)

func (v Secret) validate(path string, r *report) {
	if len(v.Description) > maxDescription {
		r.add(at(path, "description"), "is too long", fmt.Sprintf("give at most %d characters", maxDescription))
	}
	if v.ARN == "" {
		if v.Description == "" {
			r.add(at(path, "description"), "is missing", "say what the secret is for: somebody has to set its value")
		}
		return
	}
	parsed, err := arn.Parse(v.ARN)
	isSecret := parsed.Service == "secretsmanager" && secretResource.MatchString(parsed.Resource)
	isParameter := parsed.Service == "ssm" && strings.HasPrefix(parsed.Resource, "parameter/")
	if err != nil || parsed.Region == "" || parsed.AccountID == "" || !isSecret && !isParameter {
		r.add(at(path, "arn"), fmt.Sprintf("%q is no ARN of a secret or parameter", v.ARN),
			"give one such as arn:aws:secretsmanager:us-east-1:123456789012:secret:name-AbCdEf, with the six characters that AWS puts at its end, or arn:aws:ssm:us-east-1:123456789012:parameter/name")
	}
}
