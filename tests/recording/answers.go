package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Account and Region are what the mocked AWS answers.
const (
	Account = "123456789012"
	Region  = "us-east-1"
)

// outputs are the inputs plus what the provider would add, so that references between
// resources can be followed: a digest is a hash of an image's inputs, an ARN holds the name.
func outputs(args pulumi.MockResourceArgs) resource.PropertyMap {
	out := args.Inputs.Copy()
	set := func(name string, value any) {
		if key := resource.PropertyKey(name); !out.HasValue(key) {
			out[key] = resource.NewPropertyValue(value)
		}
	}
	name := args.Name
	if given, ok := out["name"]; ok && given.IsString() {
		name = given.StringValue()
	}
	set("name", name)
	set("arn", arn(args.TypeToken, name))
	switch args.TypeToken {
	case "aws:ecr/repository:Repository":
		set("repositoryUrl", fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", Account, Region, name))
	case "docker:index/image:Image":
		reference := out["imageName"].StringValue()
		set("repoDigest", reference[:strings.LastIndex(reference, ":")]+"@"+digest(args.Inputs))
	case "aws:ec2/launchTemplate:LaunchTemplate":
		set("latestVersion", 1)
	case "aws:lb/loadBalancer:LoadBalancer":
		set("dnsName", name+"-1."+Region+".elb.amazonaws.com")
		set("arnSuffix", "app/"+name+"/1")
		set("zoneId", "Z1")
	case "aws:s3/bucketV2:BucketV2":
		out["arn"] = resource.NewProperty("arn:aws:s3:::" + out["bucket"].StringValue())
	case "aws:rds/instance:Instance":
		set("address", name+".rds.amazonaws.com")
		set("port", 5432)
		set("masterUserSecrets", []any{map[string]any{"secretArn": "arn:aws:secretsmanager:" + Region + ":" + Account + ":secret:rds!db-1"}})
	case "aws:acm/certificate:Certificate":
		domain := out["domainName"].StringValue()
		set("domainValidationOptions", []any{map[string]any{
			"domainName": domain, "resourceRecordName": "_1." + domain, "resourceRecordType": "CNAME", "resourceRecordValue": "_2.acm-validations.aws",
		}})
	case "aws:route53/record:Record":
		set("fqdn", name)
	}
	return out
}

// arn is the ARN of a mocked resource: aws:ecs/service:Service named bot becomes
// arn:aws:ecs:<region>:<account>:service/bot.
func arn(token, name string) string {
	service, kind, _ := strings.Cut(strings.Split(token, ":")[1], "/")
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s/%s", service, Region, Account, kind, name)
}

// digest is a stand-in for what a build would push: the same inputs give the same digest. The
// registry's credentials are no part of an image.
func digest(inputs resource.PropertyMap) string {
	inputs = inputs.Copy()
	delete(inputs, "registry")
	plain := Plain(resource.NewObjectProperty(inputs))
	text, err := json.Marshal(plain)
	if err != nil {
		return "unmarshalable: " + err.Error()
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// answer is what AWS says to a function call; a call that is not known here is an error, so
// that no test passes on an empty answer.
func answer(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	known := map[string]map[string]any{
		"aws:index/getCallerIdentity:getCallerIdentity":       {"accountId": Account, "arn": "arn:aws:iam::" + Account + ":root", "id": Account, "userId": Account},
		"aws:index/getRegion:getRegion":                       {"name": Region, "id": Region},
		"aws:index/getAvailabilityZones:getAvailabilityZones": {"names": []any{Region + "a", Region + "b", Region + "c"}, "id": Region},
		"aws:ecr/getAuthorizationToken:getAuthorizationToken": {
			"proxyEndpoint": "https://" + Account + ".dkr.ecr." + Region + ".amazonaws.com", "userName": "AWS", "password": RegistryPassword,
		},
		"aws:route53/getZone:getZone": {"zoneId": "Z123", "name": "example.org"},
	}
	values, ok := known[args.Token]
	if !ok {
		return nil, fmt.Errorf("the recording mock has no answer to %s", args.Token)
	}
	return resource.NewPropertyMapFromMap(values), nil
}

// RegistryPassword is the credential that ECR hands out; no test may find it in a plain input.
const RegistryPassword = "registry-password-canary"
