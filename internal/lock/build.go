package lock

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// createdBy is how locks name this tool.
const createdBy = "axle"

// NewDocument writes down the pins of a lock as the answer to what was asked.
// dir is the folder that the document will lie in: files inside of it are named
// by relative paths. Every file must have a digest.
//
// Markers decide within the lock's environments alone. Targets that no marker
// tells apart (by libc, by floor, free-threaded) share their entries; where
// they have different versions, an entry names none and lists the wheels of
// all, and tags decide. Where that would make other tools take another file than
// a target's own, a note says so.
func NewDocument(l Lock, asked Asked, dir string) (Document, []string, error) {
	asked.Targets = targetsOf(l)
	asked.Normalize()
	b := builder{lock: l, dir: dir, asked: asked, entries: map[pep508.Name][]*entry{}}
	var solved []target.Target
	for _, s := range l.Solutions {
		solved = append(solved, s.Target)
	}
	b.markers = newMarkers(solved)
	d, err := b.document()
	if err != nil {
		return Document{}, nil, err
	}
	return d, d.Divergences(l), nil
}

func targetsOf(l Lock) []target.Target {
	var all []target.Target
	for _, s := range l.Solutions {
		all = append(all, s.Target)
	}
	for _, f := range l.Failures {
		all = append(all, f.Target)
	}
	return all
}

type builder struct {
	lock    Lock
	asked   Asked
	dir     string
	markers *markers
	entries map[pep508.Name][]*entry // by rising version
	files   map[string]*file         // by name and digest
	refs    map[string]int           // how many files have a name
	record  Record
}

// entry is what becomes one of the packages.
type entry struct {
	name     pep508.Name
	versions []pep440.Version // one, or several that markers do not tell apart
	uses     []use
	where    members
	files    []*file
}

// use is a pin of a target.
type use struct {
	target target.Target
	pin    Pin
}

// file is a file of the lock, with all pins by it.
type file struct {
	File
	uses []use
}

func (b *builder) document() (d Document, err error) {
	if err := b.collect(); err != nil {
		return d, err
	}
	d = Document{CreatedBy: createdBy, Extras: []pep508.Name{}, DependencyGroups: []string{}}
	if len(b.lock.Solutions) > 0 {
		if d.Environments, err = b.markers.environments(); err != nil {
			return d, err
		}
		if d.RequiresPython, err = b.markers.pythons(); err != nil {
			return d, err
		}
	}
	for _, name := range sortedKeys(b.entries) {
		for _, e := range b.entries[name] {
			p, err := b.pack(e)
			if err != nil {
				return d, err
			}
			d.Packages = append(d.Packages, p)
		}
	}
	b.record.Asked = b.asked
	b.facts(d.Packages)
	b.solutions()
	b.holes()
	d.Record = &b.record
	return d, nil
}

// collect makes the entries: pins of one version with one Requires-Python are
// one, but where no marker tells the targets of several of these apart.
func (b *builder) collect() error {
	b.files, b.refs = map[string]*file{}, map[string]int{}
	pins := map[pep508.Name]map[int][]use{} // by project and environment
	for _, s := range b.sorted() {
		where := b.markers.place(s.Target)
		for _, p := range s.Pins {
			if p.File.SHA256 == "" {
				return fmt.Errorf("%s: no digest is known, and nothing can be locked without one", p.File.Filename.Text)
			}
			if pins[p.Project] == nil {
				pins[p.Project] = map[int][]use{}
			}
			u := use{s.Target, p}
			pins[p.Project][where] = append(pins[p.Project][where], u)
			b.addFile(u)
		}
	}
	for name, uses := range pins {
		b.entries[name] = b.divide(name, uses)
	}
	return nil
}

func (b *builder) addFile(u use) {
	f := b.files[nameAndDigest(u.pin.File)]
	if f == nil {
		f = &file{File: u.pin.File}
		b.files[nameAndDigest(u.pin.File)] = f
		b.refs[u.pin.File.Filename.Text]++
	}
	f.uses = append(f.uses, u)
}

func nameAndDigest(f File) string { return f.Filename.Text + digestMark + f.SHA256 }

