package platform

import "strings"

// data is what is kept: the database, tables and secrets, without the values of any but the webhooks and tokens.
func (a *DeliveryArgs) data() access {
	m := a.mark()
	instance, snapshots := a.regional("rds", "db:"+a.prefix()), a.regional("rds", "snapshot:"+a.prefix())
	sets := []string{a.regional("rds", "pg:database-*"), a.regional("rds", "subgrp:database-*")}
	tables := a.regional("dynamodb", "table/"+a.prefix())
	secrets := a.regional("secretsmanager", "secret:"+a.Names.Path("*"))
	masters := a.regional("secretsmanager", "secret:rds!*")
	return access{
		name: "data",
		looks: append([]statement{
			// The provider looks an instance up by its resource id, which is a search among all.
			allow(a.regional("rds", "*"), "rds:DescribeDBInstances", "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters",
				"rds:DescribeDBSnapshots", "rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"),
			allow(tables, "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"),
			allow(a.regional("dynamodb", "table/"+a.Names.Name(255, "releases")), "dynamodb:Scan"),
			allow(append([]string{secrets}, secretsOf(a.Foreign)...), "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
		}, append(a.webhooks(), a.tokens()...)...),
		changes: []statement{
			allow([]string{instance, snapshots}, "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBSnapshot", "rds:DeleteDBInstance",
				"rds:ModifyDBInstance", "rds:RebootDBInstance", "rds:RemoveTagsFromResource"),
			// A request for an instance names its groups too, and the default option group.
			allow(a.regional("rds", "og:default*"), "rds:CreateDBInstance", "rds:ModifyDBInstance"),
			m.own(allow(sets, "rds:CreateDBInstance", "rds:ModifyDBInstance")),
			m.touched(allow(sets, "rds:AddTagsToResource", "rds:CreateDBParameterGroup", "rds:CreateDBSubnetGroup")),
			m.own(allow(sets, "rds:AddTagsToResource", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup", "rds:ModifyDBParameterGroup",
				"rds:ModifyDBSubnetGroup", "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup")),
			// RDS makes the master's secret in the name of whoever makes the instance, with AWS's own key.
			// Source: Amazon RDS User Guide, "Permissions required for Secrets Manager integration".
			allow(masters, "secretsmanager:CreateSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource"),
			allow(a.regional("kms", "key/*"), "kms:DescribeKey"),
			allow(tables, "dynamodb:CreateTable", "dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:GetItem", "dynamodb:PutItem",
				"dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateItem", "dynamodb:UpdateTable",
				"dynamodb:UpdateTimeToLive"),
			allow(secrets, "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:RestoreSecret", "secretsmanager:TagResource",
				"secretsmanager:UntagResource", "secretsmanager:UpdateSecret"),
		},
	}
}

// webhooks let the program read the addresses that EventBridge posts to: a preview without them would show a change.
func (a *DeliveryArgs) webhooks() []statement {
	var arns []string
	for _, secret := range a.Webhooks {
		if !strings.HasPrefix(secret, "arn:") { // Secrets Manager ends an ARN in six random characters
			secret = a.regional("secretsmanager", "secret:"+a.Names.Path(secret)+"-??????")
		}
		arns = append(arns, secret)
	}
	if len(arns) == 0 {
		return nil
	}
	return []statement{allow(arns, "secretsmanager:GetSecretValue")}
}

// tokens let the program read the repositories that images are built from.
func (a *DeliveryArgs) tokens() []statement {
	if len(a.Tokens) == 0 {
		return nil
	}
	return []statement{allow(a.Tokens, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")}
}

// secretsOf and parametersOf part ARNs of Secrets Manager from those of SSM.
func secretsOf(arns []string) []string { return those(arns, false) }

func parametersOf(arns []string) []string { return those(arns, true) }

func those(arns []string, parameters bool) []string {
	var some []string
	for _, arn := range arns {
		if isParameter(arn) == parameters {
			some = append(some, arn)
		}
	}
	return some
}

// state is what is in S3. Pulumi's: files of this stack alone in the bucket. A preview locks nothing and writes nothing.
// Source: github.com/pulumi/pulumi v3, pkg/backend/diy.
func (a *DeliveryArgs) state() access {
	files := []string{
		a.State + "/.pulumi/*/" + a.Names.Project + "/" + a.Names.Stack + ".*", // a stack's name has no dot
		a.State + "/.pulumi/*/" + a.Names.Project + "/" + a.Names.Stack + "/*", // history, backups, locks
	}
	state := access{
		name:    "state",
		looks:   []statement{allow(a.State, "s3:ListBucket"), allow(append([]string{a.State + "/.pulumi/meta.yaml"}, files...), "s3:GetObject")},
		changes: []statement{allow(files, "s3:DeleteObject", "s3:PutObject")},
	}
	// The models are here because IAM attaches ten policies at most, and this one is short.
	looks, changes := a.models()
	state.looks, state.changes = append(state.looks, looks...), append(state.changes, changes...)
	if a.Key != "" {
		state.looks = append(state.looks, allow(a.Key, "kms:Decrypt"))
	}
	return state
}
