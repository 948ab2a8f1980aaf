package resolve

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// solutions are those of all cells.
func (p *problem) solutions() ([]outcome, error) {
	out := make([]outcome, len(p.cells))
	for i := range p.cells {
		s, err := p.solution(i)
		if err != nil {
			return nil, err
		}
		out[i].solution = s
	}
	return out, nil
}

// solution reads the answer for a cell out of the solver: everything that the
// user's requirements lead to.
func (p *problem) solution(cell int) (lock.Solution, error) {
	w := &walk{p: p, cell: cell, pins: map[pep508.Name]*found{}}
	c := p.cells[cell]
	for _, r := range c.roots.requirements {
		if c.holds(&r.dependency, "") {
			for _, d := range c.overridden(&r.dependency) {
				w.reach(d, "")
			}
		}
	}
	s := lock.Solution{Target: c.target}
	for _, f := range w.pins {
		s.Pins = append(s.Pins, f.pin)
	}
	slices.SortFunc(s.Pins, func(a, b lock.Pin) int { return cmp.Compare(a.Project, b.Project) })
	slices.Sort(w.notes)
	s.Notes = slices.Compact(w.notes)
	return s, nil
}

// walk collects what is reachable from the user's requirements.
type walk struct {
	p     *problem
	cell  int
	pins  map[pep508.Name]*found
	notes []string
}

type found struct {
	in     *info
	choice int
	meta   *metadata
	pin    lock.Pin
}

// reach follows a requirement of a project ("" = of the user).
func (w *walk) reach(d *dependency, from pep508.Name) {
	f, ok := w.pins[d.Name]
	if !ok {
		f = w.find(d.Name)
		w.pins[d.Name] = f
		w.passedOver(f)
		w.follow(f, "")
	}
	f.requiredBy(from)
	for _, e := range d.Extras {
		if slices.Contains(f.pin.Extras, e) {
			continue
		}
		f.pin.Extras = append(f.pin.Extras, e)
		slices.Sort(f.pin.Extras)
		if !f.meta.extras[e] {
			w.notes = append(w.notes, fmt.Sprintf("%s %s has no extra %q", d.Name, f.pin.Version, e))
		}
		w.follow(f, e)
	}
}

// passedOver notes newer versions that only their broken metadata kept out, and
// those that were leapt over.
func (w *walk) passedOver(f *found) {
	leapt := bitset.New(f.in.project.size())
	for _, a := range f.in.assumed {
		leapt = leapt.Or(a.versions)
	}
	leapt = leapt.Minus(f.in.loaded)
	for c := leapt.Next(1); c > absent && c <= f.choice; c = leapt.Next(c + 1) {
		leapt = leapt.Minus(bitset.Single(f.in.project.size(), c))
	}
	if n := leapt.Count(); n > 0 {
		w.notes = append(w.notes, fmt.Sprintf("%s: %d versions newer than %s were not read, since those read between them require what does not fit",
			f.in.name, n, f.pin.Version))
	}
	for _, b := range f.in.broken {
		if b.choice > f.choice {
			w.notes = append(w.notes, fmt.Sprintf("%s %s was passed over: %s", f.in.name, f.in.project.version(b.choice), b.reason))
		}
	}
}

func (f *found) requiredBy(from pep508.Name) {
	switch {
	case from == "":
		f.pin.Direct = true
	case from != f.pin.Project && !slices.Contains(f.pin.Via, from):
		f.pin.Via = append(f.pin.Via, from)
		slices.Sort(f.pin.Via)
	}
}

// follow goes on to the dependencies of a pin, its own or those of an extra.
func (w *walk) follow(f *found, extra pep508.Name) {
	for _, d := range w.p.dependencies(f.in.on, f.meta, extra) {
		f.pin.Requires = append(f.pin.Requires, d.Requirement)
		w.reach(d, f.pin.Project)
	}
}

func (w *walk) find(name pep508.Name) *found {
	in := w.p.infos[w.p.vars[varKey{cell: w.cell, name: name}]]
	choice := w.p.solver.possible(in.x).Next(1)
	file := in.on.file(in.project, choice)
	m, _ := in.on.meta(w.p.ctx, in.project, choice).wait(w.p.ctx) // it was read to get here
	return &found{in: in, choice: choice, meta: m, pin: lock.Pin{
		Project:        name,
		Version:        in.project.version(choice),
		File:           lockFile(in.name, file),
		Index:          in.project.source,
		RequiresPython: file.RequiresPython.And(m.requiresPython),
		Licence:        m.licence,
	}}
}

func lockFile(name pep508.Name, f *index.File) lock.File {
	out := lock.File{
		Filename: f.Wheel, URL: f.URL, Path: f.Path, SHA256: f.SHA256(),
		Size: f.Size, UploadTime: f.UploadTime,
	}
	if f.Path != "" {
		out.URL = ""
	}
	if !f.IsWheel {
		out.Filename.Text, out.Filename.Name, out.Filename.Version = f.Name, name, f.Sdist.Version
	}
	return out
}
