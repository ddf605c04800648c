package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

const testURN = "urn:pulumi:test::botyard::docker:index/image:Image::bot"

// write makes files, given as path → content, under dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
		require.NoError(t, os.Chmod(file, 0o644)) // whatever the umask is
	}
}

// workIn makes a folder with the files, and the current folder of the test.
func workIn(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, files)
	t.Chdir(dir)
	return dir
}

// pulumiEngine is the Pulumi engine as far as a plugin sees it: it records what is logged.
type pulumiEngine struct {
	pulumirpc.UnimplementedEngineServer
	mu     sync.Mutex
	logs   []string // severity and text of what stays
	status []string // what is shown for a while
}

func (e *pulumiEngine) Log(_ context.Context, req *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if req.GetEphemeral() {
		e.status = append(e.status, req.GetMessage())
	} else {
		e.logs = append(e.logs, req.GetSeverity().String()+" "+req.GetUrn()+" "+req.GetMessage())
	}
	return &emptypb.Empty{}, nil
}

func (e *pulumiEngine) shown() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.status, "\n")
}

func (e *pulumiEngine) kept() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.logs
}

// startPlugin runs the plugin as Pulumi does, but in this process, and returns a client of it and the engine it logs to.
func startPlugin(t *testing.T) (pulumirpc.ResourceProviderClient, *pulumiEngine) {
	t.Helper()
	engine := &pulumiEngine{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, engine)
	go func() { _ = server.Serve(listener) }()

	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener.Addr().String(), writer) }()
	port := make([]byte, 16)
	n, err := reader.Read(port)
	require.NoError(t, err)
	conn, err := dialPulumi("127.0.0.1:" + strings.TrimSpace(string(port[:n])))
	require.NoError(t, err)
	t.Cleanup(func() {
		conn.Close()
		cancel()
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(10 * time.Second):
			t.Error("the plugin did not end")
		}
		server.Stop()
	})
	return pulumirpc.NewResourceProviderClient(conn), engine
}

// check runs Check and returns the completed inputs; it fails the test on any failure.
func check(t *testing.T, plugin pulumirpc.ResourceProviderClient, props map[string]any) map[string]any {
	t.Helper()
	response, err := plugin.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: encodeProperties(props)})
	require.NoError(t, err)
	require.Empty(t, response.GetFailures())
	checked, err := decodeProperties(response.GetInputs())
	require.NoError(t, err)
	return checked
}

// update runs Update of checked inputs and returns the outputs.
func update(t *testing.T, plugin pulumirpc.ResourceProviderClient, checked map[string]any, preview bool) (map[string]any, error) {
	t.Helper()
	response, err := plugin.Update(t.Context(), &pulumirpc.UpdateRequest{Urn: testURN, News: encodeProperties(checked), Preview: preview})
	if err != nil {
		return nil, err
	}
	outputs, err := decodeProperties(response.GetProperties())
	require.NoError(t, err)
	return outputs, nil
}
