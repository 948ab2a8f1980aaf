package report

import (
	"cmp"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

// Suggestion is the widest part of a matrix that is wholly covered: every
// Python of it on every platform of it has what it needs.
type Suggestion struct {
	// Extension and Version are whose it is.
	Extension string `json:"extension"`
	Version   string `json:"extension_version"`
	// RequiresPython admits just Pythons, minor versions; both are empty where
	// nothing is covered at all.
	RequiresPython string   `json:"requires_python"`
	Pythons        []string `json:"pythons"`
	// Platforms are as bundle.platforms takes them.
	Platforms []string `json:"platforms"`
	// Cells of the Asked ones are left.
	Cells int `json:"cells"`
	Asked int `json:"asked"`
	// Relaxations are what could be taken in again, one by one, and the holes
	// that come with it.
	Relaxations []Relaxation `json:"relaxations"`
	// AllPlatforms is what can stay of the Pythons where every platform must,
	// AllPythons of the platforms where every Python must; "" and nothing where
	// nothing can, or where it is the suggestion itself.
	AllPlatforms string   `json:"requires_python_for_all_platforms,omitempty"`
	AllPythons   []string `json:"platforms_for_all_pythons,omitempty"`
	// Alone is what each platform could have for itself, where that is more than
	// the suggestion for some.
	Alone []PlatformAlone `json:"each_platform_alone,omitempty"`
}

// PlatformAlone is a platform with the Pythons that it has, "" for none.
type PlatformAlone struct {
	Platform       string `json:"platform"`
	RequiresPython string `json:"requires_python"`
}

// Relaxation is a Python or a platform that a suggestion leaves out.
type Relaxation struct {
	Python   string `json:"python,omitempty"`
	Platform string `json:"platform,omitempty"`
	// Gained cells would be served, Holes not.
	Gained int        `json:"gained"`
	Holes  []HoleCost `json:"holes"`
	// Packages are those that there would be more for the gained cells, of Bytes
	// together; 0 where a size is not known. Estimated is as of [Package].
	Packages  int   `json:"packages_more"`
	Bytes     int64 `json:"bytes_more,omitempty"`
	Estimated bool  `json:"bytes_estimated,omitempty"`
}

// HoleCost is a reason, with the cells that it makes holes of.
type HoleCost struct {
	Targets []string `json:"targets"`
	Reason  string   `json:"reason"`
	Hints   []string `json:"hints,omitempty"`

	text string
}

// minor is a minor version of Python: what requires_python can tell apart. Its
// rows are all implementations of it that were asked for.
type minor struct{ major, minor int }

func (v minor) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// grid is a matrix as Suggest sees it.
type grid struct {
	m         Matrix
	minors    []minor
	platforms []target.Platform
	// good has a bit for each platform on which a minor version is whole.
	good map[minor]uint64
}

// maxPlatforms is how many columns every combination is tried of; of more, only
// those that some Python has whole.
const maxPlatforms = 14

func newGrid(m Matrix) grid {
	g := grid{m: m, platforms: m.Platforms[:min(len(m.Platforms), 64)], good: map[minor]uint64{}}
	for _, p := range m.Pythons {
		if v := (minor{p.Major, p.Minor}); !slices.Contains(g.minors, v) {
			g.minors = append(g.minors, v)
		}
	}
	slices.SortFunc(g.minors, func(a, b minor) int { return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor)) })
	for _, v := range g.minors {
		for i, p := range g.platforms {
			if asked, holes := g.cells(v, p); asked > 0 && len(holes) == 0 {
				g.good[v] |= 1 << i
			}
		}
	}
	return g
}

// cells counts those of a minor version on a platform, and gives its holes.
func (g grid) cells(v minor, on target.Platform) (asked int, holes []target.Target) {
	for _, p := range g.m.Pythons {
		t := target.Target{Python: p, Platform: on}
		c, ok := g.m.Cells[t]
		if !ok || (minor{p.Major, p.Minor}) != v {
			continue
		}
		asked++
		if c.Hole() {
			holes = append(holes, t)
		}
	}
	return asked, holes
}

// Suggest finds the widest covered part of a matrix: that with the most cells,
// of equals that with the most platforms.
func Suggest(m Matrix) Suggestion {
	g := newGrid(m)
	s := Suggestion{Extension: m.Extension, Version: m.Version, Asked: len(m.Cells), Pythons: []string{}, Platforms: []string{}, Relaxations: []Relaxation{}}
	best, most := uint64(0), 0
	for _, set := range g.combinations() {
		n := len(g.covered(set)) * bits.OnesCount64(set)
		if n > most || n == most && bits.OnesCount64(set) > bits.OnesCount64(best) {
			best, most = set, n
		}
	}
	s.Alone = g.alone(g.requiresPython(g.covered(best), best))
	if most == 0 {
		s.Relaxations = g.relaxations(0, nil)
		return s
	}
	minors := g.covered(best)
	s.RequiresPython = g.requiresPython(minors, best)
	for _, v := range minors {
		s.Pythons = append(s.Pythons, v.String())
		for i, p := range g.platforms {
			if best&(1<<i) != 0 {
				n, _ := g.cells(v, p)
				s.Cells += n
			}
		}
	}
	s.Platforms = g.names(best)
	s.Relaxations = g.relaxations(best, minors)
	if all := uint64(1)<<len(g.platforms) - 1; best != all {
		s.AllPlatforms = g.requiresPython(g.covered(all), all)
	}
	if len(minors) < len(g.minors) {
		s.AllPythons = g.names(g.everywhere())
	}
	return s
}

