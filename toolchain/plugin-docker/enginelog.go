package main

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// resourceLog writes to the log of one resource in the Pulumi CLI. Its zero value writes nowhere.
type resourceLog struct {
	engine pulumirpc.EngineClient
	urn    string
}

func newResourceLog(conn grpc.ClientConnInterface, urn string) resourceLog {
	if conn == nil {
		return resourceLog{}
	}
	return resourceLog{pulumirpc.NewEngineClient(conn), urn}
}

// status shows a line beside the resource while it is worked on; it is gone afterwards.
func (l resourceLog) status(ctx context.Context, line string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Message: line, Ephemeral: true})
}

func (l resourceLog) info(ctx context.Context, text string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Message: text})
}

func (l resourceLog) warn(ctx context.Context, text string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Message: text})
}

// send never fails the build: a line that the CLI does not take is lost, no more.
func (l resourceLog) send(ctx context.Context, req *pulumirpc.LogRequest) {
	if l.engine != nil {
		req.Urn = l.urn
		_, _ = l.engine.Log(ctx, req)
	}
}
