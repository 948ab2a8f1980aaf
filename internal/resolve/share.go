package resolve

import (
	"context"
	"slices"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// share exchanges files so that neighbouring Pythons of a platform can be
// served by one package: a run of them that has the same versions takes, where
// their files differ, a file that all of them can use (abi3, py3-none). A run is
// changed as a whole or not at all, since one file that differs makes another
// package necessary anyway.
//
// Taking the longest run from the lowest Python on gives the fewest runs,
// because every part of a run that can share can share too. Last, runs of
// several platforms are made one where they can be.
func (r *run) share(ctx context.Context, outcomes []outcome) {
	var runs [][]int
	for _, cells := range r.columns(outcomes) {
		for len(cells) > 0 {
			n := r.longest(outcomes, cells)
			runs = append(runs, cells[:n])
			cells = cells[n:]
		}
	}
	for _, cells := range runs {
		r.exchange(ctx, outcomes, cells, r.chosen(ctx, outcomes, cells))
	}
	r.shareWide(ctx, outcomes, runs)
}

// columns are the solved cells of each platform, by rising Python; builds that
// cannot have files in common for other reasons are apart.
func (r *run) columns(outcomes []outcome) [][]int {
	type column struct {
		platform     target.Platform
		impl         target.Impl
		freethreaded bool
	}
	at := map[column]int{}
	var columns [][]int
	for i, c := range r.cells {
		if outcomes[i].err != nil {
			continue
		}
		py := c.target.Python
		key := column{c.target.Platform, py.Impl, py.Freethreaded}
		n, ok := at[key]
		if !ok {
			n = len(columns)
			at[key] = n
			columns = append(columns, nil)
		}
		columns[n] = append(columns[n], i)
	}
	for _, cells := range columns {
		slices.SortStableFunc(cells, func(a, b int) int {
			return r.cells[a].target.Python.Compare(r.cells[b].target.Python)
		})
	}
	return columns
}

// longest is how many of the cells, from the first on, can share all files.
func (r *run) longest(outcomes []outcome, cells []int) int {
	first := outcomes[cells[0]].solution
	common := make([][]*index.File, len(first.Pins))
	for i, pin := range first.Pins {
		common[i] = r.cells[cells[0]].alternatives(pin)
	}
	for n := 1; n < len(cells); n++ {
		next := outcomes[cells[n]].solution
		if len(next.Pins) != len(first.Pins) {
			return n
		}
		for i, pin := range next.Pins {
			if pin.Project != first.Pins[i].Project || !pin.Version.Equal(first.Pins[i].Version) {
				return n
			}
			common[i] = both(common[i], r.cells[cells[n]].alternatives(pin))
			if len(common[i]) == 0 {
				return n
			}
		}
	}
	return len(cells)
}

func both(a, b []*index.File) []*index.File {
	return slices.DeleteFunc(slices.Clone(a), func(f *index.File) bool { return !slices.Contains(b, f) })
}

// alternatives are the wheels of a pin's version that the cell can use, best
// first, the pin's own among them.
func (c *cell) alternatives(pin lock.Pin) []*index.File {
	p := c.project(pin.Project)
	choice := p.find(pin.Version)
	var usable []*candidate
	files := p.candidates(choice)
	for i := range files {
		f := &files[i]
		if c.refuse(p, choice, f) == fine && (f.file.IsWheel || f.file.Name == pin.File.Filename.Text) {
			usable = append(usable, f)
		}
	}
	slices.SortStableFunc(usable, func(f, g *candidate) int {
		switch rf, rg := c.rank(f), c.rank(g); {
		case rf != rg:
			return int(rf - rg)
		case c.before(f.file, g.file):
			return -1
		}
		return 1
	})
	out := make([]*index.File, len(usable))
	for i, f := range usable {
		out[i] = f.file
	}
	return out
}

// chosen are the files that all cells of a run can have, one for each pin; nil
// when there is a pin for which there is none.
func (r *run) chosen(ctx context.Context, outcomes []outcome, cells []int) []*index.File {
	first := outcomes[cells[0]].solution
	chosen := make([]*index.File, len(first.Pins))
	for i, pin := range first.Pins {
		if chosen[i] = r.common(ctx, outcomes, cells, i, pin); chosen[i] == nil {
			return nil
		}
	}
	return chosen
}

// exchange gives every cell of a run the same files.
func (r *run) exchange(ctx context.Context, outcomes []outcome, cells []int, chosen []*index.File) {
	for _, at := range cells {
		pins := outcomes[at].solution.Pins
		for i, f := range chosen {
			if pins[i].File.Filename.Text != f.Name {
				pins[i].File = lockFile(pins[i].Project, f)
				pins[i].RequiresPython = f.RequiresPython.And(r.known(ctx, pins[i], f).requiresPython)
			}
		}
	}
}

// common is the file that all cells of a run take for their i-th pin: the one
// that the lowest Python ranks first, of those that require what the pins do.
func (r *run) common(ctx context.Context, outcomes []outcome, cells []int, i int, pin lock.Pin) *index.File {
	same := true
	files := r.cells[cells[0]].alternatives(pin)
	for _, at := range cells[1:] {
		other := outcomes[at].solution.Pins[i]
		same = same && other.File.Filename.Text == pin.File.Filename.Text
		files = both(files, r.cells[at].alternatives(other))
	}
	for _, f := range files {
		if same && f.Name != pin.File.Filename.Text {
			continue
		}
		if same || r.requiresTheSame(ctx, outcomes, cells, i, f) {
			return f
		}
	}
	return nil
}

// requiresTheSame says whether a file has the dependencies of the files it
// would replace. Files of one version nearly always have.
func (r *run) requiresTheSame(ctx context.Context, outcomes []outcome, cells []int, i int, f *index.File) bool {
	for _, at := range cells {
		pin := outcomes[at].solution.Pins[i]
		if pin.File.Filename.Text == f.Name {
			continue
		}
		c := r.cells[at]
		p := c.project(pin.Project)
		new, err := c.library.meta(ctx, p.name, f, &c.env).wait(ctx)
		if err != nil || new.broken != "" || !c.patches(new.requiresPython).some {
			return false
		}
		old := r.known(ctx, pin, c.file(p, p.find(pin.Version)))
		if !slices.EqualFunc(new.requires, old.requires, func(a, b dependency) bool {
			return a.text == b.text && a.marker == b.marker
		}) || c.patches(new.requiresPython) != c.patches(old.requiresPython) {
			return false
		}
	}
	return true
}

// known is metadata that was read before.
func (r *run) known(ctx context.Context, pin lock.Pin, f *index.File) *metadata {
	m, err := r.library.meta(ctx, pin.Project, f, nil).wait(ctx)
	if err != nil {
		return &metadata{}
	}
	return m
}

// project is one that was listed before.
func (c *cell) project(name pep508.Name) *project {
	p, err := c.ask(context.Background(), name).wait(context.Background())
	if err != nil {
		return missingProject(name, err)
	}
	return p
}
