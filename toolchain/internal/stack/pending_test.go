package stack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/fake"
)

const (
	urn      = "urn:pulumi:local::botyard::"
	exported = `{"version":3,"deployment":{"manifest":{"version":"v3.250.0"},"secrets_providers":{"type":"passphrase"},
"resources":[{"urn":"urn:pulumi:local::botyard::pulumi:pulumi:Stack::botyard-local","type":"pulumi:pulumi:Stack"},
{"urn": "urn:pulumi:local::botyard::aws:ecs/service:Service::bot","type":"aws:ecs/service:Service","id":"x"},
{"urn":"urn:pulumi:local::botyard::aws:iam/role:Role::replaced","type":"aws:iam/role:Role","id":"replaced-1"}],
"pending_operations":[
{"type":"creating","resource":{"urn":"urn:pulumi:local::botyard::aws:cloudwatch/logGroup:LogGroup::bot","custom":true,"type":"aws:cloudwatch/logGroup:LogGroup","inputs":{"name":"/botyard/local/bot"},"provider":"p","parent":"q"}},
{"type":"creating","resource":{"urn":"urn:pulumi:local::botyard::aws:ec2/vpc:Vpc::network","custom":true,"type":"aws:ec2/vpc:Vpc","inputs":{"cidrBlock":"10.0.0.0/16"}}},
{"type":"creating","resource":{"urn":"urn:pulumi:local::botyard::aws:iam/role:Role::replaced","type":"aws:iam/role:Role","inputs":{"name":"replaced-2"}}},
{"type":"updating","resource":{"urn":"urn:pulumi:local::botyard::aws:ecs/service:Service::bot","type":"aws:ecs/service:Service","id":"x"}},
{"type":"deleting","resource":{"urn":"urn:pulumi:local::botyard::aws:sns/topic:Topic::unknown","type":"aws:sns/topic:Topic","id":"y"}}]}}`
)

func TestSettleAdoptsByNameAndForgetsTheRest(t *testing.T) {
	state, done, err := settle([]byte(exported))
	require.NoError(t, err)
	assert.Equal(t, &Repaired{
		Adopted: []string{urn + "aws:cloudwatch/logGroup:LogGroup::bot"},
		Dropped: []string{urn + "aws:ec2/vpc:Vpc::network", urn + "aws:iam/role:Role::replaced"},
		Read:    []string{urn + "aws:ecs/service:Service::bot"},
	}, done)

	var file struct {
		Version    int
		Deployment map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(state, &file))
	assert.Equal(t, 3, file.Version)
	assert.NotContains(t, file.Deployment, "pending_operations")
	assert.JSONEq(t, `{"version":"v3.250.0"}`, string(file.Deployment["manifest"]))
	assert.JSONEq(t, `{"type":"passphrase"}`, string(file.Deployment["secrets_providers"]))
	var resources []map[string]any
	require.NoError(t, json.Unmarshal(file.Deployment["resources"], &resources))
	require.Len(t, resources, 4)
	assert.Equal(t, map[string]any{
		"urn": urn + "aws:cloudwatch/logGroup:LogGroup::bot", "type": "aws:cloudwatch/logGroup:LogGroup", "custom": true,
		"id": "/botyard/local/bot", "provider": "p", "parent": "q",
		"inputs": map[string]any{"name": "/botyard/local/bot"}, "outputs": map[string]any{"name": "/botyard/local/bot"},
	}, resources[3], "last, so after all that it depends on")
}

func TestSettleLeavesAStateWithoutPendingOperations(t *testing.T) {
	state, done, err := settle([]byte(`{"version":3,"deployment":{"resources":[]}}`))
	require.NoError(t, err)
	assert.Nil(t, state)
	assert.Nil(t, done)
}

func TestIdentityOfAServiceIsItsArn(t *testing.T) {
	assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:service/botyard-local/bot", identity(map[string]any{
		"type":   "aws:ecs/service:Service",
		"inputs": map[string]any{"name": "bot", "cluster": "arn:aws:ecs:us-east-1:000000000000:cluster/botyard-local"},
	}))
	assert.Empty(t, identity(map[string]any{"type": "aws:ecs/service:Service", "inputs": map[string]any{"name": "bot"}}))
	assert.Empty(t, identity(map[string]any{"type": "aws:rds/instance:Instance"}), "its name is not known yet")
}

func TestRepairImportsTheStateAndReadsJustTheAffected(t *testing.T) {
	programs := fake.New(t)
	s := fakeStack(t, programs)
	export := filepath.Join(t.TempDir(), "export.json")
	require.NoError(t, os.WriteFile(export, []byte(exported), 0o644))
	programs.Add(t, "pulumi", `case "$2" in export) cat `+export+` ;; esac`)

	done, err := s.RepairPending(t.Context())
	require.NoError(t, err)
	assert.Nil(t, done, "the state file names nothing pending")
	assert.Empty(t, programs.Calls(t), "so Pulumi is not asked")

	putState(t, s, `{"checkpoint":{"latest":{"pending_operations":[{}]}}}`)
	done, err = s.RepairPending(t.Context())
	require.NoError(t, err)
	require.NotNil(t, done)
	calls := programs.Calls(t)
	require.Len(t, calls, 3)
	assert.Equal(t, "pulumi stack export --stack local --non-interactive", calls[0])
	assert.Regexp(t, `^pulumi stack import --stack local --file \S+/botyard-state-\d+\.json --non-interactive$`, calls[1])
	assert.Equal(t, "pulumi refresh --yes --skip-preview --stack local --non-interactive --suppress-outputs"+
		" --target "+urn+"aws:cloudwatch/logGroup:LogGroup::bot --target "+urn+"aws:ecs/service:Service::bot", calls[2])
}
