package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

const (
	// forgetDays is how long a version that no release runs is kept after a newer one, days.
	forgetDays = 30
	// resumeDays is how long the parts of an upload that was cut off wait for it to go on, days.
	resumeDays = 7
)

// closeBucket lets nobody into a bucket but by IAM and TLS, and encrypts what is in it.
// Source: Amazon S3 User Guide, "Security best practices for Amazon S3".
func closeBucket(ctx *pulumi.Context, name string, bucket *s3.BucketV2, child pulumi.ResourceOption) ([]pulumi.CustomResource, error) {
	access, err := s3.NewBucketPublicAccessBlock(ctx, name, &s3.BucketPublicAccessBlockArgs{
		Bucket: bucket.Bucket, BlockPublicAcls: pulumi.Bool(true), BlockPublicPolicy: pulumi.Bool(true),
		IgnorePublicAcls: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, child)
	if err != nil {
		return nil, err
	}
	// Access lists are off: what is in the bucket is the account's, whoever has put it there.
	owner, err := s3.NewBucketOwnershipControls(ctx, name, &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.Bucket, Rule: s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, child)
	if err != nil {
		return nil, err
	}
	encryption, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, name, &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: bucket.Bucket,
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm: pulumi.String("AES256"), // S3's own key: a customer's is $1 a month
			},
		}},
	}, child)
	if err != nil {
		return nil, err
	}
	// After the block: both change the bucket's policy, and S3 refuses two changes at once.
	policy, err := s3.NewBucketPolicy(ctx, name, &s3.BucketPolicyArgs{
		Bucket: bucket.Bucket,
		Policy: policyOf(pulumi.StringArray{bucket.Arn}, func(arns []string) []statement {
			return []statement{{
				Sid: "TLSOnly", Effect: "Deny", Principal: "*", Action: []string{"s3:*"}, Resource: []string{arns[0], arns[0] + "/*"},
				Condition: map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}},
			}}
		}),
	}, child, pulumi.DependsOn([]pulumi.Resource{access}))
	if err != nil {
		return nil, err
	}
	return []pulumi.CustomResource{access, owner, encryption, policy}, nil
}

// expireModels lets versions go that no remembered release runs: by age alone, the one that a rollback needs would go.
func expireModels(ctx *pulumi.Context, name string, bucket *s3.BucketV2, opts ...pulumi.ResourceOption) error {
	rules := s3.BucketLifecycleConfigurationV2RuleArray{
		s3.BucketLifecycleConfigurationV2RuleArgs{
			Id: pulumi.String("unused-versions"), Status: pulumi.String("Enabled"),
			Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Tag: s3.BucketLifecycleConfigurationV2RuleFilterTagArgs{
				Key: pulumi.String(rollout.KeepTag), Value: pulumi.String(rollout.KeepNo),
			}},
			NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
				NoncurrentDays: pulumi.Int(forgetDays),
			},
		},
		s3.BucketLifecycleConfigurationV2RuleArgs{
			Id: pulumi.String("cut-off-uploads"), Status: pulumi.String("Enabled"),
			Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")}, // such a rule takes no tag
			AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
				DaysAfterInitiation: pulumi.Int(resumeDays),
			},
		},
	}
	_, err := s3.NewBucketLifecycleConfigurationV2(ctx, name, &s3.BucketLifecycleConfigurationV2Args{Bucket: bucket.Bucket, Rules: rules}, opts...)
	return err
}
