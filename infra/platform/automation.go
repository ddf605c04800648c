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

// site is where a stack's documents are, and how what belongs to them is named.
type site struct {
	names             Namer
	region, accountID string
}

// automation is an SSM Automation document that events start.
type automation struct {
	site
	description string
	// parameters are the document's, with the JSON path of the event that each is taken from.
	parameters map[string]string
	// steps makes the document's steps of names that are known only after their resources exist.
	steps func(names []string) []map[string]any
	// patterns select the events, each in a rule of its own.
	patterns []pulumi.StringOutput
	// permissions is what the steps may do.
	permissions pulumi.StringOutput
}

// declare declares the document, the rules that start it, and a role for each side.
func (a automation) declare(ctx *pulumi.Context, name string, names pulumi.StringArray, child pulumi.ResourceOption) error {
	acts, err := newServiceRole(ctx, name, "ssm.amazonaws.com", a.description, a.permissions, child)
	if err != nil {
		return err
	}
	document, err := ssm.NewDocument(ctx, name, &ssm.DocumentArgs{
		Name: pulumi.String(a.names.Name(128, name)), DocumentType: pulumi.String("Automation"), DocumentFormat: pulumi.String("JSON"),
		Content: pulumi.All(acts.Arn, names.ToStringArrayOutput()).ApplyT(func(all []any) (string, error) {
			return a.document(all[0].(string), all[1].([]string))
		}).(pulumi.StringOutput),
	}, child)
	if err != nil {
		return err
	}
	definition := pulumi.Sprintf("arn:aws:ssm:%s:%s:automation-definition/%s:$DEFAULT", a.region, a.accountID, document.Name)
	starts, err := newServiceRole(ctx, name+"-events", "events.amazonaws.com", "Starts: "+a.description,
		policyOf(pulumi.StringArray{definition, acts.Arn}, startStatements), child)
	if err != nil {
		return err
	}
	for i, pattern := range a.patterns {
		rule, err := cloudwatch.NewEventRule(ctx, numbered(name, i), &cloudwatch.EventRuleArgs{
			Name: pulumi.String(a.names.Name(64, numbered(name, i))), Description: pulumi.String(a.description), EventPattern: pattern,
		}, child)
		if err != nil {
			return err
		}
		if err := a.target(ctx, numbered(name, i), rule, definition, starts, child); err != nil {
			return err
		}
	}
	return nil
}

// numbered is the name of the rule at index i: the first has the automation's own, and the second ends in -2.
func numbered(name string, i int) string {
	if i == 0 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, i+1)
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
