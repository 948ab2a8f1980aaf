package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

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
		e.where.Put(where)
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
