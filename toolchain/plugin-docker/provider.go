package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/moby/moby/client"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// imageToken is the type of the only resource here.
const imageToken = "docker:index/image:Image"

// errCancelled is what operations end with when the engine gives an update up (Ctrl-C in `pulumi up`).
var errCancelled = errors.New("cancelled before the image was done")

// provider serves docker:index/image:Image over Pulumi's provider protocol.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	cancelled context.Context // ends when Pulumi gives the update up
	cancel    context.CancelCauseFunc

	mu       sync.Mutex
	pulumi   grpc.ClientConnInterface // the Pulumi engine, for logs; nil where there is none
	settings settings
}

func newProvider(pulumi grpc.ClientConnInterface) *provider {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &provider{cancelled: ctx, cancel: cancel, pulumi: pulumi}
}

// operation bounds the work of one call: it ends with the call, or when Pulumi gives the update up.
func (p *provider) operation(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.cancelled, func() { cancel(errCancelled) })
	return ctx, func() { stop(); cancel(nil) }
}

func (p *provider) log(urn string) resourceLog {
	p.mu.Lock()
	defer p.mu.Unlock()
	return newResourceLog(p.pulumi, urn)
}

func (p *provider) configured() settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.settings
}

// Cancel stops all builds and pushes that are under way.
func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel(errCancelled)
	return &emptypb.Empty{}, nil
}

// Attach takes the address of the Pulumi engine that a debugged provider should log to.
func (p *provider) Attach(_ context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	conn, err := dialPulumi(req.GetAddress())
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pulumi = conn
	return &emptypb.Empty{}, nil
}

// GetPluginInfo tells the version.
func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// GetSchema names the package; programs bring their own types, so nothing more is needed.
func (p *provider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: fmt.Sprintf(`{"name":"docker","version":%q}`, version)}, nil
}

// Invoke refuses every function of the package: none is here.
func (p *provider) Invoke(_ context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, notHere("function " + req.GetTok())
}

// notHere says that a part of the published plugin was left out.
func notHere(what string) error {
	return fmt.Errorf("%s is not in this stand-in of the docker plugin, which has %s only; install the published plugin for it "+
		"(pulumi plugin install resource docker %s)", what, imageToken, version)
}

// CheckConfig refuses settings that would be ignored.
func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	props, err := decodeProperties(req.GetNews())
	if err != nil {
		return nil, err
	}
	_, problems := decodeSettings(props)
	return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: failures(problems)}, nil
}

// DiffConfig reports another engine as an update, and never as a replacement: images outlive the engine that built them.
func (p *provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := decodeProperties(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := decodeProperties(req.GetNews())
	if err != nil {
		return nil, err
	}
	delete(olds, "registryAuth") // logins change nothing that exists
	delete(news, "registryAuth")
	return diffResponse(diffInputs(olds, news)), nil
}

// Configure takes the settings and makes sure that an engine is there, before anything of the update is touched.
func (p *provider) Configure(ctx context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	props, err := decodeProperties(req.GetArgs())
	if err != nil {
		return nil, err
	}
	set, problems := decodeSettings(props)
	if len(problems) > 0 {
		return nil, fmt.Errorf("docker:%s: %s", problems[0].path, problems[0].reason)
	}
	if !set.noCheck && !set.hostUnknown {
		engine, err := set.connect(ctx)
		if err != nil {
			return nil, err
		}
		engine.Close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settings = set
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

func (s settings) connect(ctx context.Context) (*client.Client, error) {
	return connect(ctx, s.host, s.certPath, true)
}
