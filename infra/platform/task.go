package platform

import (
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scratchVolume is the name of the volume that stands in for tmpfs on Fargate.
const scratchVolume = "scratch"

// SecretValue is what ECS injects as an environment variable.
type SecretValue struct {
	// From is a secret's ARN, with :<key>:: behind it for one key of a JSON value, or an SSM parameter's ARN.
	From pulumi.StringInput
	// Arn is the bare ARN, which the execution role may read.
	Arn pulumi.StringInput
}

// taskArgs is what a task definition needs, for a service or for a one-off task alone.
type taskArgs struct {
	container
	Cluster              *Cluster
	Names                Namer
	Image, RepositoryArn pulumi.StringOutput
	Environment          pulumi.StringMap
	Secrets              map[string]SecretValue
	LogDays              int
	ARM                  bool
	// TaskPolicy is what the container itself may do; nothing when it is nil.
	TaskPolicy pulumi.StringInput
	// Gates are waited for before the revision is registered.
	Gates []any
}

// task is a task definition with its log group.
type task struct {
	definition *ecs.TaskDefinition
	logGroup   *cloudwatch.LogGroup
}

func newServiceTask(ctx *pulumi.Context, name string, args *ServiceArgs, child pulumi.ResourceOption) (*task, error) {
	environment, health, policy, err := serviceEntry(name, args)
	if err != nil {
		return nil, err
	}
	if args.Port != nil {
		environment["PORT"] = pulumi.String(strconv.Itoa(args.Port.Container))
	}
	for k, v := range args.Environment {
		environment[k] = pulumi.String(v)
	}
	return newTask(ctx, name, &taskArgs{
		container: container{
			Name: name, CPU: args.CPU, Memory: args.Memory, Command: args.Command, Port: args.Port,
			Health: health, Volumes: args.volumes(), Region: args.Region, Exec: args.Exec,
		},
		Cluster: args.Cluster, Names: args.Names, Image: args.Image, RepositoryArn: args.RepositoryArn,
		Environment: environment, Secrets: args.Secrets, LogDays: args.LogDays, ARM: args.ARM, Gates: args.Gates,
		TaskPolicy: policy,
	}, child)
}

// execStatement is what ECS Exec's agent needs, in the task's own name.
// Source: Amazon ECS Developer Guide, "Task IAM role permissions for ECS Exec".
func execStatement() statement {
	return allow("*", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel")
}

// serviceEntry is what a service's entry point needs: variables, health check and what it may do in AWS.
func serviceEntry(name string, args *ServiceArgs) (pulumi.StringMap, *Health, pulumi.StringInput, error) {
	environment := pulumi.StringMap{"SERVICE": pulumi.String(name)}
	var may []statement
	if args.Exec {
		may = append(may, execStatement())
	}
	if args.Warden == nil {
		if len(may) == 0 {
			return environment, args.Health, nil, nil
		}
		policy, err := policyDocument(may...)
		return environment, args.Health, pulumi.String(policy), err
	}
	variables, err := args.Warden.environment(args.Health, args.Route, !args.Cluster.Fargate)
	maps.Copy(environment, variables)
	checked := args.Warden.health(args.Health)
	var keys pulumi.StringArray
	if !args.Models.none() {
		environment["WARDEN_MODELS"], checked.StartPeriod, keys = args.Models.files(), fetchSeconds, args.Models.keys()
	}
	return environment, checked, args.Warden.policy(name, may, keys), err
}

func newTask(ctx *pulumi.Context, name string, args *taskArgs, child pulumi.ResourceOption) (*task, error) {
	group, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/" + args.Names.Path(name)),
		RetentionInDays: pulumi.Int(args.LogDays),
	}, child)
	if err != nil {
		return nil, err
	}
	execution, policy, err := newExecutionRole(ctx, name, args, group, child)
	if err != nil {
		return nil, err
	}
	role, err := newRole(ctx, name+"-task", "ecs-tasks.amazonaws.com", "What "+name+" itself may do", child)
	if err != nil {
		return nil, err
	}
	if args.TaskPolicy != nil {
		_, err = iam.NewRolePolicy(ctx, name+"-task", &iam.RolePolicyArgs{Role: role.Name, Policy: args.TaskPolicy}, child)
		if err != nil {
			return nil, err
		}
	}
	definition, err := ecs.NewTaskDefinition(ctx, name, &ecs.TaskDefinitionArgs{
		Family:                  pulumi.String(args.Names.Name(255, name)),
		ContainerDefinitions:    containerJSON(ctx, args, group),
		ExecutionRoleArn:        execution.Arn,
		TaskRoleArn:             role.Arn,
		NetworkMode:             pulumi.String(pick(args.Cluster.Fargate, "awsvpc", "bridge")),
		RequiresCompatibilities: pulumi.StringArray{pulumi.String(pick(args.Cluster.Fargate, "FARGATE", "EC2"))},
		Cpu:                     onlyIf(args.Cluster.Fargate, strconv.Itoa(args.CPU)),
		Memory:                  onlyIf(args.Cluster.Fargate, strconv.Itoa(args.Memory)),
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			CpuArchitecture:       pulumi.String(pick(args.ARM, "ARM64", "X86_64")),
			OperatingSystemFamily: pulumi.String("LINUX"),
		},
		Volumes: taskVolumes(args),
		// Old revisions stay active: they are what a rollback goes back to.
		SkipDestroy: pulumi.Bool(true),
	}, child, pulumi.DependsOn([]pulumi.Resource{policy}))
	return &task{definition: definition, logGroup: group}, err
}

// containerJSON resolves the outputs that a container definition names, after the gates. A
// preview waits for no gate: an image that will be rebuilt would make the definitions of all
// services unknown, and the preview would show changes that will not come.
func containerJSON(ctx *pulumi.Context, args *taskArgs, group *cloudwatch.LogGroup) pulumi.StringOutput {
	from := pulumi.StringMap{}
	for name, secret := range args.Secrets {
		from[name] = secret.From
	}
	values := []any{args.Image, group.Name, args.Environment.ToStringMapOutput(), from.ToStringMapOutput()}
	if !ctx.DryRun() {
		values = append(values, args.Gates...)
	}
	return pulumi.All(values...).ApplyT(func(all []any) (string, error) {
		c := args.container
		c.Image, c.LogGroup, c.Fargate = all[0].(string), all[1].(string), args.Cluster.Fargate
		c.Environment, c.Secrets = all[2].(map[string]string), all[3].(map[string]string)
		return c.definitions()
	}).(pulumi.StringOutput)
}

func taskVolumes(args *taskArgs) ecs.TaskDefinitionVolumeArrayInput {
	volumes := ecs.TaskDefinitionVolumeArray{}
	if args.Cluster.Fargate {
		volumes = append(volumes, ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(scratchVolume)})
	}
	for _, v := range args.Volumes {
		volume := ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(v.Name)}
		if !args.Cluster.Fargate {
			volume.DockerVolumeConfiguration = ecs.TaskDefinitionVolumeDockerVolumeConfigurationArgs{
				Scope: pulumi.String("shared"), Autoprovision: pulumi.Bool(true), Driver: pulumi.String("local"),
			}
		}
		volumes = append(volumes, volume)
	}
	if len(volumes) == 0 {
		return nil
	}
	return volumes
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

func onlyIf(condition bool, value string) pulumi.StringPtrInput {
	if condition {
		return pulumi.String(value)
	}
	return nil
}
