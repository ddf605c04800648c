package platform

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/rollout"
)

// Grant is one service's access to a database of its own role.
type Grant struct {
	Service string
	// Database is the database's name, Access owner, write or read.
	Database, Access string
}

// AccessArgs describes who may use which database.
type AccessArgs struct {
	Database *Database
	Cluster  *Cluster
	Names    Namer
	// Image is the layer with the task that creates databases and roles.
	Image, RepositoryArn pulumi.StringOutput
	Grants               []Grant // sorted by database, then service
	LogDays              int
	Region               string
	ARM                  bool
	Runner               Runner
	Gates                []any
}

// Access is a database and a least-privilege role for each service that asks for one. The
// database cannot be reached from where this program runs, and a password made here would be in
// the state: so a one-off task inside the VPC creates the roles, makes the passwords and puts
// them where only the service's execution role reads them.
type Access struct {
	pulumi.ResourceState

	// URLs are the services' DATABASE_URL by service.
	URLs map[string]SecretValue
	// Ready resolves once all roles exist; services wait for it.
	Ready pulumi.StringOutput
}

// NewAccess declares the roles' secrets and runs the task.
func NewAccess(ctx *pulumi.Context, name string, args *AccessArgs, opts ...pulumi.ResourceOption) (*Access, error) {
	a := &Access{URLs: map[string]SecretValue{}}
	return a, build(ctx, "Access", name, a, opts, func(child pulumi.ResourceOption) error {
		return a.declare(ctx, name, args, child)
	})
}

func (a *Access) outputs() pulumi.Map {
	arns := pulumi.Map{}
	for service, url := range a.URLs {
		arns[service] = url.Arn
	}
	return pulumi.Map{"secretArns": arns}
}

func (a *Access) declare(ctx *pulumi.Context, name string, args *AccessArgs, child pulumi.ResourceOption) error {
	arns := pulumi.StringArray{}
	for _, grant := range args.Grants {
		secret, err := newSecret(ctx, AccessSecretName(grant.Service),
			fmt.Sprintf("Database %s as %s, for %s", grant.Database, grant.Access, grant.Service), args.Names, child)
		if err != nil {
			return err
		}
		arns = append(arns, secret.Arn)
		a.URLs[grant.Service] = SecretValue{From: pulumi.Sprintf("%s:url::", secret.Arn), Arn: secret.Arn}
	}
	t, err := newTask(ctx, name, &taskArgs{
		container: container{Name: name, CPU: 128, Memory: 128, Region: args.Region},
		Cluster:   args.Cluster, Names: args.Names, Image: args.Image, RepositoryArn: args.RepositoryArn,
		Environment: pulumi.StringMap{
			"DATABASES": arns.ToStringArrayOutput().ApplyT(func(arns []string) (string, error) {
				return databasesJSON(args.Grants, arns)
			}).(pulumi.StringOutput),
			"DB_HOST": args.Database.Address,
			"DB_PORT": args.Database.Port.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		Secrets: map[string]SecretValue{"MASTER_SECRET": {From: args.Database.MasterSecretArn, Arn: args.Database.MasterSecretArn}},
		LogDays: args.LogDays, ARM: args.ARM, Gates: args.Gates,
		TaskPolicy: policyOf(arns, func(arns []string) []statement {
			return []statement{allow(arns, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")}
		}),
	}, child)
	if err != nil {
		return err
	}
	a.Ready = runOneOff(ctx, args.Runner, args.Cluster, t, rollout.OneOff{Name: name, Container: name})
	return nil
}

type databaseRole struct {
	Service string `json:"service"`
	Access  string `json:"access"`
	Secret  string `json:"secret"`
}

type databaseSpec struct {
	Name  string         `json:"name"`
	Roles []databaseRole `json:"roles"`
}

// databasesJSON is the task's DATABASES: every database with its roles and their secrets' ARNs.
func databasesJSON(grants []Grant, arns []string) (string, error) {
	specs := []databaseSpec{}
	for i, g := range grants {
		if len(specs) == 0 || specs[len(specs)-1].Name != g.Database {
			specs = append(specs, databaseSpec{Name: g.Database})
		}
		last := &specs[len(specs)-1]
		last.Roles = append(last.Roles, databaseRole{g.Service, g.Access, arns[i]})
	}
	text, err := json.Marshal(specs)
	return string(text), err
}
