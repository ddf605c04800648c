// Package shake drops from Go source what a program does not reach. It starts at the program's own packages and follows names, declaration by
// declaration, through the modules that it is told to shake; what nothing names is left out of the copies that it writes. It works on names
// alone, without types: where a name could mean two things it keeps both, and the compiler finds whatever was dropped wrongly.
//
// Methods stay with their type, since an interface may call them unseen. The exception are the types named by Lazy, whose thousands of methods
// (one for each call of an AWS service) are kept only if something selects a method of that name or an interface asks for it.
package shake

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
)

// Module is one module to shake.
type Module struct {
	// Path and Dir are the module's path and its unchanged source.
	Path, Dir string
	// Requires are its go.mod's requirements, by module path.
	Requires map[string]string
	// Go is the language version in its go.mod.
	Go string
}

// folder is where the module has a package.
func (m *Module) folder(importPath string) string {
	return filepath.Join(m.Dir, strings.TrimPrefix(importPath, m.Path))
}

// Shaker holds what is known so far.
type Shaker struct {
	find    func(importPath string) (*Module, error)
	lazy    func(pkgPath, typeName string) bool
	overlay map[string][]byte

	packages map[string]*pkg
	queue    []*unit
	called   map[string]bool
	waiting  map[string][]*unit
}

// New makes a Shaker. find answers the module of an import path, or nil for one that is not to be shaken; lazy says which types keep only the
// methods that are called; overlay replaces the text of files, by path.
func New(find func(string) (*Module, error), lazy func(pkgPath, typeName string) bool, overlay map[string][]byte) *Shaker {
	return &Shaker{
		find: find, lazy: lazy, overlay: overlay,
		packages: map[string]*pkg{}, called: map[string]bool{}, waiting: map[string][]*unit{},
	}
}

// Root adds a package of the program: all of it is kept, and none of it is written.
func (s *Shaker) Root(path, dir string) error {
	p, err := s.parse(path, dir, nil)
	if err != nil {
		return err
	}
	s.packages[path] = p
	p.live = true
	for _, f := range p.files {
		for _, u := range f.units {
			s.keep(u)
		}
	}
	return nil
}

// Run follows names until nothing new is reached.
func (s *Shaker) Run() error {
	for len(s.queue) > 0 {
		u := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		v := &visitor{shaker: s, file: u.file}
		ast.Walk(v, u.node)
		if v.err != nil {
			return fmt.Errorf("%s.%s needs what cannot be read: %w", u.file.pkg.path, u.name, v.err)
		}
	}
	return nil
}

// KeptMethods answers the source of a type's methods that are kept, by name.
func (s *Shaker) KeptMethods(pkgPath, typeName string) map[string]string {
	kept := map[string]string{}
	if p := s.packages[pkgPath]; p != nil {
		for _, m := range p.methods[typeName] {
			if m.kept {
				kept[m.name] = m.file.text(m.start, m.end)
			}
		}
	}
	return kept
}

// load parses a package once. It answers nil for a package that is not shaken.
func (s *Shaker) load(path string) (*pkg, error) {
	if p, known := s.packages[path]; known {
		return p, nil
	}
	mod, err := s.find(path)
	if err != nil {
		return nil, err
	}
	if mod == nil {
		s.packages[path] = nil
		return nil, nil
	}
	p, err := s.parse(path, mod.folder(path), mod)
	if err != nil {
		return nil, err
	}
	s.packages[path] = p
	return p, nil
}
