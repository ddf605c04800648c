package shake

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Write lays what was kept under dir, one folder a module at dir/<module path>, and answers the modules that have anything left, by path.
func (s *Shaker) Write(dir string) ([]*Module, error) {
	imports := map[*Module]map[string]bool{}
	for _, p := range s.packages {
		if p == nil || p.mod == nil || !p.live {
			continue
		}
		if imports[p.mod] == nil {
			imports[p.mod] = map[string]bool{}
		}
		to := filepath.Join(dir, p.mod.Path, strings.TrimPrefix(p.path, p.mod.Path))
		if err := p.write(to, imports[p.mod]); err != nil {
			return nil, err
		}
	}
	var mods []*Module
	for m, used := range imports {
		mods = append(mods, m)
		if err := m.writeGoMod(filepath.Join(dir, m.Path), used); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(mods, func(a, b *Module) int { return strings.Compare(a.Path, b.Path) })
	return mods, nil
}

// write lays one package down and adds what it imports.
func (p *pkg) write(dir string, imports map[string]bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("failed to write package %s: %w", p.path, err)
	}
	wrote := false
	for i, f := range p.files {
		text, any := f.render(imports)
		if !any && (wrote || i < len(p.files)-1) {
			continue // an import of an empty package must still find one file, so the last one is written whatever is left of it
		}
		wrote = true
		if err := os.WriteFile(filepath.Join(dir, f.name), text, 0o644); err != nil {
			return fmt.Errorf("failed to write package %s: %w", p.path, err)
		}
		if err := f.copyEmbedded(dir); err != nil {
			return err
		}
	}
	return nil
}

// render is the file with what was kept of it, and whether anything was.
func (f *file) render(imports map[string]bool) ([]byte, bool) {
	var b strings.Builder
	b.WriteString(f.text(f.ast.FileStart, f.ast.Name.End()))
	b.WriteString("\n")
	any := false
	for _, imp := range f.used() {
		fmt.Fprintf(&b, "\nimport %s\n", imp.text)
		imports[imp.path] = true
		any = true
	}
	for _, u := range f.units {
		if u.kept {
			fmt.Fprintf(&b, "\n%s%s\n", u.prefix, f.text(u.start, u.end))
			any = true
		}
	}
	return []byte(b.String()), any
}

// used lists the imports that kept code needs, in a fixed order.
func (f *file) used() []*importSpec {
	list := slices.Clone(f.blanks)
	for _, imp := range f.imports {
		list = append(list, imp)
	}
	list = slices.DeleteFunc(list, func(imp *importSpec) bool { return !imp.used })
	slices.SortFunc(list, func(a, b *importSpec) int { return strings.Compare(a.text, b.text) })
	return list
}

// copyEmbedded brings the files that kept variables embed.
func (f *file) copyEmbedded(dir string) error {
	for _, u := range f.units {
		d, ok := u.node.(*ast.GenDecl)
		if !ok || !u.kept || d.Doc == nil {
			continue
		}
		for _, c := range d.Doc.List {
			patterns, ok := strings.CutPrefix(c.Text, "//go:embed ")
			if !ok {
				continue
			}
			if err := f.copyMatches(dir, strings.Fields(patterns)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *file) copyMatches(dir string, patterns []string) error {
	for _, pattern := range patterns {
		matches, err := filepath.Glob(filepath.Join(f.pkg.dir, pattern))
		if err != nil || len(matches) == 0 {
			return fmt.Errorf("%s/%s embeds %q, which matches no file (%v)", f.pkg.path, f.name, pattern, err)
		}
		for _, m := range matches {
			content, err := os.ReadFile(m)
			if err != nil {
				return fmt.Errorf("failed to copy a file that %s embeds: %w", f.pkg.path, err)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(m)), content, 0o644); err != nil {
				return fmt.Errorf("failed to copy a file that %s embeds: %w", f.pkg.path, err)
			}
		}
	}
	return nil
}
