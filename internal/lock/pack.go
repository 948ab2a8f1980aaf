package lock

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// allRequires is what the pins require, each text once, sorted.
func allRequires(uses []use) []pep508.Requirement {
	var all []pep508.Requirement
	for _, u := range uses {
		all = append(all, u.pin.Requires...)
	}
	return sortRequirements(all)
}

// pack makes the package of an entry.
func (b *builder) pack(e *entry) (p Package, err error) {
	first := e.uses[0].pin
	p = Package{Name: e.name, Index: cleanURL(first.Index), RequiresPython: first.RequiresPython, Requires: allRequires(e.uses)}
	if p.Marker, err = b.markers.cover(e.where); err != nil {
		return p, err
	}
	if p.Dependencies, err = b.dependencies(e); err != nil {
		return p, err
	}
	if len(e.versions) == 1 {
		p.Version = e.versions[0]
	}
	if slices.ContainsFunc(e.uses, func(u use) bool { return !u.pin.RequiresPython.Equal(p.RequiresPython) }) {
		p.RequiresPython = pep440.SpecifierSet{}
	}
	for _, f := range e.files {
		a := b.artifact(f.File)
		switch {
		case len(e.files) == 1 && b.direct(e, f.File):
			p.Archive = &a
		case strings.HasSuffix(a.Name, wheel.Extension):
			p.Wheels = append(p.Wheels, a)
		case p.Sdist == nil:
			p.Sdist = &a
		default:
			return p, fmt.Errorf("%s and %s: a lock has one source distribution for targets that no marker tells apart", p.Sdist.Name, a.Name)
		}
	}
	return p, nil
}

// facts puts on record what a file says that its entry, the first of the
// document that has it, does not.
func (b *builder) facts(packages []Package) {
	files := filesOf(packages)
	for _, ref := range sortedKeys(files) {
		f, p := b.files[files[ref].artifact.Name+digestMark+files[ref].artifact.Hashes["sha256"]], files[ref].pkg
		pin := f.uses[0].pin
		other := slices.ContainsFunc(f.uses, func(u use) bool {
			return !sameTexts(holding(p.Requires, u.target, u.pin.Extras), sortRequirements(u.pin.Requires))
		})
		if cleanURL(pin.Index) != p.Index || !pin.RequiresPython.Equal(p.RequiresPython) || other {
			b.record.Facts = append(b.record.Facts, Facts{
				File: ref, Index: cleanURL(pin.Index), RequiresPython: pin.RequiresPython, Requires: allRequires(f.uses),
			})
		}
	}
}

// ref is how the record names a file.
func (b *builder) ref(f File) string {
	if b.refs[f.Filename.Text] > 1 {
		return nameAndDigest(f)
	}
	return f.Filename.Text
}

func (b *builder) artifact(f File) Artifact {
	a := Artifact{
		Name: f.Filename.Text, UploadTime: f.UploadTime.UTC(), URL: cleanURL(f.URL), Size: f.Size,
		Hashes: map[string]string{"sha256": f.SHA256},
	}
	if f.UploadTime.IsZero() {
		a.UploadTime = f.UploadTime
	}
	if f.Path != "" {
		a.Path = relative(b.dir, f.Path)
	}
	return a
}

// relative is a path seen from dir where it is inside, with slashes.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// cleanURL takes credentials out of an address.
func cleanURL(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return address
}

// direct says that the user named the file itself: PEP 751 calls that an
// archive.
func (b *builder) direct(e *entry, f File) bool {
	return slices.ContainsFunc(b.asked.Requirements, func(text string) bool {
		r, err := parseAsked(text)
		if err != nil || r.Name != e.name || r.URL == "" {
			return false
		}
		return r.URL == f.URL || f.Path != "" && strings.HasSuffix(r.URL, "/"+filepath.Base(f.Path))
	})
}

// dependencies points at the entries that the pins' requirements lead to.
func (b *builder) dependencies(e *entry) ([]Dependency, error) {
	by := map[pep508.Name][]target.Target{} // the targets for which a project is required
	for _, u := range e.uses {
		for _, r := range u.pin.Requires {
			by[r.Name] = append(by[r.Name], u.target)
		}
	}
	var out []Dependency
	for _, name := range sortedKeys(by) {
		for _, to := range b.entries[name] {
			if to == e || !slices.ContainsFunc(to.uses, func(u use) bool { return slices.Contains(by[name], u.target) }) {
				continue
			}
			d, err := b.dependency(to, b.entries[name])
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// dependency is what tells an entry from the others of its project.
func (b *builder) dependency(to *entry, entries []*entry) (d Dependency, err error) {
	d.Name = to.name
	alike := slices.ContainsFunc(entries, func(e *entry) bool { return e != to && e.versions[0].Equal(to.versions[0]) })
	switch {
	case len(entries) == 1:
	case len(to.versions) == 1 && !alike:
		d.Version = to.versions[0]
	default:
		d.Marker, err = b.markers.cover(to.where)
	}
	return d, err
}
