//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// ask runs Python with aws(service), a client of the emulator, and returns what it prints.
func (c *clone) ask(t *testing.T, script string) string {
	t.Helper()
	return strings.TrimSpace(sh(t, c.dir, emulatorPython+` - <<'PYTHON'
import botocore.session

def aws(service):
    return botocore.session.get_session().create_client(
        service, region_name="us-east-1", endpoint_url="http://localhost:4566",
        aws_access_key_id="test", aws_secret_access_key="test")
`+script+`
PYTHON`))
}
