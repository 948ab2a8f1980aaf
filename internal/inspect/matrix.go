package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
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
			cell.Problem = fault.New(fault.NoPackage, fmt.Sprintf("no package in the zip is for %s", t))
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
		pythons = slices.DeleteFunc(target.Known(), func(p target.Python) bool {
			some, _ := e.python.AdmitsMinor(p.Major, p.Minor)
			return !some
		})
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
		if all = e.offered(); len(all) > 0 {
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

// offered are the platforms that packages are for, of each system and processor
// the one with the highest floor: an agent with less shows when it is asked for.
func (e Extension) offered() []target.Platform {
	type system struct {
		family target.OS
		arch   string
	}
	highest := map[system]target.Platform{}
	for _, p := range e.Packages {
		for _, tag := range p.filename.Platforms {
			if arch, bare := strings.CutPrefix(tag, "linux_"); bare {
				tag = fmt.Sprintf("manylinux_%d_%d_%s", cmp.Or(p.glibc[0], 2), max(p.glibc[1], 17), arch)
			}
			platform, err := target.ParsePlatform(tag)
			if err != nil {
				continue
			}
			key := system{platform.Family, platform.Arch}
			if old, ok := highest[key]; !ok || platform.Admits(old) {
				highest[key] = platform
			}
		}
	}
	var all []target.Platform
	for _, p := range highest {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b target.Platform) int {
		return cmp.Or(cmp.Compare(usual(a), usual(b)), a.Compare(b))
	})
	return all
}

// usual is the place of a platform's system and processor among the usual ones.
func usual(p target.Platform) int {
	for i, name := range target.Usual() {
		if u, err := target.ParsePlatform(name); err == nil && u.Family == p.Family && u.Arch == p.Arch {
			return i
		}
	}
	return len(target.Usual())
}

// serving is the package that an agent takes for a target, or nil.
func (e Extension) serving(t target.Target) *Package {
	if e.ZipSafe {
		return nil
	}
	order := t.LocalTags()
	var best *Package
	bestRank := 0
	for i := range e.Packages {
		p := &e.Packages[i]
		if p.Problem != "" {
			continue
		}
		rank, _, ok := order.Best(p.filename.Tags)
		if some, _ := p.python.AdmitsMinor(t.Python.Major, t.Python.Minor); !ok || !some || p.tooNew(t.Platform) {
			continue
		}
		better := best == nil || rank < bestRank || rank == bestRank && p.filename.Build.Compare(best.filename.Build) > 0
		if better {
			best, bestRank = p, rank
		}
	}
	return best
}

// tooNew: a package for linux_ARCH says nothing of the glibc it needs; its
// binaries do.
func (p *Package) tooNew(on target.Platform) bool {
	return on.Family == target.Manylinux && slices.Compare(p.glibc[:], []int{on.Major, on.Minor}) > 0
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
