package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/wheel"
)

// plan is what a build would have had to decide for the packages that a matrix
// shows: which files are in which, as their dist-info folders tell. Sizes are
// those inside of the packages. UIP-CLI leaves dist-info out; of its packages
// nothing is known.
func (e Extension) plan(m report.Matrix) merge.Plan {
	var plan merge.Plan
	pins := map[string][]lock.Pin{}
	for _, shown := range m.Packages {
		i := slices.IndexFunc(e.Packages, func(p Package) bool { return p.File == shown.File })
		list := e.Packages[i].pins()
		pins[shown.File] = list
		plan.Packages = append(plan.Packages, merge.Package{Filename: e.Packages[i].filename, Targets: shown.Targets, Pins: list})
	}
	var solutions []lock.Solution
	for _, t := range m.Targets() {
		if i := m.Cells[t].Package; i >= 0 {
			solutions = append(solutions, lock.Solution{Target: t, Pins: pins[m.Packages[i].File]})
		}
	}
	plan.Dependencies = merge.Dependencies(solutions)
	return plan
}

// pins are the distributions of a package, sorted.
func (p Package) pins() []lock.Pin {
	var list []lock.Pin
	for _, d := range p.Distributions {
		version, err := pep440.Parse(d.Version)
		if err != nil {
			continue
		}
		// A specifier that cannot be read explains nothing.
		python, _ := pep440.ParseSpecifierSet(d.RequiresPython)
		list = append(list, lock.Pin{
			Project: pep508.Normalize(d.Name), Version: version, RequiresPython: python, Licence: d.License,
			File: lock.File{Path: d.Name + "-" + d.Version + "-" + d.tags, Size: d.packed},
		})
	}
	slices.SortFunc(list, func(a, b lock.Pin) int { return cmp.Compare(a.Project, b.Project) })
	for _, d := range p.Distributions {
		for _, text := range d.Requires {
			if q, err := pep508.Parse(text); err == nil {
				via(list, q.Name, pep508.Normalize(d.Name))
			}
		}
	}
	return list
}

// via notes that one project requires another.
func via(list []lock.Pin, required, by pep508.Name) {
	for i := range list {
		if list[i].Project == required && by != required && !slices.Contains(list[i].Via, by) {
			list[i].Via = append(list[i].Via, by)
			slices.Sort(list[i].Via)
		}
	}
}

// tagsOf writes the tags of a WHEEL file as one text.
func tagsOf(data []byte) string {
	info, err := wheel.ParseInfo(data)
	if err != nil {
		return ""
	}
	var texts []string
	for _, t := range info.Tags {
		texts = append(texts, t.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, ".")
}
