//go:build e2e

package e2e

import (
	"encoding/base64"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// canary is a secret's value that must be in its consumer's environment and nowhere else.
const canary = "canary-7f3e91-do-not-sing"

// plantCanary gives prod's leveling-api a secret, and sets it as a person would.
func plantCanary(t *testing.T, c *clone) {
	t.Helper()
	c.edit(t, "Pulumi.prod.yaml", "    discord-token:\n", "    canary: {description: A value to look for}\n    discord-token:\n")
	c.edit(t, "Pulumi.prod.yaml", "      before: [python, manage.py", "      secrets: {CANARY: canary}\n      before: [python, manage.py")
}

// canaryIsCaged looks for the value in everything that an update leaves.
func canaryIsCaged(t *testing.T, c *clone, requests string) {
	t.Helper()
	inside := sh(t, c.dir, `docker exec "$(docker ps -q --filter label=com.amazonaws.ecs.container-name=leveling-api | head -1)" /usr/bin/env`)
	require.Contains(t, inside, "CANARY="+canary, "its consumer has it")

	left := map[string]string{
		"image history and settings": sh(t, c.dir, `docker image ls -q | sort -u | xargs -n 1 docker history --no-trunc; docker image ls -q | sort -u | xargs docker image inspect`),
		"AWS":                        c.ask(t, everythingInAWS),
	}
	require.Contains(t, requests, `"secretsmanager:PutSecretValue"`)
	left["recorded requests"] = requests
	for _, part := range []string{`"taskDefinitions"`, `"logs"`, `"userData"`} {
		require.Contains(t, left["AWS"], part)
	}
	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(c.dir, ".botyard"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasSuffix(path, ".botyard/emulator/state") { // Secrets Manager itself
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			files++
			left[path] = read(t, path)
		}
		return nil
	}))
	require.Greater(t, files, 10, "state, outputs and logs")
	for where, text := range left {
		require.False(t, strings.Contains(text, canary), where)
		require.False(t, strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(canary))), where)
	}
}

// everythingInAWS prints what AWS would show to whoever may look, and to nobody a secret's value.
const everythingInAWS = `
import base64, json
found = {"taskDefinitions": [], "logs": [], "userData": [], "other": []}
ecs, logs, ec2, events, ssm, tables = (aws(s) for s in ("ecs", "logs", "ec2", "events", "ssm", "dynamodb"))
for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
    found["taskDefinitions"].append(ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"]))
for group in logs.describe_log_groups()["logGroups"]:
    found["logs"] += [e["message"] for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]) for e in page["events"]]
for template in ec2.describe_launch_templates()["LaunchTemplates"]:
    for version in ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])["LaunchTemplateVersions"]:
        found["userData"].append(base64.b64decode(version["LaunchTemplateData"].get("UserData", "")).decode())
for rule in events.list_rules()["Rules"]:
    targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    found["other"].append([rule, targets])
    for arn in [t["Arn"] for t in targets if ":automation-definition/" in t["Arn"]]:
        found["other"].append(ssm.get_document(Name=arn.split("/")[1].split(":")[0])["Content"])
for table in tables.list_tables()["TableNames"]:
    found["other"] += tables.scan(TableName=table)["Items"]
assert all(found.values()), {k: len(v) for k, v in found.items()}
print(json.dumps(found, default=str))`