// combinations of platforms, as bits.
func (g grid) combinations() []uint64 {
	var sets []uint64
	if len(g.platforms) <= maxPlatforms {
		for set := uint64(1); set < 1<<len(g.platforms); set++ {
			sets = append(sets, set)
		}
		return sets
	}
	for _, v := range g.minors {
		sets = append(sets, g.good[v])
	}
	return append(sets, g.everywhere(), 1<<len(g.platforms)-1)
}

// covered are the minor versions that are whole on all platforms of a set.
func (g grid) covered(set uint64) []minor {
	var list []minor
	for _, v := range g.minors {
		if set != 0 && g.good[v]&set == set {
			list = append(list, v)
		}
	}
	return list
}

// everywhere are the platforms on which all minor versions are whole.
func (g grid) everywhere() uint64 {
	all := uint64(1)<<len(g.platforms) - 1
	for _, v := range g.minors {
		all &= g.good[v]
	}
	return all
}

// alone is nil where every platform alone has the same as the whole.
func (g grid) alone(whole string) []PlatformAlone {
	var list []PlatformAlone
	more := false
	for i, p := range g.platforms {
		own := g.requiresPython(g.covered(1<<i), 1<<i)
		more = more || own != whole
		list = append(list, PlatformAlone{columnName(p), own})
	}
	if !more {
		return nil
	}
	return list
}

func (g grid) names(set uint64) []string {
	names := []string{}
	for i, p := range g.platforms {
		if set&(1<<i) != 0 {
			names = append(names, columnName(p))
		}
	}
	return names
}

// relaxations are the minor versions and platforms that are not in the part.
func (g grid) relaxations(set uint64, minors []minor) []Relaxation {
	list := []Relaxation{}
	for _, v := range g.minors {
		if slices.Contains(minors, v) {
			continue
		}
		r, taken := Relaxation{Python: v.String()}, cellSet{}
		for i, p := range g.platforms {
			if set == 0 || set&(1<<i) != 0 {
				taken.add(g, v, p)
			}
		}
		list = append(list, g.relaxed(r, taken, set, minors))
	}
	for i, p := range g.platforms {
		if set == 0 || set&(1<<i) != 0 {
			continue
		}
		r, taken := Relaxation{Platform: columnName(p)}, cellSet{}
		for _, v := range minors {
			taken.add(g, v, p)
		}
		list = append(list, g.relaxed(r, taken, set, minors))
	}
	return list
}

func (g grid) costs(holes []target.Target) []HoleCost {
	var failures []lock.Failure
	for _, t := range holes {
		failures = append(failures, lock.Failure{Target: t, Err: g.m.Cells[t].Problem})
	}
	list := []HoleCost{}
	for _, h := range Group(failures) {
		list = append(list, HoleCost{Targets: texts(h.Targets), Reason: h.Reason, Hints: h.Hints, text: h.String()})
	}
	return list
}

// everyTarget is "all 12 targets", and of one target that.
func everyTarget(n int) string {
	if n == 1 {
		return "the one target is"
	}
	return "all " + Count(n, "target")
}

// Text writes the suggestion as it goes into extension.yml, and below it what
// each relaxation would cost.
func (s Suggestion) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(s.Extension+" "+s.Version))
	switch {
	case s.Cells == 0:
		b.WriteString("no Python is covered on any platform\n")
	case s.Cells == s.Asked:
		fmt.Fprintf(&b, "%s covered:\n", everyTarget(s.Asked))
	default:
		fmt.Fprintf(&b, "the widest that is wholly covered, %d of %s:\n", s.Cells, Count(s.Asked, "target"))
	}
	if s.Cells > 0 {
		fmt.Fprintf(&b, "  requires_python: %q\n  platforms: [%s]\n", s.RequiresPython, strings.Join(s.Platforms, ", "))
	}
	if s.AllPlatforms != "" {
		fmt.Fprintf(&b, "\nfor all platforms:\n  requires_python: %q\n", s.AllPlatforms)
	}
	if len(s.AllPythons) > 0 {
		fmt.Fprintf(&b, "\nfor all Pythons:\n  platforms: [%s]\n", strings.Join(s.AllPythons, ", "))
	}
	s.drawAlone(&b)
	for i, r := range s.Relaxations {
		if i == 0 {
			b.WriteString("\nwhat more would cost:\n")
		}
		r.draw(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Suggestion) drawAlone(b *strings.Builder) {
	if len(s.Alone) == 0 {
		return
	}
	b.WriteString("\neach platform alone:\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, a := range s.Alone {
		python := "no Python"
		if a.RequiresPython != "" {
			python = fmt.Sprintf("requires_python: %q", a.RequiresPython)
		}
		fmt.Fprintf(w, "  %s\t%s\n", a.Platform, python)
	}
	w.Flush()
}

func (r Relaxation) draw(b *strings.Builder) {
	what := "Python " + r.Python
	if r.Platform != "" {
		what = r.Platform
	}
	holes := 0
	for _, h := range r.Holes {
		holes += len(h.Targets)
	}
	served := "nothing more served"
	if r.Gained > 0 {
		served = Count(r.Gained, "served target") + " more"
	}
	fmt.Fprintf(b, "\n%s: %s, %s%s\n", what, Count(holes, "hole"), served, r.More())
	for _, h := range r.Holes {
		fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(h.text, "\n", "\n  "))
		for _, hint := range h.Hints {
			fmt.Fprintf(b, "    hint: %s\n", hint)
		}
	}
}
