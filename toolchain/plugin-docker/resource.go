package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Check validates the inputs of an image and completes them. All faults are reported at once, each with its path.
func (p *provider) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if !strings.Contains(req.GetUrn(), imageToken+"::") {
		return nil, notHere("the resource " + req.GetUrn())
	}
	props, err := decodeProperties(req.GetNews())
	if err != nil {
		return nil, err
	}
	in, problems := decodeInputs(props)
	if problems = append(problems, validate(in)...); len(problems) > 0 {
		return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: failures(problems)}, nil
	}
	checked, err := normalize(ctx, props, in)
	if err != nil {
		return nil, err
	}
	if asked, _ := reveal(props["build"]).(map[string]any); asked["platform"] == nil && in.known("build.platform") {
		p.log(req.GetUrn()).info(ctx, fmt.Sprintf("build.platform is not set: the image is built for this machine's own, %s", in.build.platform))
	}
	return &pulumirpc.CheckResponse{Inputs: encodeProperties(checked)}, nil
}

// Diff compares inputs, the digest of the context among them; what a tag or a FROM points to by now is not looked at.
func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	sent, err := decodeProperties(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	state, err := decodeProperties(req.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := decodeProperties(req.GetNews())
	if err != nil {
		return nil, err
	}
	return diffResponse(diffInputs(oldInputs(sent, state), news)), nil
}

// Create builds the image and pushes it. Its id is the image's name, as the published plugin has it.
func (p *provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	in, outputs, err := p.apply(ctx, req.GetUrn(), req.GetProperties(), req.GetPreview())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CreateResponse{Properties: outputs}
	if !req.GetPreview() {
		response.Id = in.imageName
	}
	return response, nil
}

// Update builds the image again and pushes it; layers that did not change come from the engine's cache.
func (p *provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	_, outputs, err := p.apply(ctx, req.GetUrn(), req.GetNews(), req.GetPreview())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: outputs}, nil
}

// Read returns the state as it is: registries are not asked what became of an image.
func (p *provider) Read(_ context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: req.GetId(), Inputs: req.GetInputs(), Properties: req.GetProperties()}, nil
}

// Delete leaves the image where it is, in the engine and in the registry: others may run it.
func (p *provider) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// apply is the common part of Create and Update: it makes the image, or foretells its outputs, and returns the state.
func (p *provider) apply(ctx context.Context, urn string, bag *structpb.Struct, preview bool) (*imageInputs, *structpb.Struct, error) {
	props, err := decodeProperties(bag)
	if err != nil {
		return nil, nil, err
	}
	in, problems := decodeInputs(props)
	if len(problems) > 0 {
		return nil, nil, fmt.Errorf("%s: %s", problems[0].path, problems[0].reason)
	}
	var repoDigest any = unknown{}
	if !preview || p.buildsNow(ctx, urn, in) {
		reference, err := p.make(ctx, urn, in, preview)
		if err != nil {
			return nil, nil, err
		}
		if reference != "" {
			repoDigest = reference
		}
	}
	outputs := outputsOf(in, repoDigest)
	if !preview {
		outputs[inputsKey] = secret{reveal(props)}
	}
	return in, encodeProperties(outputs), nil
}

// failures puts the path into the reason: beside a property of its own, Pulumi would print that property's value, secret or
// not, and "<nil>" for a path.
func failures(problems []problem) []*pulumirpc.CheckFailure {
	var out []*pulumirpc.CheckFailure
	for _, problem := range problems {
		out = append(out, &pulumirpc.CheckFailure{Reason: problem.path + ": " + problem.reason})
	}
	return out
}

func diffResponse(diff map[string]*pulumirpc.PropertyDiff) *pulumirpc.DiffResponse {
	if len(diff) == 0 {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME, DetailedDiff: diff, HasDetailedDiff: true}
	for _, path := range sortedKeys(diff) {
		top, _, _ := strings.Cut(path, ".")
		if top, _, _ = strings.Cut(top, "["); !slices.Contains(response.Diffs, top) {
			response.Diffs = append(response.Diffs, top)
		}
	}
	return response
}
