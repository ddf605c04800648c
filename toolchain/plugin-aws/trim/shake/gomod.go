package shake

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeGoMod gives a shaken module a go.mod that requires only the modules that it still imports, at the versions that the original asks for.
// With the original's full list Go would read the go.mod of hundreds of modules that nothing uses any more.
func (m *Module) writeGoMod(dir string, imports map[string]bool) error {
	needed := map[string]bool{}
	for path := range imports {
		if owner := ModuleOf(path, m.Requires); owner != "" {
			needed[owner] = true
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module %s\n\ngo %s\n", m.Path, m.Go)
	if len(needed) > 0 {
		b.WriteString("\nrequire (\n")
		for _, path := range sorted(needed) {
			fmt.Fprintf(&b, "\t%s %s\n", path, m.Requires[path])
		}
		b.WriteString(")\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("failed to write the go.mod of %s: %w", m.Path, err)
	}
	return nil
}

// ModuleOf finds, among modules by path, the one that holds a package: the longest path that is a prefix of the package's.
func ModuleOf(importPath string, modules map[string]string) string {
	for path := importPath; path != "." && path != "/" && path != ""; {
		if _, ok := modules[path]; ok {
			return path
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return ""
		}
		path = path[:i]
	}
	return ""
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
