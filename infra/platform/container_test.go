package platform

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAContainerDefinitionIsCanonical(t *testing.T) {
	c := container{
		Name: "bot", Image: "registry/bot@sha256:aaaa", CPU: 256, Memory: 448, Command: []string{"python", "-m", "bot"},
		Port: &Port{Container: 5005}, LogGroup: "/botyard/test/bot", Region: "us-east-1",
		Environment: map[string]string{"SERVICE": "bot", "PORT": "5005", "A": "1"},
		Secrets:     map[string]string{"TOKEN": "arn:token", "DATABASE_URL": "arn:url:url::"},
		Volumes:     []Volume{{Name: "data", Path: "/data"}},
		Health:      &Health{Command: []string{"python", "-m", "bot.health"}, Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 30},
	}
	text, err := c.definitions()
	require.NoError(t, err)
	require.Equal(t, `[{"command":["python","-m","bot"],"cpu":256,`+
		`"environment":[{"name":"A","value":"1"},{"name":"PORT","value":"5005"},{"name":"SERVICE","value":"bot"}],"essential":true,`+
		`"healthCheck":{"command":["CMD","python","-m","bot.health"],"interval":10,"retries":3,"startPeriod":30,"timeout":5},`+
		`"image":"registry/bot@sha256:aaaa",`+
		`"linuxParameters":{"capabilities":{"add":[],"drop":["ALL"]},"tmpfs":[{"containerPath":"/tmp","mountOptions":["noexec","nosuid","nodev","mode=1777"],"size":64}]},`+
		`"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/botyard/test/bot","awslogs-region":"us-east-1","awslogs-stream-prefix":"ecs"}},`+
		`"memory":448,"mountPoints":[{"containerPath":"/data","readOnly":false,"sourceVolume":"data"}],"name":"bot",`+
		`"portMappings":[{"containerPort":5005,"hostPort":0,"protocol":"tcp"}],"privileged":false,"readonlyRootFilesystem":true,`+
		`"secrets":[{"name":"DATABASE_URL","valueFrom":"arn:url:url::"},{"name":"TOKEN","valueFrom":"arn:token"}],`+
		`"stopTimeout":30,"systemControls":[],"user":"10001","volumesFrom":[]}]`, text)
}

func TestEmptyListsAreExplicit(t *testing.T) {
	text, err := container{Name: "x", Image: "i@sha256:a"}.definitions()
	require.NoError(t, err)
	for _, list := range []string{"environment", "secrets", "portMappings", "mountPoints", "volumesFrom", "systemControls"} {
		require.Contains(t, text, `"`+list+`":[]`)
	}
	require.NotContains(t, text, "healthCheck")
}
