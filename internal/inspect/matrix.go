package inspect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/selector"
)

// MatrixOptions say which cells a matrix has. Empty lists leave that to the zip:
// every known Python that requires_python admits, and the platforms that
// packages are for.
type MatrixOptions struct {
	// Pythons ("3.9..3.13") and Platforms ("linux/amd64"); an item may be a
	// list with commas.
	Pythons, Platforms []string
}

// choosable is what choosing a package needs beside what is shown.
type choosable struct {
	filename wheel.Filename
	python   pep440.SpecifierSet
	glibc    [2]int // that a package for linux_ARCH needs
}

// Matrix is which package an agent takes for each Python on each platform: the
// first by the order of tags whose Requires-Python admits it. Errors are about
// the options.
func (e Extension) Matrix(opt MatrixOptions) (report.Matrix, error) {
	targets, err := e.targets(opt)
	if err != nil {
		return report.Matrix{}, err
	}
	m := report.Matrix{Extension: e.Name, Version: e.Version, Cells: map[target.Target]report.Cell{}}
	places, beside := map[string]int{}, named(e.Distributions)
	for _, t := range targets {
		m.Pythons = append(m.Pythons, t.Python)
		if !slices.Contains(m.Platforms, t.Platform) {
			m.Platforms = append(m.Platforms, t.Platform)
		}
		p := e.serving(t)
		cell := report.Cell{Package: -1, Problem: e.hole(p, t), Beside: beside}
		if p != nil && cell.Problem == nil && !e.ZipSafe {
			i, ok := places[p.File]
			if !ok {
				i = len(m.Packages)
				places[p.File] = i
				m.Packages = append(m.Packages, p.row())
			}
			cell.Package, cell.Beside = i, nil
			m.Packages[i].Targets = append(m.Packages[i].Targets, t)
		}
		m.Cells[t] = cell
	}
	slices.SortFunc(m.Pythons, target.Python.Compare)
	m.Pythons = slices.Compact(m.Pythons)
	m.Explain(e.plan(m))
	return m, nil
}

func (e Extension) targets(opt MatrixOptions) ([]target.Target, error) {
	var problems fault.List
	var pythons []target.Python
	for _, text := range opt.Pythons {
		some, err := target.ParsePythons(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
		}
		pythons = append(pythons, some...)
	}
	if len(opt.Pythons) == 0 {
		pythons = selector.Admitted(e.python)
	}
	platforms, err := e.platforms(opt.Platforms)
	if err != nil {
		problems = append(problems, err)
	}
	var all []target.Target
	for _, python := range pythons {
		for _, platform := range platforms {
			if t := (target.Target{Python: python, Platform: platform}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all, problems.Err()
}

func (e Extension) platforms(asked []string) ([]target.Platform, error) {
	texts := strings.FieldsFunc(strings.Join(asked, ","), func(r rune) bool { return r == ',' || r == ' ' })
	var all []target.Platform
	if len(texts) == 0 {
		var list []selector.Offer
		for _, p := range e.Packages {
			list = append(list, p.offer())
		}
		if all = selector.Platforms(list); len(all) > 0 {
			return all, nil
		}
		texts = target.Usual()
	}
	var problems fault.List
	for _, text := range texts {
		p, err := target.ParsePlatform(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
		}
		all = append(all, p)
	}
	return all, problems.Err()
}

// offers are what can be chosen, and the packages they stand for.
func (e Extension) offers() (list []selector.Offer, packages []*Package) {
	for i := range e.Packages {
		if p := &e.Packages[i]; p.usable() {
			list, packages = append(list, p.offer()), append(packages, p)
		}
	}
	return list, packages
}

// offer is what agents choose it by. Where its name says a floor, that counts.
func (p *Package) offer() selector.Offer {
	o := selector.Offer{Filename: p.filename, RequiresPython: p.python}
	if slices.ContainsFunc(p.filename.Platforms, func(name string) bool { return strings.HasPrefix(name, "linux_") }) {
		o.Glibc = p.glibc
	}
	return o
}

// usable says that agents choose the package where it fits.
func (p *Package) usable() bool {
	return p.Problem == "" && (p.refusal.Text == "" || p.refusal.Chosen)
}

// serving is the package that an agent takes for a target, or nil.
func (e Extension) serving(t target.Target) *Package {
	list, packages := e.offers()
	if i := selector.Serving(list, t); i >= 0 {
		return packages[i]
	}
	return nil
}

// hole says why the zip does not run on a target for which agents take p, or
// nil.
func (e Extension) hole(p *Package, t target.Target) error {
	switch {
	case e.refused != "":
		return fault.New(fault.NoPackage, "the zip is refused: "+e.refused, "see all of it with: axle verify "+e.File)
	case e.ZipSafe:
		return e.apart(p)
	case len(e.Packages) == 0:
		return nil
	case p == nil:
		return fault.New(fault.NoPackage, fmt.Sprintf("no package in the zip is for %s%s", t, e.near(t)))
	case p.refusal.Text != "":
		return fault.New(fault.NoPackage, fmt.Sprintf("%s is refused: %s", p.File, p.refusal.Text), "see all of it with: axle verify "+e.File)
	}
	return nil
}

// apart says what of p, which agents ignore because zip_safe is true, does not
// lie beside the modules, or nil where all of it does. Without p the packages
// say what the extension needs together.
func (e Extension) apart(p *Package) error {
	list := e.Packages
	if p != nil {
		list = []Package{*p}
	}
	beside, missing := versions(e.Distributions), map[string]bool{}
	for _, p := range list {
		if len(p.Distributions) == 0 && p.Problem != "" {
			missing[p.File] = true
		}
		for _, d := range p.Distributions {
			if _, ok := beside[d.Name]; !ok || d.Name == "" {
				missing[cmp.Or(d.Name, p.File)] = true
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.NoPackage, fmt.Sprintf("zip_safe is true, so agents ignore the packages, and %s is not beside the modules",
		strings.Join(slices.Sorted(maps.Keys(missing)), ", ")), "set zip_safe: false in extension.yml")
}

// row describes a package for the matrix.
func (p *Package) row() report.Package {
	return report.Package{File: p.File, RequiresPython: p.RequiresPython, Distributions: named(p.Distributions), Size: p.Size, Glibc: p.glibc}
}

// named are those whose names are known: "project version", sorted.
func named(list []Distribution) (texts []string) {
	for _, d := range list {
		if d.Name != "" {
			texts = append(texts, d.Name+" "+d.Version)
		}
	}
	slices.Sort(texts)
	return texts
}
