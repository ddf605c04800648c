package shake

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// pkg is one parsed package of a shaken module.
type pkg struct {
	path    string
	dir     string
	name    string
	mod     *Module
	files   []*file
	scope   map[string][]*unit // package-level names; a name has several units only if it is "_" or init
	methods map[string][]*unit // by receiver type
	live    bool
}

// file is one source file with the declarations found in it.
type file struct {
	pkg     *pkg
	name    string
	src     []byte
	ast     *ast.File
	tok     *token.File
	names   map[string]bool        // what may be the local name of an import
	imports map[string]*importSpec // by local name
	blanks  []*importSpec          // imports for their side effects
	units   []*unit
}

// importSpec is one import of a file; used says that a kept declaration needs it.
type importSpec struct {
	path string
	text string
	used bool
}

// parse reads and parses the files that this machine's build would compile.
func (s *Shaker) parse(path, dir string, mod *Module) (*pkg, error) {
	bp, err := build.Default.ImportDir(dir, 0)
	if err != nil {
		return nil, fmt.Errorf("failed to read package %s: %w", path, err)
	}
	p := &pkg{path: path, dir: dir, name: bp.Name, mod: mod, scope: map[string][]*unit{}, methods: map[string][]*unit{}}
	p.files = make([]*file, len(bp.GoFiles))
	errs := make([]error, len(bp.GoFiles))
	var wg sync.WaitGroup
	for i, name := range bp.GoFiles {
		wg.Go(func() { p.files[i], errs[i] = s.parseFile(p, filepath.Join(dir, name)) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, f := range p.files {
		if err := s.readImports(f); err != nil {
			return nil, err
		}
		f.declare()
	}
	return p, nil
}

func (s *Shaker) parseFile(p *pkg, path string) (*file, error) {
	src, changed := s.overlay[path]
	if !changed {
		var err error
		if src, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("failed to read %s: %w", path, err)
		}
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", path, err)
	}
	f := &file{pkg: p, name: filepath.Base(path), src: src, ast: tree, tok: fset.File(tree.Pos()), imports: map[string]*importSpec{}}
	f.names = f.qualifiers()
	return f, nil
}

// readImports finds the name under which the file knows each of its imports.
func (s *Shaker) readImports(f *file) error {
	for _, spec := range f.ast.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("failed to read an import of %s: %w", f.name, err)
		}
		imp := &importSpec{path: path, text: f.text(spec.Pos(), spec.End())}
		switch {
		case spec.Name == nil:
			name := localName(path, f.names)
			if name == "" {
				name = s.packageName(path)
			}
			if name == "" {
				return fmt.Errorf("%s/%s imports %q, but no name used in the file fits it: give localName the rule", f.pkg.path, f.name, path)
			}
			f.imports[name] = imp
		case spec.Name.Name == "_":
			f.blanks = append(f.blanks, imp)
		case spec.Name.Name == ".":
			return fmt.Errorf("%s/%s has a dot import of %q, which this program cannot follow", f.pkg.path, f.name, path)
		default:
			f.imports[spec.Name.Name] = imp
		}
	}
	return nil
}

// packageName is the name that a shaken package gives itself, for those whose path does not tell it.
func (s *Shaker) packageName(path string) string {
	mod, err := s.find(path)
	if err != nil || mod == nil {
		return ""
	}
	bp, err := build.Default.ImportDir(mod.folder(path), 0)
	if err != nil {
		return ""
	}
	return bp.Name
}

// qualifiers lists the x of every x.Y in the file that is not a variable of the file.
func (f *file) qualifiers() map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

// text is the source between two positions.
func (f *file) text(from, to token.Pos) string {
	return string(f.src[f.tok.Offset(from):f.tok.Offset(to)])
}
