package ecsmeta_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/ecsmeta"
)

func endpoint(t *testing.T, failures int) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if failures > 0 {
			failures--
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		switch r.URL.Path {
		case "/v4/x/task":
			fmt.Fprint(w, `{"Cluster":"c","TaskARN":"arn:aws:ecs:us-east-1:1:task/c/9","Family":"bot","Revision":"12"}`)
		case "/v4/x":
			fmt.Fprint(w, `{"DockerId":"d","Networks":[{"NetworkMode":"awsvpc","IPv4Addresses":["10.0.2.106"]}]}`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v4/x"
}

func TestTaskOfTheEndpoint(t *testing.T) {
	task, err := ecsmeta.ReadTask(t.Context(), endpoint(t, 2))
	require.NoError(t, err, "it is asked again until it is up")
	assert.Equal(t, ecsmeta.Task{ARN: "arn:aws:ecs:us-east-1:1:task/c/9", Revision: "bot:12", Number: 12}, task)
	task, err = ecsmeta.ReadTask(t.Context(), "")
	require.NoError(t, err)
	assert.Zero(t, task)
}

func TestAddressOfTheEndpoint(t *testing.T) {
	address, err := ecsmeta.Address(t.Context(), "", endpoint(t, 0), 8080)
	require.NoError(t, err)
	assert.Equal(t, "10.0.2.106:8080", address)
}

func TestAddressOfTheFileOnceItIsReady(t *testing.T) {
	file := filepath.Join(t.TempDir(), "metadata.json")
	go func() {
		time.Sleep(100 * time.Millisecond)
		_ = os.WriteFile(file, []byte(`{"MetadataFileStatus":"INCOMPLETE"}`), 0o644)
		time.Sleep(300 * time.Millisecond)
		_ = os.WriteFile(file, []byte(`{"PortMappings":[{"ContainerPort":80,"HostPort":1},{"ContainerPort":8080,"HostPort":32769,"BindIp":"0.0.0.0","Protocol":"tcp"}],
			"HostPrivateIPv4Address":"10.0.1.5","MetadataFileStatus":"READY"}`), 0o644)
	}()
	address, err := ecsmeta.Address(t.Context(), file, "http://not.asked", 8080)
	require.NoError(t, err)
	assert.Equal(t, "10.0.1.5:32769", address)
	_, err = ecsmeta.Address(t.Context(), file, "", 9999)
	assert.ErrorContains(t, err, "maps no host port to port 9999")
}

func TestAFileThatDoesNotBecomeReadyIsAnError(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := ecsmeta.Address(ctx, filepath.Join(t.TempDir(), "none"), "", 8080)
	assert.ErrorContains(t, err, "did not become READY")
	assert.ErrorContains(t, err, "no such file")
}

func TestAddressOfTheHost(t *testing.T) {
	address, err := ecsmeta.Address(t.Context(), "", "", 8080)
	require.NoError(t, err)
	assert.Regexp(t, `^[0-9a-f.:\[\]]+:8080$`, address)
}
