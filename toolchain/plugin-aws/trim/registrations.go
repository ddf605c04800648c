package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"botyard/toolchain/plugin-aws/table"
)

// wanted holds the Terraform names still to be found, by the kind of registration.
type wanted struct{ resources, dataSources map[string]bool }

// filterRegistrations leaves in the provider's generated lists only what the table names, and only the services that have any of it. It answers
// the changed files by path. What the table names and the provider does not have is an error.
func filterRegistrations(provider string) (map[string][]byte, error) {
	want := wanted{resources: map[string]bool{}, dataSources: map[string]bool{}}
	for _, e := range table.Resources() {
		want.resources[e.TF] = true
	}
	for _, e := range table.Functions() {
		want.dataSources[e.TF] = true
	}
	files, err := filepath.Glob(filepath.Join(provider, "internal/service/*/service_package_gen.go"))
	if err != nil {
		return nil, fmt.Errorf("failed to list the provider's services: %w", err)
	}
	changed := map[string][]byte{}
	services := map[string]bool{}
	for _, path := range files {
		text, any, err := want.filterService(path)
		if err != nil {
			return nil, err
		}
		service := filepath.Base(filepath.Dir(path))
		if any || slices.Contains(clientsOnly(), service) {
			changed[path] = text
			services[service] = true
		}
	}
	for _, left := range []map[string]bool{want.resources, want.dataSources} {
		for _, name := range slices.Sorted(maps.Keys(left)) {
			err = errors.Join(err, fmt.Errorf("the table names %s, which this version of the provider does not have", name))
		}
	}
	if err != nil {
		return nil, err
	}
	return changed, filterServices(provider, services, changed)
}

// filterServices leaves in the provider's list of services those given. The imports of the others go with the shaking.
func filterServices(provider string, services map[string]bool, changed map[string][]byte) error {
	path := filepath.Join(provider, "internal/provider/service_packages_gen.go")
	src, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("failed to read the provider's list of services: %w", err)
	}
	entry := regexp.MustCompile(`(?m)^\t\t(\w+)\.ServicePackage\(ctx\),\n`)
	imported := regexp.MustCompile(`(?m)^\t".*/internal/service/(\w+)"\n`)
	drop := func(re *regexp.Regexp, text string) string {
		return re.ReplaceAllStringFunc(text, func(line string) string {
			if services[re.FindStringSubmatch(line)[1]] {
				return line
			}
			return ""
		})
	}
	changed[path] = []byte(drop(imported, drop(entry, string(src))))
	return nil
}

// filterService cuts one service's lists, and says whether anything is left in them.
func (w wanted) filterService(path string) ([]byte, bool, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("failed to read a service's registrations: %w", err)
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, false, fmt.Errorf("failed to parse a service's registrations: %w", err)
	}
	file := fset.File(tree.Pos())
	any := false
	var cuts [][2]int
	for _, list := range registrationLists(tree) {
		names := w.resources
		if strings.HasSuffix(list.kind, "DataSource") {
			names = w.dataSources
		}
		for i, elt := range list.lit.Elts {
			name, err := registeredName(elt, filepath.Dir(path))
			if err != nil {
				return nil, false, err
			}
			if names[name] {
				delete(names, name)
				any = true
				continue
			}
			end := list.lit.Rbrace
			if i+1 < len(list.lit.Elts) {
				end = list.lit.Elts[i+1].Pos()
			}
			cuts = append(cuts, [2]int{file.Offset(elt.Pos()), file.Offset(end)})
		}
	}
	for _, cut := range slices.Backward(cuts) {
		src = slices.Delete(src, cut[0], cut[1])
	}
	return src, any, nil
}

// registrationList is one `return []*types.ServicePackageSDKResource{…}`.
type registrationList struct {
	kind string
	lit  *ast.CompositeLit
}

func registrationLists(tree *ast.File) []registrationList {
	var lists []registrationList
	ast.Inspect(tree, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		array, ok := lit.Type.(*ast.ArrayType)
		if !ok {
			return true
		}
		if star, ok := array.Elt.(*ast.StarExpr); ok {
			if sel, ok := star.X.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "ServicePackage") {
				lists = append(lists, registrationList{sel.Sel.Name, lit})
				return false
			}
		}
		return true
	})
	return lists
}

var typeNameAssigned = regexp.MustCompile(`\.TypeName = "(aws_\w+)"`)

// registeredName is the Terraform name of a registration. The framework's registrations only name their factory: the name is in the Metadata
// method, in the file that has the factory.
func registeredName(elt ast.Expr, dir string) (string, error) {
	factory := ""
	for _, field := range elt.(*ast.CompositeLit).Elts {
		kv := field.(*ast.KeyValueExpr)
		switch kv.Key.(*ast.Ident).Name {
		case "TypeName":
			return strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
		case "Factory":
			factory = kv.Value.(*ast.Ident).Name
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", fmt.Errorf("failed to look for %s: %w", factory, err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("failed to look for %s: %w", factory, err)
		}
		if !strings.Contains(string(src), "func "+factory+"(") {
			continue
		}
		if name := typeNameAssigned.FindSubmatch(src); name != nil {
			return string(name[1]), nil
		}
	}
	return "", nil // named in a way that no registration of the table uses; if one did, it would be reported as not found
}
