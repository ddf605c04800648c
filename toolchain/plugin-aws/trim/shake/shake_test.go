package shake

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fixture is a program and two modules that it uses, as files by path.
var fixture = map[string]string{
	"app/main.go": `package main

import (
	"example.com/lib"
	"example.com/lib/client"
)

func main() { println(lib.Used(), (&client.Client{}).Called()) }
`,
	"lib/go.mod": "module example.com/lib\n\ngo 1.26\n\nrequire (\n\texample.com/gone v1.0.0\n\texample.com/other v1.2.3\n)\n",
	"lib/lib.go": `package lib

import (
	"fmt"
	str "strings"

	"example.com/lib/dropped"
	_ "example.com/lib/effect"
	"example.com/other"
)

const (
	zero = iota
	one
)

const (
	Kept    = "kept"
	NotKept = "not kept"
)

type table struct{ Unrelated int }

func (table) Method() string { return str.ToUpper(Kept) }

// Unrelated shares its name with a field.
func Unrelated() { dropped.Anything() }

var _ fmt.Stringer = (*onlyAsserted)(nil)

type onlyAsserted struct{}

func (*onlyAsserted) String() string { return NotKept }

var registered []string

func init() { registered = append(registered, "x") }

// Used is what the program calls.
func Used() string {
	dropped := table{Unrelated: one}
	return dropped.Method() + other.Name
}
`,
	"lib/unused.go":          "package lib\n\nimport \"os\"\n\nfunc UnusedToo() { os.Exit(zero) }\n",
	"lib/dropped/dropped.go": "package dropped\n\nfunc Anything() {}\n",
	"lib/effect/effect.go":   "package effect\n\nfunc init() {}\n\nfunc Unreached() {}\n",
	"lib/client/client.go": `package client

import (
	_ "embed"
	_ "unsafe"

	_ "example.com/lib/effect"
)

//go:embed data.txt
var data string

type Client struct{}

func (*Client) Called() string { return data + linked() }

func (*Client) NeverCalled() string { return asked(nil) }

func (*Client) AskedFor() string { return "" }

type asker interface{ AskedFor() string }

var Ask asker = &Client{}

func asked(a asker) string { return a.AskedFor() }

//go:linkname linked example.com/lib/effect.hidden
func linked() string
`,
	"lib/client/data.txt":  "data",
	"lib/client/stub.s":    "",
	"lib/effect/hidden.go": "package effect\n\nfunc hidden() string { return \"hidden\" }\n",
	"other/go.mod":         "module example.com/other\n\ngo 1.26\n",
	"other/other.go":       "package other\n\nconst Name = \"other\"\n",
}

