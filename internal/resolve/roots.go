package resolve

import (
	"slices"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// roots is what the user asked for, by project. It does not change.
type roots struct {
	requirements []*root
	constraints  map[pep508.Name][]*root
	overrides    map[pep508.Name][]*root
	named        map[pep508.Name][]*root // requirements, constraints and overrides
	preferences  []lock.Solution
	hashes       map[pep508.Name][]string
	places       int
}

// root is one requirement, constraint or override of the user.
type root struct {
	dependency
	origin string
	file   *index.File
	place  int // among all that the user wrote
}

func newRoots(req *Request) *roots {
	r := &roots{
		constraints: map[pep508.Name][]*root{},
		overrides:   map[pep508.Name][]*root{},
		named:       map[pep508.Name][]*root{},
		preferences: req.Preferences,
		hashes:      map[pep508.Name][]string{},
	}
	for _, q := range req.Requirements {
		r.requirements = append(r.requirements, r.take(q))
	}
	for _, q := range req.Constraints {
		r.constraints[q.Name] = append(r.constraints[q.Name], r.take(q))
	}
	for _, q := range req.Overrides {
		o := r.take(q)
		o.override = q.Origin
		r.overrides[q.Name] = append(r.overrides[q.Name], o)
	}
	return r
}

func (r *roots) take(q Requirement) *root {
	out := &root{newDependency(q.Requirement), q.Origin, q.File, r.places}
	r.places++
	r.named[q.Name] = append(r.named[q.Name], out)
	r.hashes[q.Name] = append(r.hashes[q.Name], q.Hashes...)
	return out
}

// direct is the file that the user gave for a project on a target, or nil.
func (r *roots) direct(c *cell, name pep508.Name) *index.File {
	for _, q := range r.named[name] {
		if q.file != nil && c.holds(&q.dependency, "") {
			return q.file
		}
	}
	return nil
}

// given are the projects of which the user gave a file for some target.
func (r *roots) given() map[pep508.Name]bool {
	names := map[pep508.Name]bool{}
	for name, list := range r.named {
		for _, q := range list {
			names[name] = names[name] || q.file != nil
		}
	}
	return names
}

func (r *roots) isDirect(c *cell, name pep508.Name) bool { return r.direct(c, name) != nil }

// mayBeYanked: a yanked version is taken only where the user, or the lock,
// pins exactly that version.
func (r *roots) mayBeYanked(c *cell, name pep508.Name, v pep440.Version) bool {
	for _, q := range r.named[name] {
		if q.file != nil || isPin(q.Specifier) && q.Specifier.Matches(v) && c.holds(&q.dependency, "") {
			return true
		}
	}
	for _, s := range r.preferences {
		if pin, ok := s.Pin(name); ok && pin.Version.Equal(v) {
			return true
		}
	}
	return false
}

// isPin: the specifier admits one version, written in full.
func isPin(s pep440.SpecifierSet) bool {
	return slices.ContainsFunc(s.Specifiers(), func(c pep440.Specifier) bool {
		text := c.VersionText()
		return c.Operator() == "===" || c.Operator() == "==" && (text == "" || text[len(text)-1] != '*')
	})
}

func (r *roots) hashAllowed(name pep508.Name, f *index.File) bool {
	admitted := r.hashes[name]
	if len(admitted) == 0 {
		return true
	}
	for algorithm, digest := range f.Hashes {
		if slices.Contains(admitted, algorithm+":"+digest) {
			return true
		}
	}
	return false
}

// preferred lists the versions of a project in earlier solutions: those of the
// same target first, then of the same Python, then the others.
func (r *roots) preferred(t target.Target, name pep508.Name) []pep440.Version {
	var lists [3][]pep440.Version
	for _, s := range r.preferences {
		pin, ok := s.Pin(name)
		if !ok {
			continue
		}
		near := 2
		switch {
		case s.Target == t:
			near = 0
		case s.Target.Python == t.Python:
			near = 1
		}
		lists[near] = append(lists[near], pin.Version)
	}
	return slices.Concat(lists[0], lists[1], lists[2])
}

func listed(names []pep508.Name, name pep508.Name) bool { return slices.Contains(names, name) }
