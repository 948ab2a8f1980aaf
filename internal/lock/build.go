package lock

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
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
	files   map[string]*file         // by name and digest
	refs    map[string]int           // how many files have a name
	record  Record
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
		h := Hole{Targets: []target.Target{f.Target}, Reason: f.Err.Error(), Hints: fault.Hints(f.Err), Code: fault.ExitCode(f.Err), Causes: Causes(f.Err)}
		i := slices.IndexFunc(b.record.Holes, func(o Hole) bool {
			return o.Reason == h.Reason && o.Code == h.Code && slices.Equal(o.Hints, h.Hints) && reflect.DeepEqual(o.Causes, h.Causes)
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
