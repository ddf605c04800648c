package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const registrations = `package demo

func (p *servicePackage) FrameworkResources(ctx context.Context) []*types.ServicePackageFrameworkResource {
	return []*types.ServicePackageFrameworkResource{
		{
			Factory: newDropped,
			Name:    "Dropped",
		},
		{
			Factory: newKept,
		},
	}
}

func (p *servicePackage) SDKDataSources(ctx context.Context) []*types.ServicePackageSDKDataSource {
	return []*types.ServicePackageSDKDataSource{
		{
			Factory:  dataSourceThing,
			TypeName: "aws_demo_thing",
		},
	}
}

func (p *servicePackage) SDKResources(ctx context.Context) []*types.ServicePackageSDKResource {
	return []*types.ServicePackageSDKResource{
		{
			Factory:  resourceThing,
			TypeName: "aws_demo_thing",
			Tags:     &types.ServicePackageResourceTags{IdentifierAttribute: names.AttrARN},
		},
		{
			Factory:  resourceOther,
			TypeName: "aws_demo_other",
		},
	}
}
`

const framework = `package demo

func newKept(context.Context) (resource.ResourceWithConfigure, error) { return &kept{}, nil }

func (*kept) Metadata(_ context.Context, _ resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = "aws_demo_kept"
}
`

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilterServiceKeepsTheTableOnly(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"service_package_gen.go": registrations, "kept.go": framework})
	w := wanted{resources: map[string]bool{"aws_demo_thing": true, "aws_demo_kept": true}, dataSources: map[string]bool{"aws_demo_data": true}}
	text, any, err := w.filterService(filepath.Join(dir, "service_package_gen.go"))
	if err != nil || !any {
		t.Fatalf("filterService: any %v, error %v; want true and none", any, err)
	}
	for _, want := range []string{"Factory: newKept", "Factory:  resourceThing", "names.AttrARN"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("lost %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"newDropped", "resourceOther", "dataSourceThing"} {
		if strings.Contains(string(text), not) {
			t.Errorf("still has %q:\n%s", not, text)
		}
	}
	if len(w.resources) != 0 || !w.dataSources["aws_demo_data"] {
		t.Errorf("left to find: %v %v, want only aws_demo_data", w.resources, w.dataSources)
	}
}

func TestUnknownTableEntryIsNamed(t *testing.T) {
	_, err := filterRegistrations(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "the table names aws_ecs_service, which this version of the provider does not have") {
		t.Errorf("error %v, want one that names aws_ecs_service", err)
	}
}

func TestFilterServices(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"internal/provider/service_packages_gen.go": "package provider\n\nimport (\n\t\"context\"\n\n" +
		"\t\"x/internal/service/ecs\"\n\t\"x/internal/service/eks\"\n)\n\nfunc f(ctx context.Context) {\n\tv := []any{\n" +
		"\t\tecs.ServicePackage(ctx),\n\t\teks.ServicePackage(ctx),\n\t}\n}\n"})
	changed := map[string][]byte{}
	if err := filterServices(dir, map[string]bool{"ecs": true}, changed); err != nil {
		t.Fatal(err)
	}
	got := string(changed[filepath.Join(dir, "internal/provider/service_packages_gen.go")])
	if !strings.Contains(got, "ecs.ServicePackage(ctx)") || !strings.Contains(got, "service/ecs\"") || strings.Contains(got, "eks") {
		t.Errorf("want ecs and not eks:\n%s", got)
	}
}

func TestCapWaits(t *testing.T) {
	dir := t.TempDir()
	path := "helper/retry/state.go"
	write(t, dir, map[string]string{path: "package retry\n\nimport (\n\t\"log\"\n\t\"time\"\n)\n\nfunc (conf *StateChangeConf) WaitForStateContext() {\n" + waitAnchor + "}\n"})
	overlay := map[string][]byte{}
	if err := capWaits(dir, overlay); err != nil {
		t.Fatal(err)
	}
	got := string(overlay[filepath.Join(dir, path)])
	if !strings.Contains(got, waitAnchor+waitCall) || !strings.Contains(got, "\t\"os\"\n") || !strings.HasSuffix(got, waitMethod) {
		t.Errorf("the cap is not built in:\n%s", got)
	}
	write(t, dir, map[string]string{path: "package retry\n"})
	if err := capWaits(dir, overlay); err == nil || !strings.Contains(err.Error(), "the plugin SDK's waiter has changed") {
		t.Errorf("error %v, want one that says that the waiter has changed", err)
	}
}

func TestShakenModules(t *testing.T) {
	for module, want := range map[string]bool{
		"github.com/aws/aws-sdk-go-v2/service/ec2": true, "github.com/aws/aws-sdk-go-v2/service/internal/checksum": false,
		"github.com/aws/aws-sdk-go-v2": false, "github.com/aws/aws-sdk-go-v2/config": true, "google.golang.org/grpc": false,
		"github.com/pulumi/pulumi/sdk/v3": true, "github.com/pulumi/esc": false,
	} {
		if got := shaken(module); got != want {
			t.Errorf("shaken(%q) = %v, want %v", module, got, want)
		}
	}
}
