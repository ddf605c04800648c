//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elsewhere are calls that nobody can be refused, or that are made on the emulator alone: the zone of prod's name is made
// there before the update (toolchain/internal/fixtures), and tests/testdata/actions.txt tells of the others.
var elsewhere = map[string]bool{
	"iam:GetUser": true, "sts:GetCallerIdentity": true, "route53:CreateHostedZone": true, "route53:ListHostedZonesByName": true,
}

// theRecordHolds compares what the program and the provider have asked of AWS with the record that the deploy role's policy
// is tested against: a call that is not in it would be refused in a delivery.
func theRecordHolds(t *testing.T, c *clone, requests string) {
	t.Helper()
	known := map[string]bool{}
	for line := range strings.Lines(read(t, filepath.Join(c.dir, "tests/testdata/actions.txt"))) {
		known[strings.TrimSpace(line)] = true
	}
	asked := actions(t, c, requests)
	require.Greater(t, len(asked), 100)
	var missing []string
	for _, action := range sorted(asked) {
		if !known[action] && !elsewhere[action] {
			missing = append(missing, action)
		}
	}
	require.Empty(t, missing, "not in tests/testdata/actions.txt")
}

// actions are those of the program and the provider, as IAM names them.
func actions(t *testing.T, c *clone, requests string) map[string]bool {
	t.Helper()
	list := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/aws/aws-sdk-go-v2")
	list.Dir = c.dir
	version, err := list.Output()
	require.NoError(t, err)
	ours := regexp.MustCompile(`Terraform|aws-sdk-go-v2/` + regexp.QuoteMeta(strings.TrimPrefix(strings.TrimSpace(string(version)), "v")) + " ")
	asked := map[string]bool{}
	for line := range strings.Lines(requests) {
		var call struct{ Action, Agent string }
		require.NoError(t, json.Unmarshal([]byte(line), &call), line)
		if !ours.MatchString(call.Agent) {
			continue
		}
		switch { // budgets have no actions for their calls
		case strings.HasPrefix(call.Action, "budgets:Describe"):
			call.Action = "budgets:ViewBudget"
		case strings.HasPrefix(call.Action, "budgets:") && call.Action != "budgets:ListTagsForResource":
			call.Action = "budgets:ModifyBudget"
		}
		asked[call.Action] = true
	}
	return asked
}

// rolesAreDeclared adds the roles that deliver from GitHub to prod, twice: the second time nothing changes.
func rolesAreDeclared(t *testing.T, c *clone) {
	t.Helper()
	c.edit(t, "Pulumi.prod.yaml", "  botyard:budget:\n", "  botyard:delivery: {repository: society/botyard, state: 'arn:aws:s3:::society-state'}\n  botyard:budget:\n")
	out, err := c.yard("up", "--stack", "prod", "--emulated")
	t.Log(tail(out, 30))
	require.NoError(t, err)
	again, err := c.yard("up", "--stack", "prod", "--emulated")
	require.NoError(t, err, tail(again, 30))
	require.NotRegexp(t, `\d+ (created|updated|replaced|deleted)`, summary(again))
	require.Equal(t, "botyard-prod-deploy-bound botyard-prod-bound", c.ask(t, `
iam = aws("iam")
bound = lambda role: iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"].split("/")[-1]
task = next(r["RoleName"] for r in iam.list_roles()["Roles"] if "bot-task" in r["RoleName"])
print(bound("botyard-prod-deploy"), bound(task))`))
}
