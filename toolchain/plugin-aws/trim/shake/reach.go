package shake

import "go/ast"

// keep marks a unit and queues what it needs.
func (s *Shaker) keep(u *unit) {
	if u.kept {
		return
	}
	u.kept = true
	s.queue = append(s.queue, u)
}

// keepName marks a package-level name of p, with the methods of a type.
func (s *Shaker) keepName(p *pkg, name string) {
	for _, u := range p.scope[name] {
		if u.kept {
			return
		}
		s.keep(u)
	}
	for _, m := range p.methods[name] {
		if s.lazy(p.path, name) && !s.called[m.name] {
			s.waiting[m.name] = append(s.waiting[m.name], m)
			continue
		}
		s.keep(m)
	}
}

// keepImported marks a name of another package, if that one is shaken too.
func (s *Shaker) keepImported(path, name string) error {
	p, err := s.enliven(path)
	if err != nil || p == nil {
		return err
	}
	s.keepName(p, name)
	return nil
}

// call notes that something of this name is selected somewhere, which wakes the lazy methods of that name.
func (s *Shaker) call(name string) {
	if s.called[name] {
		return
	}
	s.called[name] = true
	for _, m := range s.waiting[name] {
		s.keep(m)
	}
	delete(s.waiting, name)
}

// enliven loads a package that kept code imports. Its start-up code runs, so that code is kept too.
// The answer is nil for a package that is not shaken.
func (s *Shaker) enliven(path string) (*pkg, error) {
	p, err := s.load(path)
	if err != nil || p == nil || p.live {
		return p, err
	}
	p.live = true
	for _, u := range p.scope["init"] {
		s.keep(u)
	}
	for _, u := range p.scope["_"] {
		if !isAssertion(u.node) {
			s.keep(u)
		}
	}
	for _, f := range p.files {
		for _, imp := range f.blanks {
			imp.used = true
			if _, err := s.enliven(imp.path); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// isAssertion says that `var _ = …` only makes the compiler check something: it calls nothing, or only converts.
func isAssertion(n ast.Node) bool {
	calls := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			_, conversion := call.Fun.(*ast.ParenExpr)
			id, _ := call.Fun.(*ast.Ident)
			calls = calls || !conversion && (id == nil || id.Name != "new")
		}
		return !calls
	})
	return !calls
}
