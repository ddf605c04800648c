package shake

import (
	"fmt"
	"go/ast"
	"strings"
)

// visitor marks everything that one unit names.
type visitor struct {
	shaker *Shaker
	file   *file
	err    error
}

// Visit is called for each node of the unit.
func (v *visitor) Visit(n ast.Node) ast.Visitor {
	if v.err != nil {
		return nil
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		v.function(n)
		return nil
	case *ast.InterfaceType:
		for _, m := range n.Methods.List {
			for _, id := range m.Names {
				v.shaker.call(id.Name)
			}
		}
	case *ast.KeyValueExpr:
		v.keyValue(n)
		return nil
	case *ast.SelectorExpr:
		v.selector(n)
		return nil
	case *ast.Ident:
		if packageLevel(v.file, n) {
			v.shaker.keepName(v.file.pkg, n.Name)
		}
	}
	return v
}

// function walks all of a function but its name: a method may share its name with an unrelated function of the package.
func (v *visitor) function(d *ast.FuncDecl) {
	if d.Recv != nil {
		ast.Walk(v, d.Recv)
	}
	ast.Walk(v, d.Type)
	if d.Body == nil {
		v.err = v.linked(d)
		return
	}
	ast.Walk(v, d.Body)
}

// linked keeps the function of another package that a function without a body stands for by `//go:linkname here there`.
func (v *visitor) linked(d *ast.FuncDecl) error {
	if d.Doc != nil {
		for _, c := range d.Doc.List {
			words := strings.Fields(c.Text)
			if len(words) == 3 && words[0] == "//go:linkname" && words[1] == d.Name.Name {
				dot := strings.LastIndexByte(words[2], '.')
				return v.shaker.keepImported(words[2][:dot], words[2][dot+1:])
			}
		}
	}
	return fmt.Errorf("function %s has no body and no go:linkname beside it: this program cannot follow it", d.Name.Name)
}

// keyValue walks one element of a composite literal. A bare key is a field's name, or a constant or variable that is a map's key; it is never a
// type or function of the package that happens to have the field's name.
func (v *visitor) keyValue(n *ast.KeyValueExpr) {
	if id, ok := n.Key.(*ast.Ident); !ok {
		ast.Walk(v, n.Key)
	} else if packageLevel(v.file, id) {
		for _, u := range v.file.pkg.scope[id.Name] {
			if u.isValue() {
				v.shaker.keep(u)
			}
		}
	}
	ast.Walk(v, n.Value)
}

// selector handles x.Y: a name of an imported package, or a field or method of a value.
func (v *visitor) selector(n *ast.SelectorExpr) {
	v.shaker.call(n.Sel.Name)
	if id, ok := n.X.(*ast.Ident); ok && undeclared(id) {
		if imp := v.file.imports[id.Name]; imp != nil {
			imp.used = true
			v.err = v.shaker.keepImported(imp.path, n.Sel.Name)
			return
		}
	}
	ast.Walk(v, n.X)
}

// undeclared says that the parser found no declaration of the name in the file: it is an import, built in, or of another file.
// The parser's object resolution is enough here; the type checker that replaces it would need every dependency.
func undeclared(id *ast.Ident) bool {
	return id.Obj == nil //nolint:staticcheck // see above
}

// packageLevel says that a bare name may be one of the package's own, and not a variable, parameter or field.
func packageLevel(f *file, id *ast.Ident) bool {
	return id.Name != "_" && (undeclared(id) || f.ast.Scope.Lookup(id.Name) == id.Obj) //nolint:staticcheck // see undeclared
}
