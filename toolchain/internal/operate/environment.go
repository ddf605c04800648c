package operate

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Environment is the value that an environment variable has in each service's task definition now; services that do not have
// the variable are left out.
func (f Fleet) Environment(ctx context.Context, name string) (map[string]string, error) {
	values := map[string]string{}
	if len(f.Out.ServiceArns) == 0 {
		return values, nil
	}
	owner := map[string]string{} // by the ECS service's ARN
	var all []string
	for _, service := range f.Out.Services() {
		arn := f.Out.ServiceArns[service]
		owner[arn], all = service, append(all, arn)
	}
	services, err := f.describe(ctx, all)
	if err != nil {
		return nil, err
	}
	for _, service := range services {
		d, err := f.definition(ctx, service)
		if err != nil {
			return nil, err
		}
		for _, container := range d.containers {
			for _, variable := range container.Environment {
				if aws.ToString(variable.Name) == name {
					values[owner[aws.ToString(service.ServiceArn)]] = aws.ToString(variable.Value)
				}
			}
		}
	}
	return values, nil
}
