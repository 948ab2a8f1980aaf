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
	refs    map[string]int           // how many files have a name
	record  Record
}

// entry is what becomes one of the packages.
type entry struct {
	name     pep508.Name
	versions []pep440.Version // one, or several that markers do not tell apart
	uses     []use
	where    members
	files    []*fileUse
}

// use is a pin of a target.
type use struct {
	target target.Target
	pin    Pin
}

// fileUse is a file of an entry, with all pins by it.
type fileUse struct {
	file   File
	index  string
	python pep440.SpecifierSet
	uses   []use
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
	b.solutions()
	b.holes()
	d.Record = &b.record
	return d, nil
}

// collect makes the entries: pins of one version are one, and so are those of
// several versions where no marker tells them apart.
func (b *builder) collect() error {
	names := map[string][]string{}
	for _, s := range b.lock.Solutions {
		for _, p := range s.Pins {
			if p.File.SHA256 == "" {
				return fmt.Errorf("%s: no digest is known, and nothing can be locked without one", p.File.Filename.Text)
			}
			if text := p.File.Filename.Text; !slices.Contains(names[text], p.File.SHA256) {
				names[text] = append(names[text], p.File.SHA256)
			}
			b.add(use{s.Target, p})
		}
	}
	b.refs = map[string]int{}
	for text, sums := range names {
		b.refs[text] = len(sums)
	}
	for name, list := range b.entries {
		list = b.merge(list)
		slices.SortFunc(list, func(e, f *entry) int { return e.versions[0].Compare(f.versions[0]) })
		for _, e := range list {
			e.listFiles()
		}
		b.entries[name] = list
	}
	return nil
}

func (b *builder) add(u use) {
	list := b.entries[u.pin.Project]
	i := slices.IndexFunc(list, func(e *entry) bool { return e.versions[0].Equal(u.pin.Version) })
	if i < 0 {
		i = len(list)
		list = append(list, &entry{name: u.pin.Project, versions: []pep440.Version{u.pin.Version}, where: b.markers.none()})
		b.entries[u.pin.Project] = list
	}
	e := list[i]
	e.uses = append(e.uses, u)
	for w, word := range b.markers.set([]target.Target{u.target}) {
		e.where[w] |= word
	}
}

// merge makes one of entries that would both be taken somewhere.
func (b *builder) merge(list []*entry) []*entry {
	for i := 0; i < len(list); i++ {
		for j := i + 1; j < len(list); {
			e, f := list[i], list[j]
			if !e.where.touches(f.where) {
				j++
				continue
			}
			e.uses = append(e.uses, f.uses...)
			e.versions = append(e.versions, f.versions...)
			slices.SortFunc(e.versions, pep440.Version.Compare)
			for w := range e.where {
				e.where[w] |= f.where[w]
			}
			list = slices.Delete(list, j, j+1)
			j = i + 1
		}
	}
	return list
}

func (e *entry) listFiles() {
	for _, u := range e.uses {
		i := slices.IndexFunc(e.files, func(f *fileUse) bool {
			return f.file.Filename.Text == u.pin.File.Filename.Text && f.file.SHA256 == u.pin.File.SHA256
		})
		if i < 0 {
			i = len(e.files)
			e.files = append(e.files, &fileUse{file: u.pin.File, index: u.pin.Index, python: u.pin.RequiresPython})
		}
		e.files[i].uses = append(e.files[i].uses, u)
	}
	slices.SortFunc(e.files, func(f, g *fileUse) int {
		return cmp.Or(cmp.Compare(f.file.Filename.Text, g.file.Filename.Text), cmp.Compare(f.file.SHA256, g.file.SHA256))
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

// pack makes the package of an entry. What most of it says is what its first
// file says; facts of the others that differ are put on record.
func (b *builder) pack(e *entry) (p Package, err error) {
	p = Package{Name: e.name}
	if p.Marker, err = b.markers.cover(e.where); err != nil {
		return p, err
	}
	if len(e.versions) == 1 {
		p.Version = e.versions[0]
	}
	p.Dependencies, err = b.dependencies(e)
	if err != nil {
		return p, err
	}
	first := e.files[0]
	p.Index, p.Requires = cleanURL(first.index), allRequires(e.uses)
	if !slices.ContainsFunc(e.files, func(f *fileUse) bool { return !f.python.Equal(first.python) }) {
		p.RequiresPython = first.python
	}
	for _, f := range e.files {
		b.fact(f, p)
		a := b.artifact(f.file)
		p.Wheels = append(p.Wheels, a)
		if len(e.files) == 1 && b.direct(e, f.file) {
			p.Archive, p.Wheels = &a, nil
		}
	}
	return p, nil
}

// fact puts on record what a file says that its entry does not.
func (b *builder) fact(f *fileUse, p Package) {
	facts := Facts{File: b.ref(f.file), Index: cleanURL(f.index), RequiresPython: f.python, Requires: allRequires(f.uses)}
	other := slices.ContainsFunc(f.uses, func(u use) bool {
		return !sameTexts(holding(p.Requires, u.target, u.pin.Extras), sortRequirements(u.pin.Requires))
	})
	if facts.Index != p.Index || !facts.RequiresPython.Equal(p.RequiresPython) || other {
		b.record.Facts = append(b.record.Facts, facts)
	}
}

// ref is how the record names a file.
func (b *builder) ref(f File) string {
	if b.refs[f.Filename.Text] > 1 {
		return f.Filename.Text + digestMark + f.SHA256
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
			d := Dependency{Name: name}
			switch {
			case len(entries) > 1 && len(to.versions) == 1:
				d.Version = to.versions[0]
			case len(entries) > 1:
				var err error
				if d.Marker, err = b.markers.cover(to.where); err != nil {
					return nil, err
				}
			}
			out = append(out, d)
		}
	}
	return out, nil
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
