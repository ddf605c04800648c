package operate

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Users are the services that get each of the secrets, by the secrets' names: what their task definitions name now.
func (f Fleet) Users(ctx context.Context, arns map[string]string) (map[string][]string, error) {
	users := map[string][]string{}
	if len(f.Out.ServiceArns) == 0 || len(arns) == 0 {
		return users, nil
	}
	owner := map[string]string{} // by the ECS service's ARN
	var all []string
	for _, name := range f.Out.Services() {
		own, err := f.arns(name)
		if err != nil {
			return nil, err
		}
		for _, arn := range own {
			owner[arn], all = name, append(all, arn)
		}
	}
	services, err := f.describe(ctx, all)
	if err != nil {
		return nil, err
	}
	read := map[string][]string{} // a standby's definition is mostly its service's
	for _, service := range services {
		revision := aws.ToString(service.TaskDefinition)
		if _, known := read[revision]; !known {
			d, err := f.definition(ctx, service)
			if err != nil {
				return nil, err
			}
			read[revision] = d.secrets()
		}
		user := owner[aws.ToString(service.ServiceArn)]
		for _, secret := range slices.Sorted(maps.Keys(arns)) {
			if mention(read[revision], arns[secret]) && !slices.Contains(users[secret], user) {
				users[secret] = append(users[secret], user)
			}
		}
	}
	return users, nil
}

// mention tells whether one of the references is to the secret or to a key of its value.
func mention(references []string, arn string) bool {
	return slices.ContainsFunc(references, func(from string) bool { return from == arn || strings.HasPrefix(from, arn+":") })
}
