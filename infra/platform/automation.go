package platform

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// automation is an SSM Automation document that an event starts.
type automation struct {
	description string
	// parameters are the document's, with the JSON path of the event that each is taken from.
	parameters map[string]string
	// steps makes the document's steps of names that are known only after their resources exist.
	steps func(names []string) []map[string]any
	// pattern selects the events, and permissions is what the steps may do.
	pattern, permissions pulumi.StringOutput
}

// declareAutomation declares the document, the rule that starts it, and a role for each.
func (r *Recovery) declareAutomation(ctx *pulumi.Context, name string, a automation, names pulumi.StringArray, child pulumi.ResourceOption) error {
	acts, err := newServiceRole(ctx, name, "ssm.amazonaws.com", a.description, a.permissions, child)
	if err != nil {
		return err
	}
	document, err := ssm.NewDocument(ctx, name, &ssm.DocumentArgs{
		Name: pulumi.String(r.args.Names.Name(128, name)), DocumentType: pulumi.String("Automation"), DocumentFormat: pulumi.String("JSON"),
		Content: pulumi.All(acts.Arn, names.ToStringArrayOutput()).ApplyT(func(all []any) (string, error) {
			return a.document(all[0].(string), all[1].([]string))
		}).(pulumi.StringOutput),
	}, child)
	if err != nil {
		return err
	}
	definition := pulumi.Sprintf("arn:aws:ssm:%s:%s:automation-definition/%s:$DEFAULT", r.args.Region, r.args.AccountID, document.Name)
	starts, err := newServiceRole(ctx, name+"-events", "events.amazonaws.com", "Starts: "+a.description,
		policyOf(pulumi.StringArray{definition, acts.Arn}, startStatements), child)
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(ctx, name, &cloudwatch.EventRuleArgs{
		Name: pulumi.String(r.args.Names.Name(64, name)), Description: pulumi.String(a.description), EventPattern: a.pattern,
	}, child)
	if err != nil {
		return err
	}
	return a.target(ctx, name, rule, definition, starts, child)
}

// startStatements let EventBridge start the document, and hand it the role that it acts under.
func startStatements(arns []string) []statement {
	pass := allow(arns[1], "iam:PassRole")
	pass.Condition = map[string]any{"StringEquals": map[string]string{"iam:PassedToService": "ssm.amazonaws.com"}}
	return []statement{allow(arns[0], "ssm:StartAutomationExecution"), pass}
}

func (a automation) target(ctx *pulumi.Context, name string, rule *cloudwatch.EventRule, definition pulumi.StringOutput, role *iam.Role, child pulumi.ResourceOption) error {
	target := &cloudwatch.EventTargetArgs{Rule: rule.Name, TargetId: pulumi.String("automation"), Arn: definition, RoleArn: role.Arn}
	if len(a.parameters) > 0 {
		paths := pulumi.StringMap{}
		template := ""
		for _, parameter := range slices.Sorted(maps.Keys(a.parameters)) {
			paths[parameter] = pulumi.String(a.parameters[parameter])
			template += fmt.Sprintf(",%q:[<%s>]", parameter, parameter)
		}
		target.InputTransformer = cloudwatch.EventTargetInputTransformerArgs{
			InputPaths: paths, InputTemplate: pulumi.String("{" + template[1:] + "}"),
		}
	} else {
		target.Input = pulumi.String("{}")
	}
	_, err := cloudwatch.NewEventTarget(ctx, name, target, child)
	return err
}

// document is the document's text.
// Source: AWS Systems Manager User Guide, "Automation document elements" (schema version 0.3).
func (a automation) document(role string, names []string) (string, error) {
	parameters := map[string]any{}
	for name := range a.parameters {
		parameters[name] = map[string]any{"type": "String"}
	}
	return canonical(map[string]any{
		"schemaVersion": "0.3", "description": a.description, "assumeRole": role,
		"parameters": parameters, "mainSteps": a.steps(names),
	})
}

// agentPatience is how long a disconnected agent may take to come back: agents lose their connection several times an hour
// and find it within a minute or two.
// Source: Amazon ECS Developer Guide, "Amazon ECS container instance state change events".
const agentPatience = "PT5M"

// replaceHost waits, looks again, and replaces the host if its agent is still gone. It terminates before it deregisters:
// ECS starts other copies of the tasks of a host that is deregistered, and until the host has stopped they still run.
func replaceHost(names []string) []map[string]any {
	cluster := names[0]
	return []map[string]any{
		{"name": "wait", "action": "aws:sleep", "inputs": map[string]any{"Duration": agentPatience}},
		{"name": "look", "action": "aws:executeAwsApi", "inputs": map[string]any{
			"Service": "ecs", "Api": "DescribeContainerInstances",
			"cluster": cluster, "containerInstances": []string{"{{ ContainerInstance }}"},
		}, "outputs": []any{map[string]any{"Name": "connected", "Selector": "$.containerInstances[0].agentConnected", "Type": "Boolean"}}},
		{"name": "decide", "action": "aws:branch", "inputs": map[string]any{
			"Choices": []any{map[string]any{"NextStep": "terminate", "Variable": "{{ look.connected }}", "BooleanEquals": false}},
		}, "isEnd": true},
		{"name": "terminate", "action": "aws:executeAwsApi", "inputs": map[string]any{
			"Service": "autoscaling", "Api": "TerminateInstanceInAutoScalingGroup",
			"InstanceId": "{{ InstanceId }}", "ShouldDecrementDesiredCapacity": false,
		}},
		{"name": "gone", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 600, "inputs": map[string]any{
			"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": []string{"{{ InstanceId }}"},
			"PropertySelector": "$.Reservations[0].Instances[0].State.Name", "DesiredValues": []string{"terminated"},
		}},
		{"name": "deregister", "action": "aws:executeAwsApi", "isEnd": true, "inputs": map[string]any{
			"Service": "ecs", "Api": "DeregisterContainerInstance",
			"cluster": cluster, "containerInstance": "{{ ContainerInstance }}", "force": true,
		}},
	}
}

// startHost lets the group grow by the policy, which keeps to its cooldown.
func startHost(names []string) []map[string]any {
	return []map[string]any{{"name": "grow", "action": "aws:executeAwsApi", "isEnd": true, "inputs": map[string]any{
		"Service": "autoscaling", "Api": "ExecutePolicy",
		"AutoScalingGroupName": names[0], "PolicyName": names[1], "HonorCooldown": true,
	}}}
}
