package main

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
)

func TestThePluginEndsWithItsEngine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	engine := grpc.NewServer()
	pulumirpc.RegisterEngineServer(engine, &pulumiEngine{})
	go func() { _ = engine.Serve(listener) }()
	ended := make(chan error, 1)
	reader, writer := io.Pipe()
	go func() { ended <- serve(context.Background(), listener.Addr().String(), writer) }()
	_, err = reader.Read(make([]byte, 16)) // the port: the plugin serves
	require.NoError(t, err)
	select {
	case <-ended:
		t.Fatal("the plugin ended although its engine is there")
	case <-time.After(300 * time.Millisecond):
	}
	engine.Stop()
	select {
	case err := <-ended:
		assert.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("the plugin outlives its engine")
	}
}

func TestArgumentsOfPulumi(t *testing.T) {
	assert.NoError(t, run([]string{"--logtostderr", "-v=9", "--tracing", "http://x", "-version"}))
	assert.ErrorContains(t, run([]string{"127.0.0.1:1", "127.0.0.1:2"}), "one argument is expected")
}
