package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Options say what a plan is for.
type Options struct {
	// Name is the extension's name, as written.
	Name    string
	Version pep440.Version
	// Build is the build number of every package; the zero Build is none.
	Build wheel.Build
	// Holes are the targets that were asked for and have no solution. No
	// package may serve them.
	Holes []target.Target
	// Foreign are packages made elsewhere that go into the same zip. They serve
	// holes that their names and Requires-Python admit; no name of ours may
	// come before theirs there, nor theirs before ours elsewhere.
	Foreign []Foreign
	// Needs, when not nil, knows what the binaries in the files need. Without
	// it the names of the files are believed.
	Needs Needs
}

// Needs knows what the binaries of a file need. [Wheels] do.
type Needs interface {
	// Need gives what the most demanding binary of a file needs to run on a
	// platform. It is false when they are content with any floor.
	Need(f lock.File, on target.Platform) (Need, bool)
}

// Need is what a binary needs.
type Need struct {
	// Least is the platform with the lowest floor that will do.
	Least target.Platform
	// Member is the binary.
	Member string
	// Hard says that the system refuses to load it on less. macOS does not:
	// there the number is what the author promised to have tried.
	Hard bool
}

// Plan says which packages serve a matrix. It is a value: the same solutions
// and options give the same plan.
type Plan struct {
	// Name is the extension's name, as written.
	Name    string
	Version pep440.Version
	// Packages are sorted by file name.
	Packages []Package
	// Foreign say which packages made elsewhere serve which targets, in the
	// order in which they were given.
	Foreign []ForeignUse
	// Holes are the targets without a package, sorted.
	Holes []target.Target
	// Dependencies say, for each project, what it costs: sorted by the number
	// of its files, most first, then by project.
	Dependencies []Dependency
	// Warnings are about binaries that promise less than their target wants.
	Warnings []fault.Warning
}

// Package is one dependency package of a plan.
type Package struct {
	// Filename is how the package is called; its Tags are what it serves.
	Filename wheel.Filename
	// RequiresPython is exact for Targets: from the lowest to the highest
	// Python, without those between that it does not serve, and without the
	// patch releases that a member excludes.
	RequiresPython pep440.SpecifierSet
	// Targets are what the package is for, sorted.
	Targets []target.Target
	// Pins are its members, sorted by project.
	Pins []lock.Pin
	// Graph says which of them require which.
	Graph Graph
}

// ForeignUse is a package made elsewhere, and what it is for.
type ForeignUse struct {
	Foreign
	// Targets are holes of the matrix that it fills, sorted. A package may also
	// be for platforms that axle does not know.
	Targets []target.Target
}

// For gives the package that serves a target.
func (p Plan) For(t target.Target) (Package, bool) {
	for _, pkg := range p.Packages {
		if slices.Contains(pkg.Targets, t) {
			return pkg, true
		}
	}
	return Package{}, false
}

// NewPlan decides which packages the solutions need and how they are named.
// Where no target needs any file there are none. Errors: a file that does not
// fit its target, binaries that need more than the target has
// ([fault.BadInput]), and a target for which no names keep agents from a wrong
// package ([fault.NoPackage]); all of them at once.
func NewPlan(solutions []lock.Solution, opt Options) (Plan, error) {
	plan := Plan{Name: opt.Name, Version: opt.Version}
	groups, cells, warnings, err := group(solutions, sortedTargets(opt.Holes), opt)
	if err != nil {
		return Plan{}, err
	}
	plan.Warnings = warnings
	plan.Dependencies = Dependencies(solutions)
	if len(groups) == 1 && len(groups[0].pins) == 0 && len(opt.Foreign) == 0 {
		groups = nil
	}
	s := newSearch(groups, cells, stem(opt), opt.Foreign)
	if err := s.run(); err != nil {
		return Plan{}, err
	}
	s.report(&plan, opt)
	return plan, nil
}

// report writes down what was found.
func (s *search) report(plan *Plan, opt Options) {
	for _, c := range s.choices {
		if c.foreign == nil {
			plan.Packages = append(plan.Packages, c.pack(opt))
		} else {
			plan.Foreign = append(plan.Foreign, ForeignUse{Foreign: *c.foreign, Targets: targetsOf(c.members)})
		}
	}
	slices.SortFunc(plan.Packages, func(a, b Package) int {
		return strings.Compare(a.Filename.Text, b.Filename.Text)
	})
	for i, c := range s.cells {
		if s.own[i] == nil && c.group == nil {
			plan.Holes = append(plan.Holes, c.target)
		}
	}
}

func targetsOf(cells []*cell) []target.Target {
	var list []target.Target
	for _, c := range cells {
		list = append(list, c.target)
	}
	return list
}

func graphOf(cells []*cell) Graph {
	var all [][]lock.Pin
	for _, c := range cells {
		all = append(all, c.pins)
	}
	return NewGraph(all...)
}

// stem is what every package name of the plan begins with.
func stem(opt Options) string {
	s := pep508.Normalize(opt.Name).Escaped() + "-" + opt.Version.String() + "-"
	if opt.Build.Given {
		s += opt.Build.String() + "-"
	}
	return s
}

// pack makes the package that a choice stands for.
func (c *choice) pack(opt Options) Package {
	t := c.tagging()
	f := wheel.Filename{
		Name: pep508.Normalize(opt.Name), Version: opt.Version, Build: opt.Build,
		Tags: t.tags, Pythons: t.pythons, ABIs: t.abis, Platforms: t.platforms,
	}
	f.Text = f.String()
	targets := targetsOf(c.members)
	return Package{
		Filename:       f,
		RequiresPython: requiresPython(targets, c.group.requires),
		Targets:        targets,
		Pins:           c.group.pins,
		Graph:          graphOf(c.members),
	}
}

func sortedTargets(list []target.Target) []target.Target {
	list = slices.Clone(list)
	slices.SortFunc(list, target.Target.Compare)
	return slices.Compact(list)
}

// unfit says that a resolver chose a file that its target cannot use.
func unfit(f lock.File, t target.Target) error {
	return fault.New(fault.BadInput, fmt.Sprintf("%s: does not fit %s", f.Filename.Text, t))
}
