package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// Dependency is what one project costs in a matrix.
type Dependency struct {
	Project pep508.Name
	// Files is the number of its different files over all targets; Bytes is
	// their size together, where the index gives sizes.
	Files int
	Bytes int64
	// PerPython says that on some platform each Python has a file of its own,
	// PerPlatform that for some Python each platform has. Such a project
	// forces one package for each.
	PerPython, PerPlatform bool
	// Breaks are its breaking points, by Python.
	Breaks []Break
}

// String says in words what the project forces: "numpy has a file of its own
// for each Python and platform".
func (d Dependency) String() string {
	switch {
	case d.PerPython && d.PerPlatform:
		return string(d.Project) + " has a file of its own for each Python and platform"
	case d.PerPython:
		return string(d.Project) + " has a file of its own for each Python"
	case d.PerPlatform:
		return string(d.Project) + " has a file of its own for each platform"
	case d.Files > 1:
		return fmt.Sprintf("%s has %d files", d.Project, d.Files)
	}
	return string(d.Project) + " has one file for all"
}

// Reason is why the files of a project change at a Python.
type Reason string

// The reasons for a breaking point.
const (
	NewVersion     Reason = "new version"     // another version is chosen, though both Pythons may have either
	RequiresPython Reason = "requires-python" // one of the versions does not support the other Python
	NewFile        Reason = "new file"        // the same version has another file
	Marker         Reason = "marker"          // a requirement begins or ceases to hold
	Requirer       Reason = "requirer"        // the project that requires it changes
)

// Break is a breaking point: a Python at which the file of a project changes
// on some platforms.
type Break struct {
	Project   pep508.Name
	Before    target.Python // the last Python with the old file
	At        target.Python // the first with the new one
	Platforms []target.Platform
	Reason    Reason
	// From and To are the versions; the zero Version where the project is
	// not wanted.
	From, To pep440.Version
	// Detail is the specifier or the projects that explain the reason.
	Detail string
}

// String is one line for a person: "numpy at 3.10: 2.0.2 → 2.2.6
// (requires-python >=3.10)".
func (b Break) String() string {
	return fmt.Sprintf("%s at %s: %s (%s)", b.Project, b.At, b.Change(), strings.TrimSpace(string(b.Reason)+" "+b.Detail))
}

// Change says what becomes of the project: "2.0.2 → 2.2.6", "needs 1.0", "no
// longer needed", "another file of 1.0".
func (b Break) Change() string {
	switch {
	case b.From.IsZero():
		return "needs " + b.To.String()
	case b.To.IsZero():
		return "no longer needed"
	case b.From.Equal(b.To):
		return "another file of " + b.To.String()
	}
	return b.From.String() + " → " + b.To.String()
}

// Dependencies computes what every project costs: sorted by the number of its
// files, most first, then by project. The pins of a solution are sorted.
func Dependencies(solutions []lock.Solution) []Dependency {
	lines := linesOf(solutions)
	var list []Dependency
	for _, project := range projectsOf(solutions) {
		d := Dependency{Project: project}
		d.count(solutions)
		d.spread(solutions)
		for _, line := range lines {
			d.walk(line)
		}
		slices.SortStableFunc(d.Breaks, func(a, b Break) int { return a.At.Compare(b.At) })
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Dependency) int { return cmp.Compare(b.Files, a.Files) })
	return list
}

