// Package contract holds the plugin to the pulumi-aws SDK that programs are written with: it reads the SDK's Go sources into the form in which
// the plugin describes itself and lists every divergence by name.
package contract

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"botyard/toolchain/plugin-aws/surface"
	"botyard/toolchain/plugin-aws/table"
)

// ReadSDK reads, for the table's resources and functions, what the SDK's sources under root (the SDK module's go/aws folder) declare.
func ReadSDK(root string) (surface.Package, error) {
	out := surface.Package{Resources: map[string]surface.Member{}, Functions: map[string]surface.Member{}}
	types := map[string]*module{}
	for _, e := range table.Resources() {
		m, err := readMember(types, root, e, (*module).resource)
		if err != nil {
			return out, err
		}
		out.Resources[e.Token()] = m
	}
	for _, e := range table.Functions() {
		m, err := readMember(types, root, e, (*module).function)
		if err != nil {
			return out, err
		}
		out.Functions[e.Token()] = m
	}
	index, err := openModule(types, root, "index")
	if err != nil {
		return out, err
	}
	if err := index.read("provider.go"); err != nil {
		return out, err
	}
	out.Config, err = index.fields("providerArgs", plainType)
	return out, err
}

func readMember(types map[string]*module, root string, e table.Entry, read func(*module, table.Entry) (surface.Member, error)) (surface.Member, error) {
	mod, err := openModule(types, root, e.Module)
	if err != nil {
		return surface.Member{}, err
	}
	got, err := read(mod, e)
	if err != nil {
		return got, fmt.Errorf("%s: %w", e.Token(), err)
	}
	return got, nil
}

// module is one package of the SDK: its types by name, as far as they have been read.
type module struct {
	dir   string
	specs map[string]ast.Expr
	funcs map[string]*ast.FuncDecl
}

// openModule reads a package's nested types once.
func openModule(open map[string]*module, root, name string) (*module, error) {
	if m := open[name]; m != nil {
		return m, nil
	}
	m := &module{dir: filepath.Join(root, name), specs: map[string]ast.Expr{}, funcs: map[string]*ast.FuncDecl{}}
	if name == "index" {
		m.dir = root
	}
	open[name] = m
	for _, pattern := range []string{"pulumiTypes*.go", "pulumiEnums*.go"} {
		files, err := filepath.Glob(filepath.Join(m.dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("failed to list %s: %w", m.dir, err)
		}
		for _, f := range files {
			if err := m.read(filepath.Base(f)); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// read enters the declarations of one file.
func (m *module) read(name string) error {
	src, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		return fmt.Errorf("failed to read the SDK's source: %w", err)
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("failed to parse the SDK's source: %w", err)
	}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					m.specs[t.Name.Name] = t.Type
				}
			}
		case *ast.FuncDecl:
			if d.Recv == nil {
				m.funcs[d.Name.Name] = d
			}
		}
	}
	return nil
}

// resource reads the arguments and outputs of one resource, checking that its constructor registers the table's token.
func (m *module) resource(e table.Entry) (surface.Member, error) {
	if err := m.read(lowerFirst(e.Name) + ".go"); err != nil {
		return surface.Member{}, err
	}
	constructor := m.funcs["New"+e.Name]
	if constructor == nil || !hasString(constructor, e.Token()) {
		return surface.Member{}, fmt.Errorf("its constructor New%s does not register this token", e.Name)
	}
	in, err := m.fields(lowerFirst(e.Name)+"Args", plainType)
	if err != nil {
		return surface.Member{}, err
	}
	out, err := m.fields(e.Name, outputType)
	if err != nil {
		return surface.Member{}, err
	}
	for name := range out {
		if hasSecret(constructor, name) {
			p := out[name]
			p.Secret = true
			out[name] = p
		}
	}
	return surface.Member{Inputs: in, Outputs: out}, nil
}

// function reads the arguments and result of the function that invokes the table's token, whatever Go calls it.
func (m *module) function(e table.Entry) (surface.Member, error) {
	if err := m.read(e.Name + ".go"); err != nil {
		return surface.Member{}, err
	}
	for _, f := range m.funcs {
		if !hasString(f, e.Token()) || f.Type.Results.NumFields() != 2 {
			continue
		}
		in, err := m.fields(pointee(f.Type.Params.List[1].Type), plainType)
		if err != nil {
			return surface.Member{}, err
		}
		out, err := m.fields(pointee(f.Type.Results.List[0].Type), plainType)
		return surface.Member{Inputs: in, Outputs: out}, err
	}
	return surface.Member{}, fmt.Errorf("no function invokes this token")
}

// hasString says that a function's text holds a string literal.
func hasString(f *ast.FuncDecl, want string) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		found = found || ok && lit.Value == strconv.Quote(want)
		return !found
	})
	return found
}

// hasSecret says that a constructor names an output in pulumi.AdditionalSecretOutputs.
func hasSecret(f *ast.FuncDecl, name string) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "AdditionalSecretOutputs" {
			ast.Inspect(call, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				found = found || ok && lit.Value == strconv.Quote(name)
				return true
			})
		}
		return true
	})
	return found
}

func pointee(expr ast.Expr) string {
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	id, _ := expr.(*ast.Ident)
	if id == nil {
		return ""
	}
	return id.Name
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
