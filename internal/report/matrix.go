// Package report computes the compatibility matrix once and draws it in
// several ways: which dependency package serves which Python on which
// platform, or why none does.
//
// A [Matrix] is a value made from a plan and the targets that failed; every
// drawing ([Matrix.Text], [Matrix.MarshalJSON], [Matrix.Markdown],
// [Matrix.HTML]) shows that same value. [Suggest] finds the widest part of it
// that is wholly covered.
package report

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Matrix says what serves each target that was asked for.
type Matrix struct {
	Extension string
	Version   string
	// Pythons are the rows, sorted, and Platforms the columns, in the order
	// asked for.
	Pythons   []target.Python
	Platforms []target.Platform
	// Packages are in the order in which the rows first show them; cells
	// refer to them by their place here.
	Packages []Package
	// Cells has one entry for each target that was asked for.
	Cells map[target.Target]Cell
	// Dependencies say what each project costs, dearest first.
	Dependencies []merge.Dependency
	// Costs say what each project adds to the packages, most bytes first.
	Costs []Cost
	// Served are the interpreters of agent profiles that it was made for; each
	// profile is a column of its own.
	Served []Served
	// Alignment is there when one version over the whole matrix was asked for.
	Alignment *Alignment
}

// Package is a dependency package of the matrix.
type Package struct {
	File           string
	RequiresPython string
	Targets        []target.Target
	// Distributions are "project version", sorted.
	Distributions []string
	// Size is in bytes, 0 where it is not known. It is Estimated where the package
	// is not made yet: then it is that of its members' files.
	Size      int64
	Estimated bool
	// Glibc is what its binaries need where its name, linux_ARCH, does not say.
	Glibc [2]int
	// Elsewhere says that it was made elsewhere, and lies in dist/dep.
	Elsewhere bool
}

// Cell is one Python on one platform. Either Package is an index into
// Matrix.Packages, or it is -1: then Problem says why it is a hole, or is nil
// where the target needs no package at all.
type Cell struct {
	Package int
	Problem error
	// Beside are the distributions that it has without a package, since they lie
	// beside the modules: "project version", sorted.
	Beside []string
	// Notes say what the reader should know of this target's solution.
	Notes []string
}

// Hole says that nothing serves the cell.
func (c Cell) Hole() bool { return c.Problem != nil }

// title names what the matrix is of. A lock by itself has no version.
func (m Matrix) title() string { return strings.TrimSpace(m.Extension + " " + m.Version) }

// New computes the matrix of a plan.
//
// targets are all that were asked for, in the order of the asking.
func New(extension, version string, targets []target.Target, l lock.Lock, plan merge.Plan) Matrix {
	m := Matrix{Extension: extension, Version: version, Cells: map[target.Target]Cell{}}
	m.Explain(plan)
	for _, t := range targets {
		m.add(t, Cell{Package: -1})
	}
	for _, s := range l.Solutions {
		m.Cells[s.Target] = Cell{Package: -1, Notes: s.Notes, Beside: distributions(s.Pins)}
	}
	for _, f := range l.Failures {
		m.Cells[f.Target] = Cell{Package: -1, Problem: f.Err}
	}
	slices.SortFunc(m.Pythons, target.Python.Compare)
	m.Pythons = slices.Compact(m.Pythons)
	m.place(plan)
	return m
}

// Explain takes from a plan what each project costs.
func (m *Matrix) Explain(plan merge.Plan) {
	m.Dependencies, m.Costs = plan.Dependencies, costs(plan)
}

// place numbers the packages as a reader of the rows meets them. One that was
// made elsewhere fills holes.
func (m *Matrix) place(plan merge.Plan) {
	numbers := map[string]int{}
	for _, t := range m.Targets() {
		p, ok := serving(plan, t)
		if !ok {
			continue
		}
		n, seen := numbers[p.File]
		if !seen {
			n = len(m.Packages)
			numbers[p.File] = n
			m.Packages = append(m.Packages, p)
		}
		c := m.Cells[t]
		c.Package, c.Problem, c.Beside = n, nil, nil
		m.Cells[t] = c
	}
}

