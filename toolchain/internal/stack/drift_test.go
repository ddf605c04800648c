package stack

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/fake"
)

func TestADigestComesBackAlsoOfAPreviewThatFailed(t *testing.T) {
	programs := fake.New(t)
	s := fakeStack(t, programs)
	var log bytes.Buffer
	s.Log, s.ConfigFile = &log, "/generated.yaml"
	programs.Add(t, "pulumi", `echo '{"steps": []}'; exit 255`)
	digest, err := s.Digest(t.Context())
	require.ErrorContains(t, err, "exit status 255")
	assert.Equal(t, `{"steps": []}`, string(digest))
	assert.Equal(t, "{\"steps\": []}\n", log.String())
	assert.Equal(t, []string{"pulumi preview --refresh --json --stack local --non-interactive --suppress-outputs --config-file /generated.yaml"}, programs.Calls(t))
}
