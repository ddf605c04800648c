package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// postgresPort is Postgres's own.
const postgresPort = 5432

// DatabaseArgs describes the stack's Postgres.
type DatabaseArgs struct {
	// Required.
	Network *Network
	Cluster *Cluster
	Names   Namer
	Alerts  *Alerts
	// EngineVersion is the major version, such as 15; RDS chooses and upgrades the minor one.
	EngineVersion string
	// InstanceClass is RDS's, such as db.t4g.micro; StorageGiB its disk.
	InstanceClass string
	StorageGiB    int
	// MemoryMiB is the class's memory.
	MemoryMiB int
	// BackupDays is how many daily backups are kept; point-in-time recovery reaches back as far.
	BackupDays int

	// Optional.
	// BackupWindow (03:00-04:00) and MaintenanceWindow (sun:04:30-sun:05:30) are UTC.
	BackupWindow, MaintenanceWindow string
	// MultiZone keeps a synchronous standby in the other zone, at twice the price.
	MultiZone bool
	// Protect refuses deletion by AWS, and takes a final snapshot; Guard refuses it by Pulumi.
	Protect bool
	Guard   *Guard
}

// Database is an RDS instance in the private subnets, encrypted, whose master password RDS
// itself makes, keeps and rotates.
type Database struct {
	pulumi.ResourceState

	// Address and Port are where it answers inside the VPC.
	Address pulumi.StringOutput
	Port    pulumi.IntOutput
	// MasterSecretArn is the secret {username, password} of the master user.
	MasterSecretArn pulumi.StringOutput
	// Identifier is RDS's name of the instance.
	Identifier pulumi.StringOutput
}

// NewDatabase declares the database.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	d := &Database{}
	return d, build(ctx, "Database", name, d, opts, func(child pulumi.ResourceOption) error {
		return d.declare(ctx, name, args, child)
	})
}

func (d *Database) outputs() pulumi.Map {
	return pulumi.Map{"address": d.Address, "port": d.Port, "masterSecretArn": d.MasterSecretArn}
}

func (d *Database) declare(ctx *pulumi.Context, name string, args *DatabaseArgs, child pulumi.ResourceOption) error {
	subnets, err := rds.NewSubnetGroup(ctx, name, &rds.SubnetGroupArgs{
		SubnetIds: args.Network.PrivateSubnetIDs, Description: pulumi.String("Private subnets of " + args.Names.Name(200)),
	}, child)
	if err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.Network.VpcID,
		Description: pulumi.String("Database of " + args.Names.Name(200)),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("Hosts and tasks"), Protocol: pulumi.String("tcp"),
			FromPort: pulumi.Int(postgresPort), ToPort: pulumi.Int(postgresPort),
			SecurityGroups: pulumi.StringArray{args.Cluster.SecurityGroupID},
		}},
		Tags: pulumi.StringMap{"Name": pulumi.String(name)},
	}, child)
	if err != nil {
		return err
	}
	parameters, err := rds.NewParameterGroup(ctx, name, &rds.ParameterGroupArgs{
		Family:      pulumi.String("postgres" + args.EngineVersion),
		Description: pulumi.String("Parameters of " + args.Names.Name(200)),
		Parameters: rds.ParameterGroupParameterArray{rds.ParameterGroupParameterArgs{
			Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1"),
		}},
	}, child)
	if err != nil {
		return err
	}
	instance, err := newInstance(ctx, name, args, subnets, group, parameters, child)
	if err != nil {
		return err
	}
	d.Address, d.Port, d.Identifier = instance.Address, instance.Port, instance.Identifier
	d.MasterSecretArn = instance.MasterUserSecrets.Index(pulumi.Int(0)).SecretArn().Elem()
	return d.declareAlarms(ctx, name, args, child)
}

// maxConnections is Postgres's limit on RDS: one for each 9,531,392 bytes of memory, at most 5,000.
// Source: Amazon RDS User Guide, "Quotas and constraints for Amazon RDS", "Maximum number of database connections".
func maxConnections(memoryMiB int) float64 { return float64(min(memoryMiB<<20/9531392, 5000)) }

func (d *Database) declareAlarms(ctx *pulumi.Context, name string, args *DatabaseArgs, child pulumi.ResourceOption) error {
	return args.Alerts.declareAlarms(ctx, subject{
		name:       name,
		dimensions: map[string]pulumi.StringMap{"AWS/RDS": {"DBInstanceIdentifier": d.Identifier}},
		whole: map[string]float64{
			"free-memory": float64(args.MemoryMiB << 20), "free-storage": float64(args.StorageGiB << 30), // bytes
			"connections": maxConnections(args.MemoryMiB),
		},
	}, alarms.Of(alarms.Database, alarms.Always), child)
}

func newInstance(ctx *pulumi.Context, name string, args *DatabaseArgs, subnets *rds.SubnetGroup, group *ec2.SecurityGroup, parameters *rds.ParameterGroup, child pulumi.ResourceOption) (*rds.Instance, error) {
	identifier := args.Names.Name(63, name)
	instance := &rds.InstanceArgs{
		Identifier: pulumi.String(identifier),
		Engine:     pulumi.String("postgres"), EngineVersion: pulumi.String(args.EngineVersion),
		InstanceClass:    pulumi.String(args.InstanceClass),
		AllocatedStorage: pulumi.Int(args.StorageGiB), StorageType: pulumi.String("gp3"), StorageEncrypted: pulumi.Bool(true),
		Username: pulumi.String("botyard"), ManageMasterUserPassword: pulumi.Bool(true),
		DbSubnetGroupName:       subnets.Name,
		VpcSecurityGroupIds:     pulumi.StringArray{group.ID()},
		ParameterGroupName:      parameters.Name,
		PubliclyAccessible:      pulumi.Bool(false),
		MultiAz:                 pulumi.Bool(args.MultiZone),
		BackupRetentionPeriod:   pulumi.Int(args.BackupDays),
		CopyTagsToSnapshot:      pulumi.Bool(true),
		AutoMinorVersionUpgrade: pulumi.Bool(true),
		EnabledCloudwatchLogsExports: pulumi.StringArray{
			pulumi.String("postgresql"), pulumi.String("upgrade"),
		},
		DeletionProtection: pulumi.Bool(args.Protect),
		SkipFinalSnapshot:  pulumi.Bool(!args.Protect),
	}
	if args.Protect {
		instance.FinalSnapshotIdentifier = pulumi.String(identifier + "-final")
	}
	if args.BackupWindow != "" {
		instance.BackupWindow = pulumi.String(args.BackupWindow)
	}
	if args.MaintenanceWindow != "" {
		instance.MaintenanceWindow = pulumi.String(args.MaintenanceWindow)
	}
	return rds.NewInstance(ctx, name, instance, child, args.Guard.Option(name))
}

// AccessSecretName is the name of the secret that holds a service's database URL.
func AccessSecretName(service string) string { return fmt.Sprintf("%s-database", service) }
