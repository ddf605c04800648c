package rollout

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Access says how to reach AWS; it mirrors the provider's settings of the same names (aws:region
// and so on), so that both talk to the same account. What is empty comes from where the AWS SDK
// looks by itself: environment, shared files, the instance's role.
type Access struct {
	Region, Profile, AccessKey, SecretKey, Token, RoleARN string
	// Endpoints are service addresses by the provider's names: ecs, logs, secretsmanager, dynamodb, ecr, events, rds, s3, sts.
	Endpoints map[string]string
}

// Connect makes a runner. It sends nothing yet.
func Connect(ctx context.Context, a Access) (*Runner, error) {
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithRegion(a.Region)}
	if a.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(a.Profile))
	}
	if a.AccessKey != "" {
		options = append(options, awsconfig.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(a.AccessKey, a.SecretKey, a.Token)))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("AWS settings: %w", err)
	}
	if a.RoleARN != "" {
		client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = a.endpoint("sts") })
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(client, a.RoleARN))
	}
	clock := SystemClock()
	tables := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.BaseEndpoint = a.endpoint("dynamodb") })
	return &Runner{
		ECS:       ecs.NewFromConfig(cfg, func(o *ecs.Options) { o.BaseEndpoint = a.endpoint("ecs") }),
		Logs:      cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) { o.BaseEndpoint = a.endpoint("logs") }),
		Secrets:   secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) { o.BaseEndpoint = a.endpoint("secretsmanager") }),
		Leases:    tables,
		Tables:    tables,
		Registry:  ecr.NewFromConfig(cfg, func(o *ecr.Options) { o.BaseEndpoint = a.endpoint("ecr") }),
		Events:    eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.BaseEndpoint = a.endpoint("events") }),
		Databases: rds.NewFromConfig(cfg, func(o *rds.Options) { o.BaseEndpoint = a.endpoint("rds") }),
		Bucket: s3.NewFromConfig(cfg, func(o *s3.Options) {
			o.BaseEndpoint = a.endpoint("s3")
			o.UsePathStyle = o.BaseEndpoint != nil // an emulator has one name for all buckets
		}),
		Clock:   clock,
		Started: clock.Now(),
	}, nil
}

func (a Access) endpoint(service string) *string {
	if url := a.Endpoints[service]; url != "" {
		return aws.String(url)
	}
	return nil
}