// serving describes the package that serves a target.
func serving(plan merge.Plan, t target.Target) (Package, bool) {
	if p, ok := plan.For(t); ok {
		return describe(p), true
	}
	for _, f := range plan.Foreign {
		if slices.Contains(f.Targets, t) {
			return describeForeign(f), true
		}
	}
	return Package{}, false
}

func (m *Matrix) add(t target.Target, c Cell) {
	m.Cells[t] = c
	m.Pythons = append(m.Pythons, t.Python)
	if !slices.Contains(m.Platforms, t.Platform) {
		m.Platforms = append(m.Platforms, t.Platform)
	}
}

func describe(p merge.Package) Package {
	d := Package{File: p.Filename.Text, RequiresPython: Readable(p.RequiresPython), Targets: p.Targets}
	d.Distributions = distributions(p.Pins)
	known := true
	for _, pin := range p.Pins {
		d.Size += pin.File.Size
		known = known && pin.File.Size > 0
	}
	if d.Estimated = known && d.Size > 0; !known {
		d.Size = 0
	}
	return d
}

// distributions are "project version" of pins, sorted.
func distributions(pins []lock.Pin) (list []string) {
	for _, pin := range pins {
		list = append(list, string(pin.Project)+" "+pin.Version.String())
	}
	slices.Sort(list)
	return list
}

// Made notes the size in bytes of a package that is there by now.
func (m *Matrix) Made(file string, size int64) {
	for i := range m.Packages {
		if p := &m.Packages[i]; p.File == file {
			p.Size, p.Estimated = size, false
		}
	}
}

func describeForeign(f merge.ForeignUse) Package {
	d := Package{File: f.Filename.Text, RequiresPython: Readable(f.RequiresPython), Targets: f.Targets, Size: f.Size, Elsewhere: true}
	if f.Least != (target.Platform{}) {
		d.Glibc = [2]int{f.Least.Major, f.Least.Minor}
	}
	for _, name := range f.Distributions {
		project, version, _ := strings.Cut(name, "-")
		d.Distributions = append(d.Distributions, string(pep508.Normalize(project))+" "+version)
	}
	slices.Sort(d.Distributions)
	return d
}

// Readable writes a specifier set as people do: from where, then up to where,
// then what is left out.
func Readable(s pep440.SpecifierSet) string {
	clauses := slices.Clone(s.Specifiers())
	slices.SortStableFunc(clauses, func(a, b pep440.Specifier) int { return place(a) - place(b) })
	texts := make([]string, len(clauses))
	for i, c := range clauses {
		texts[i] = c.String()
	}
	return strings.Join(texts, ",")
}

func place(s pep440.Specifier) int {
	switch s.Operator() {
	case ">", ">=":
		return 0
	case "<", "<=":
		return 2
	case "!=":
		return 3
	}
	return 1
}

// Refuse makes holes of all targets that have no package, for a reason that
// holds for the whole extension.
func (m Matrix) Refuse(why error) {
	for t, c := range m.Cells {
		if !c.Hole() && c.Package < 0 {
			c.Problem = why
			m.Cells[t] = c
		}
	}
}

// Targets are all cells' targets, by Python and then platform.
func (m Matrix) Targets() []target.Target {
	var all []target.Target
	for _, py := range m.Pythons {
		for _, pf := range m.Platforms {
			if _, ok := m.Cells[target.Target{Python: py, Platform: pf}]; ok {
				all = append(all, target.Target{Python: py, Platform: pf})
			}
		}
	}
	return all
}

// Holes are the targets that nothing serves.
func (m Matrix) Holes() []target.Target {
	return slices.DeleteFunc(m.Targets(), func(t target.Target) bool { return !m.Cells[t].Hole() })
}

// Check is nil when no target is a hole and every interpreter of a profile gets
// what it should, and otherwise an error with exit code 5 that names all others.
func (m Matrix) Check() error {
	var names []string
	for _, t := range m.Holes() {
		names = append(names, t.String())
	}
	for _, s := range m.unserved() {
		names = append(names, s.Profile+" ("+s.Path+")")
	}
	if len(names) == 0 {
		return nil
	}
	return fault.New(fault.NoPackage, m.Extension+": no package serves "+strings.Join(names, ", "),
		"narrow requires_python or bundle.platforms, or take another version of what makes the hole")
}