func projectsOf(solutions []lock.Solution) []pep508.Name {
	seen := map[pep508.Name]bool{}
	for _, s := range solutions {
		for _, p := range s.Pins {
			seen[p.Project] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// linesOf parts the solutions by platform and kind of Python, each in order
// of Python.
func linesOf(solutions []lock.Solution) [][]lock.Solution {
	type line struct {
		platform     target.Platform
		impl         target.Impl
		freethreaded bool
	}
	at := map[line]int{}
	var out [][]lock.Solution
	for _, s := range inOrder(solutions) {
		l := line{s.Target.Platform, s.Target.Python.Impl, s.Target.Python.Freethreaded}
		if _, seen := at[l]; !seen {
			at[l] = len(out)
			out = append(out, nil)
		}
		out[at[l]] = append(out[at[l]], s)
	}
	return out
}

func (d *Dependency) count(solutions []lock.Solution) {
	seen := map[string]bool{}
	for _, s := range solutions {
		if p, ok := s.Pin(d.Project); ok && !seen[p.File.Key()] {
			seen[p.File.Key()] = true
			d.Files++
			d.Bytes += p.File.Size
		}
	}
}

// spread sees whether some Python has a file for each platform.
func (d *Dependency) spread(solutions []lock.Solution) {
	files := map[target.Python][]string{}
	for _, s := range solutions {
		if p, ok := s.Pin(d.Project); ok {
			files[s.Target.Python] = append(files[s.Target.Python], p.File.Key())
		}
	}
	for _, keys := range files {
		d.PerPlatform = d.PerPlatform || len(keys) > 1 && allDiffer(keys)
	}
}

func allDiffer(keys []string) bool {
	slices.Sort(keys)
	return len(slices.Compact(keys)) == len(keys)
}

// walk follows one platform from Python to Python.
func (d *Dependency) walk(line []lock.Solution) {
	var keys []string
	for i, s := range line {
		pin, ok := s.Pin(d.Project)
		if ok {
			keys = append(keys, pin.File.Key())
		}
		if i == 0 {
			continue
		}
		before, had := line[i-1].Pin(d.Project)
		if had == ok && before.File.Key() == pin.File.Key() {
			continue
		}
		d.note(breakAt(line[i-1], s, before, pin), s.Target.Platform)
	}
	d.PerPython = d.PerPython || len(keys) > 1 && allDiffer(keys)
}

// note adds a breaking point, or only its platform to one that is equal.
func (d *Dependency) note(b Break, platform target.Platform) {
	for i, o := range d.Breaks {
		if o.Before == b.Before && o.At == b.At && o.Reason == b.Reason && o.Detail == b.Detail &&
			o.From.String() == b.From.String() && o.To.String() == b.To.String() {
			d.Breaks[i].Platforms = append(o.Platforms, platform)
			return
		}
	}
	b.Project, b.Platforms = d.Project, []target.Platform{platform}
	d.Breaks = append(d.Breaks, b)
}

// breakAt says why the pin of a project changes from one target to the next.
// One of the pins may be absent.
func breakAt(last, now lock.Solution, from, to lock.Pin) Break {
	b := Break{Before: last.Target.Python, At: now.Target.Python, From: from.Version, To: to.Version}
	switch {
	case from.Project == "":
		b.Reason, b.Detail = requirerOf(to.Via, last, now)
	case to.Project == "":
		b.Reason, b.Detail = requirerOf(from.Via, now, last)
	case from.Version.Equal(to.Version):
		b.Reason = NewFile
	case !supports(to, b.Before):
		b.Reason, b.Detail = RequiresPython, to.RequiresPython.String()
	case !supports(from, b.At):
		b.Reason, b.Detail = RequiresPython, from.RequiresPython.String()
	default:
		b.Reason = NewVersion
	}
	return b
}

func supports(p lock.Pin, python target.Python) bool {
	some, _ := p.RequiresPython.AdmitsMinor(python.Major, python.Minor)
	return some
}

// requirerOf explains why a project is wanted in one target and not in the
// other: a marker, when a project that requires it is the same in both, or
// when the user does.
func requirerOf(via []pep508.Name, without, with lock.Solution) (Reason, string) {
	var changed []string
	for _, name := range via {
		a, _ := without.Pin(name)
		b, _ := with.Pin(name)
		if a.Version.String() == b.Version.String() {
			return Marker, "of " + string(name)
		}
		changed = append(changed, string(name))
	}
	if len(changed) == 0 {
		return Marker, ""
	}
	return Requirer, strings.Join(changed, ", ")
}
