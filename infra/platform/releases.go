package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ReleasesArgs describes the table of releases.
type ReleasesArgs struct {
	Names Namer
	// Protect refuses the table's deletion: what it remembers is in no other place.
	Protect bool
}

// Releases is the DynamoDB table that remembers what ran: each set of images and services' settings (infra/rollout).
type Releases struct {
	pulumi.ResourceState

	TableName pulumi.StringOutput
}

// NewReleases declares the table.
func NewReleases(ctx *pulumi.Context, name string, args *ReleasesArgs, opts ...pulumi.ResourceOption) (*Releases, error) {
	r := &Releases{}
	return r, build(ctx, "Releases", name, r, opts, func(child pulumi.ResourceOption) error {
		table, err := dynamodb.NewTable(ctx, name, &dynamodb.TableArgs{
			Name:        pulumi.String(args.Names.Name(255, name)),
			BillingMode: pulumi.String("PAY_PER_REQUEST"), // a few writes an update
			HashKey:     pulumi.String("id"),
			Attributes:  dynamodb.TableAttributeArray{dynamodb.TableAttributeArgs{Name: pulumi.String("id"), Type: pulumi.String("S")}},
			// Some KB: 35 days back cost next to nothing.
			PointInTimeRecovery:       dynamodb.TablePointInTimeRecoveryArgs{Enabled: pulumi.Bool(args.Protect)},
			DeletionProtectionEnabled: pulumi.Bool(args.Protect),
		}, child)
		if err == nil {
			r.TableName = table.Name
		}
		return err
	})
}

func (r *Releases) outputs() pulumi.Map { return pulumi.Map{"tableName": r.TableName} }
