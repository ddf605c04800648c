package shake

import (
	"go/ast"
	"go/token"
)

// unit is the smallest piece that is kept or dropped: a function, a method, a type, a variable, a constant (or a whole iota group).
type unit struct {
	file *file
	// prefix is the keyword that text needs in front once it stands alone: "var ", "type ", "const ", or nothing.
	prefix string
	// start and end are the piece with its comment, in the file.
	start, end token.Pos
	node       ast.Node
	// name is the declared name; method units have their receiver in recv.
	name, recv string
	kept       bool
}

// declare cuts the file into units and enters them in the package's scope.
func (f *file) declare() {
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			f.declareFunc(d)
		case *ast.GenDecl:
			f.declareGen(d)
		}
	}
}

func (f *file) declareFunc(d *ast.FuncDecl) {
	u := &unit{file: f, start: startOf(d.Doc, d.Pos()), end: d.End(), node: d, name: d.Name.Name}
	f.units = append(f.units, u)
	if d.Recv != nil {
		u.recv = receiver(d.Recv.List[0].Type)
		f.pkg.methods[u.recv] = append(f.pkg.methods[u.recv], u)
		return
	}
	f.pkg.scope[u.name] = append(f.pkg.scope[u.name], u)
}

func (f *file) declareGen(d *ast.GenDecl) {
	if d.Tok == token.IMPORT {
		return
	}
	if !d.Lparen.IsValid() || isIotaGroup(d) {
		u := &unit{file: f, start: startOf(d.Doc, d.Pos()), end: d.End(), node: d}
		f.units = append(f.units, u)
		for _, spec := range d.Specs {
			f.enter(u, spec)
		}
		return
	}
	for _, spec := range d.Specs {
		u := &unit{file: f, prefix: d.Tok.String() + " ", start: spec.Pos(), end: spec.End(), node: spec}
		f.units = append(f.units, u)
		f.enter(u, spec)
	}
}

// enter makes the names that a spec declares point at its unit.
func (f *file) enter(u *unit, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		u.name = s.Name.Name
		f.pkg.scope[u.name] = append(f.pkg.scope[u.name], u)
	case *ast.ValueSpec:
		for _, id := range s.Names {
			u.name = id.Name
			f.pkg.scope[id.Name] = append(f.pkg.scope[id.Name], u)
		}
	}
}

// isIotaGroup says that a constant's value depends on its place in the group, so that the group stays whole.
func isIotaGroup(d *ast.GenDecl) bool {
	if d.Tok != token.CONST {
		return false
	}
	found := false
	for _, spec := range d.Specs {
		if len(spec.(*ast.ValueSpec).Values) == 0 {
			return true
		}
		ast.Inspect(spec, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || (ok && id.Name == "iota")
			return !found
		})
	}
	return found
}

// isValue says that the unit declares constants or variables.
func (u *unit) isValue() bool {
	switch n := u.node.(type) {
	case *ast.ValueSpec:
		return true
	case *ast.GenDecl:
		return n.Tok == token.CONST || n.Tok == token.VAR
	}
	return false
}

func startOf(doc *ast.CommentGroup, pos token.Pos) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return pos
}

// receiver is the name of a method's type, without pointer and type parameters.
func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
