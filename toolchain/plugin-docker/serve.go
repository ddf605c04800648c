package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	maxMessage = 400 << 20       // bytes; what Pulumi's own plugins accept
	graceful   = 2 * time.Second // for calls under way to end after their builds were stopped
)

// serve answers the engine at address until the context ends or the engine is gone. It writes the port it listens on to out,
// which is how the engine finds it.
func serve(ctx context.Context, address string, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := newProvider(nil)
	if address != "" {
		conn, err := dialPulumi(address)
		if err != nil {
			return fmt.Errorf("the Pulumi engine at %s: %w", address, err)
		}
		defer conn.Close()
		p.pulumi = conn
		go func() {
			watch(ctx, conn)
			cancel()
		}()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage))
	pulumirpc.RegisterResourceProviderServer(server, p)
	go func() {
		<-ctx.Done()
		p.cancel(errCancelled)
		hard := time.AfterFunc(graceful, server.Stop)
		defer hard.Stop()
		server.GracefulStop()
	}()
	fmt.Fprintln(out, listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

func dialPulumi(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)))
}

// watch returns when the engine is gone, as after a kill -9: an orphan must not go on to push images.
func watch(ctx context.Context, conn *grpc.ClientConn) {
	for {
		state := conn.GetState()
		switch state {
		case connectivity.TransientFailure, connectivity.Shutdown:
			return
		case connectivity.Idle:
			conn.Connect()
		}
		if !conn.WaitForStateChange(ctx, state) {
			return
		}
	}
}
