package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LeasesArgs describes the leases' table.
type LeasesArgs struct {
	Names Namer
}

// Leases is the DynamoDB table in which the wardens keep one item a service: who holds its lease, and when it started
// (images/warden/README.md has the item's members).
type Leases struct {
	pulumi.ResourceState

	TableName pulumi.StringOutput
	TableArn  pulumi.StringOutput
}

// NewLeases declares the table.
func NewLeases(ctx *pulumi.Context, name string, args *LeasesArgs, opts ...pulumi.ResourceOption) (*Leases, error) {
	l := &Leases{}
	return l, build(ctx, "Leases", name, l, opts, func(child pulumi.ResourceOption) error {
		table, err := dynamodb.NewTable(ctx, name, &dynamodb.TableArgs{
			Name:        pulumi.String(args.Names.Name(255, name)),
			BillingMode: pulumi.String("PAY_PER_REQUEST"), // a few writes a minute: no capacity to plan
			HashKey:     pulumi.String("service"),
			Attributes:  dynamodb.TableAttributeArray{dynamodb.TableAttributeArgs{Name: pulumi.String("service"), Type: pulumi.String("S")}},
			// Items of services that are gone; no lease is decided by this clock.
			Ttl: dynamodb.TableTtlArgs{AttributeName: pulumi.String("expires"), Enabled: pulumi.Bool(true)},
			// No point-in-time recovery: running wardens write all that is in it within seconds. Encrypted by DynamoDB's
			// own key: a customer key costs more than the table.
		}, child)
		if err != nil {
			return err
		}
		l.TableName, l.TableArn = table.Name, table.Arn
		return nil
	})
}

func (l *Leases) outputs() pulumi.Map { return pulumi.Map{"tableName": l.TableName} }