// divide makes the entries of a project. Environments in which the same
// versions are wanted go together.
func (b *builder) divide(name pep508.Name, uses map[int][]use) []*entry {
	byKey := map[string]*entry{}
	var list []*entry
	for _, where := range sortedKeys(uses) {
		var keys []string
		for _, u := range uses[where] {
			keys = append(keys, u.pin.Version.Canonical()+" "+u.pin.RequiresPython.String())
		}
		slices.Sort(keys)
		key := strings.Join(slices.Compact(keys), "\n")
		e := byKey[key]
		if e == nil {
			e = &entry{name: name, where: b.markers.none()}
			byKey[key] = e
			list = append(list, e)
		}
		e.where.put(where)
		e.uses = append(e.uses, uses[where]...)
	}
	for _, e := range list {
		b.complete(e)
	}
	slices.SortFunc(list, func(e, f *entry) int {
		return cmp.Or(e.versions[0].Compare(f.versions[0]), slices.Compare(e.where, f.where))
	})
	return list
}

// complete lists the versions and files of an entry.
func (b *builder) complete(e *entry) {
	for _, u := range e.uses {
		if !slices.ContainsFunc(e.versions, u.pin.Version.Equal) {
			e.versions = append(e.versions, u.pin.Version)
		}
		if f := b.files[nameAndDigest(u.pin.File)]; !slices.Contains(e.files, f) {
			e.files = append(e.files, f)
		}
	}
	slices.SortFunc(e.versions, pep440.Version.Compare)
	slices.SortFunc(e.files, func(f, g *file) int {
		return cmp.Or(cmp.Compare(f.Filename.Text, g.Filename.Text), cmp.Compare(f.SHA256, g.SHA256))
	})
}

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
	var out []Dependency
	for _, name := range sortedKeys(b.entries) {
		entries := b.entries[name]
		for _, to := range entries {
			if !e.requires(to) {
				continue
			}
			d, err := b.dependency(to, entries)
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

// requires says that for some target a pin of e requires one of to.
func (e *entry) requires(to *entry) bool {
	for _, u := range e.uses {
		if e == to || !slices.ContainsFunc(u.pin.Requires, func(r pep508.Requirement) bool { return r.Name == to.name }) {
			continue
		}
		if slices.ContainsFunc(to.uses, func(other use) bool { return other.target == u.target }) {
			return true
		}
	}
	return false
}

// solutions puts on record which target gets which files.
func (b *builder) solutions() {
	at := map[string]int{}
	for _, s := range b.sorted() {
		c := Chosen{Targets: []target.Target{s.Target}, Notes: s.Notes}
		for _, p := range s.Pins {
			c.Files = append(c.Files, b.ref(p.File))
		}
		slices.Sort(c.Files)
		key := strings.Join(c.Files, "\n") + "\n\n" + strings.Join(c.Notes, "\n")
		i, same := at[key]
		if !same {
			at[key] = len(b.record.Chosen)
			b.record.Chosen = append(b.record.Chosen, c)
			continue
		}
		b.record.Chosen[i].Targets = append(b.record.Chosen[i].Targets, s.Target)
	}
}

func (b *builder) sorted() []Solution {
	return slices.SortedFunc(slices.Values(b.lock.Solutions), func(s, t Solution) int { return s.Target.Compare(t.Target) })
}

func (b *builder) holes() {
	failures := slices.SortedFunc(slices.Values(b.lock.Failures), func(f, g Failure) int { return f.Target.Compare(g.Target) })
	for _, f := range failures {
		h := Hole{Targets: []target.Target{f.Target}, Reason: f.Err.Error(), Hints: fault.Hints(f.Err), Code: fault.ExitCode(f.Err)}
		i := slices.IndexFunc(b.record.Holes, func(o Hole) bool {
			return o.Reason == h.Reason && o.Code == h.Code && slices.Equal(o.Hints, h.Hints)
		})
		if i < 0 {
			b.record.Holes = append(b.record.Holes, h)
			continue
		}
		b.record.Holes[i].Targets = append(b.record.Holes[i].Targets, f.Target)
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