// shaken shakes the fixture, with other left whole, and answers the folder of the copies.
func shaken(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lib := &Module{
		Path: "example.com/lib", Dir: filepath.Join(root, "lib"), Go: "1.26",
		Requires: map[string]string{"example.com/other": "v1.2.3", "example.com/gone": "v1.0.0"},
	}
	find := func(path string) (*Module, error) {
		if strings.HasPrefix(path, lib.Path) {
			return lib, nil
		}
		return nil, nil
	}
	s := New(find, func(_, name string) bool { return name == "Client" }, nil)
	if err := s.Root("example.com/app", filepath.Join(root, "app")); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	mods, err := s.Write(filepath.Join(root, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if len(mods) != 1 || mods[0] != lib {
		t.Fatalf("modules written: %v, want lib alone", mods)
	}
	return root
}

func TestShakeKeepsWhatIsReached(t *testing.T) {
	root := shaken(t, fixture)
	out := filepath.Join(root, "out", "example.com", "lib")
	for file, wants := range map[string]struct{ in, notIn []string }{
		"lib.go": {
			in:    []string{"func Used()", "type table struct", "func (table) Method()", "Kept    = ", "one\n", "zero = iota", "func init()", "var registered", `str "strings"`, "example.com/other"},
			notIn: []string{"Unrelated()", "NotKept", "onlyAsserted", `"fmt"`, "lib/dropped"},
		},
		"client/client.go": {in: []string{"Called()", "//go:embed data.txt"}, notIn: []string{"NeverCalled", "Ask"}},
		"effect/effect.go": {in: []string{"func init()"}, notIn: []string{"Unreached"}},
		"effect/hidden.go": {in: []string{"func hidden()"}},
		"go.mod":           {in: []string{"go 1.26", "example.com/other v1.2.3"}, notIn: []string{"gone"}},
	} {
		text, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, want := range wants.in {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q:\n%s", file, want, text)
			}
		}
		for _, not := range wants.notIn {
			if strings.Contains(string(text), not) {
				t.Errorf("%s still has %q:\n%s", file, not, text)
			}
		}
	}
	for _, gone := range []string{"unused.go", "dropped"} {
		if _, err := os.Stat(filepath.Join(out, gone)); err == nil {
			t.Errorf("%s was written, though nothing reaches it", gone)
		}
	}
}

// TestShakenSourceCompiles builds and runs the program against the copies.
func TestShakenSourceCompiles(t *testing.T) {
	root := shaken(t, fixture)
	goMod := "module example.com/app\n\ngo 1.26\n\nrequire (\n\texample.com/lib v0.0.0\n\texample.com/other v1.2.3\n)\n\n" +
		"replace example.com/lib => ../out/example.com/lib\n\nreplace example.com/other => ../other\n"
	if err := os.WriteFile(filepath.Join(root, "app", "go.mod"), []byte(goMod), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = filepath.Join(root, "app")
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "KEPTother datahidden\n" {
		t.Errorf("the program says %q (%v), want \"KEPTother datahidden\"", out, err)
	}
}

func TestLazyMethodsWakeByInterface(t *testing.T) {
	files := map[string]string{}
	for name, text := range fixture {
		files[name] = text
	}
	files["app/main.go"] = strings.Replace(files["app/main.go"], "main() {", "main() { _ = client.Ask;", 1)
	root := shaken(t, files)
	text, err := os.ReadFile(filepath.Join(root, "out/example.com/lib/client/client.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "func (*Client) AskedFor()") || strings.Contains(string(text), "NeverCalled") {
		t.Errorf("want AskedFor, which an interface names, and not NeverCalled:\n%s", text)
	}
}

func TestUnknownImportNameIsAnError(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "main.go"), []byte("package main\n\nimport \"example.com/x/strange-thing\"\n\nfunc main() { odd.Call() }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := New(func(string) (*Module, error) { return nil, nil }, func(_, _ string) bool { return false }, nil)
	err := s.Root("example.com/app", root)
	if err == nil || !strings.Contains(err.Error(), `imports "example.com/x/strange-thing"`) {
		t.Errorf("error %v, want one that names the import", err)
	}
}

func TestLocalName(t *testing.T) {
	for path, want := range map[string]string{
		"net/http":                                   "http",
		"github.com/hashicorp/go-version":            "version",
		"gopkg.in/yaml.v3":                           "yaml",
		"github.com/hashicorp/hcl/v2":                "hcl",
		"github.com/aws/aws-sdk-go-v2/aws/signer/v4": "v4",
		"github.com/google/go-cmp/cmp":               "cmp",
		"github.com/golang/protobuf/ptypes/struct":   "structpb",
	} {
		if got := localName(path, map[string]bool{want: true}); got != want {
			t.Errorf("localName(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestModuleOfTakesTheLongest(t *testing.T) {
	modules := map[string]string{"a.com/x": "", "a.com/x/service/s3": ""}
	for path, want := range map[string]string{"a.com/x/service/s3/types": "a.com/x/service/s3", "a.com/x/service": "a.com/x", "b.com/x": "", "fmt": ""} {
		if got := ModuleOf(path, modules); got != want {
			t.Errorf("ModuleOf(%q) = %q, want %q", path, got, want)
		}
	}
	if !slices.Equal(sorted(map[string]bool{"b": true, "a": true}), []string{"a", "b"}) {
		t.Error("sorted does not sort")
	}
}
