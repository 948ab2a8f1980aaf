package inspect

import (
	"fmt"
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
	places := map[string]int{}
	for _, t := range targets {
		m.Pythons = append(m.Pythons, t.Python)
		if !slices.Contains(m.Platforms, t.Platform) {
			m.Platforms = append(m.Platforms, t.Platform)
		}
		cell := report.Cell{Package: -1}
		switch p := e.serving(t); {
		case p != nil:
			i, ok := places[p.File]
			if !ok {
				i = len(m.Packages)
				places[p.File] = i
				m.Packages = append(m.Packages, p.row())
			}
			cell.Package = i
			m.Packages[i].Targets = append(m.Packages[i].Targets, t)
		case len(e.Packages) > 0 && !e.ZipSafe:
			cell.Problem = fault.New(fault.NoPackage, fmt.Sprintf("no package in the zip is for %s%s", t, e.near(t)))
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
			list = append(list, selector.Offer{Filename: p.filename, Glibc: p.glibc})
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
		if p := &e.Packages[i]; p.Problem == "" {
			list, packages = append(list, selector.Offer{Filename: p.filename, RequiresPython: p.python, Glibc: p.glibc}), append(packages, p)
		}
	}
	return list, packages
}

// serving is the package that an agent takes for a target, or nil.
func (e Extension) serving(t target.Target) *Package {
	list, packages := e.offers()
	if i := selector.Serving(list, t); i >= 0 && !e.ZipSafe {
		return packages[i]
	}
	return nil
}

// row describes a package for the matrix.
func (p *Package) row() report.Package {
	out := report.Package{File: p.File, RequiresPython: p.RequiresPython, Size: p.Size, Glibc: p.glibc}
	for _, d := range p.Distributions {
		if d.Name != "" {
			out.Distributions = append(out.Distributions, d.Name+" "+d.Version)
		}
	}
	slices.Sort(out.Distributions)
	return out
}
