package platform

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPeopleGetInOnlyWhereItIsSaid: ECS Exec needs its channels and a root file system to write to.
func TestPeopleGetInOnlyWhereItIsSaid(t *testing.T) {
	for name, change := range map[string]func(*ServiceArgs, *parts){
		"with a warden": func(a *ServiceArgs, p *parts) { p.singleton(a); a.Exec = true },
		"without":       func(a *ServiceArgs, _ *parts) { a.Exec = true },
	} {
		t.Run(name, func(t *testing.T) {
			recorded, _, err := recordService(t, ec2Hosts, change)
			require.NoError(t, err)
			require.Equal(t, true, recorded.One(t, "aws:ecs/service:Service", "bot").Input("enableExecuteCommand"))
			require.Contains(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("containerDefinitions"), `"readonlyRootFilesystem":false`)
			statements := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "bot-task"), "policy").(map[string]any)["Statement"].([]any)
			require.Equal(t, map[string]any{"Effect": "Allow", "Resource": "*", "Action": []any{
				"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
			}}, statements[len(statements)-1])
		})
	}
	recorded, _, err := recordService(t, ec2Hosts, nil)
	require.NoError(t, err)
	require.Equal(t, false, recorded.One(t, "aws:ecs/service:Service", "bot").Input("enableExecuteCommand"))
}
