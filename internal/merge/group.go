package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// cell is a target of the matrix. group is nil for a hole.
type cell struct {
	target target.Target
	order  tags.Order
	local  tags.Order // for files of the developer's own folders
	index  int        // its place in the matrix
	group  *fileSet
	// floor is the least platform that the files of the target need; it is
	// the platform itself where they do not say.
	floor target.Platform
	pins  []lock.Pin // as they are for this target
}

// fileSet is a set of files that one or more targets need, whole.
type fileSet struct {
	pins     []lock.Pin
	requires pep440.SpecifierSet
	cells    []*cell // sorted by target
	fit      fit
}

// fit is how the names of files admit their targets: the widest way each
// allows, joined over files and targets.
type fit struct {
	named     bool // a file names its platforms; otherwise all are "any"
	exact     bool // a file is for one Python minor version only
	minor     bool // a pure file names a minor version: py39, not py3
	stable    bool // a file uses the stable ABI
	extension bool // a file uses the whole ABI of its Python
}

func (f fit) join(o fit) fit {
	return fit{f.named || o.named, f.exact || o.exact, f.minor || o.minor, f.stable || o.stable, f.extension || o.extension}
}

// wide orders ways in which a file can admit a target, best first.
func (f fit) wide() int {
	n := 0
	for i, narrow := range []bool{f.minor, f.stable, f.exact, f.extension, f.named} {
		if narrow {
			n += 1 << i
		}
	}
	return n
}

// group brings the targets with equal files together. The groups are in the
// order of their first target, the cells in order of target.
func group(solutions []lock.Solution, holes []target.Target, opt Options) ([]*fileSet, []*cell, []fault.Warning, error) {
	g := grouping{needs: opt.Needs, told: map[string]bool{}}
	byKey := map[string]*fileSet{}
	var groups []*fileSet
	for _, s := range inOrder(solutions) {
		key := fileKey(s)
		if byKey[key] == nil {
			byKey[key] = &fileSet{pins: s.Pins, requires: s.RequiresPython()}
			groups = append(groups, byKey[key])
		}
		c := &cell{target: s.Target, order: s.Target.Tags(), floor: s.Target.Platform, group: byKey[key], pins: s.Pins}
		c.group.cells = append(c.group.cells, c)
		g.measure(c, s.Pins)
		g.cells = append(g.cells, c)
	}
	for _, h := range holes {
		g.cells = append(g.cells, &cell{target: h, order: h.Tags()})
	}
	g.number()
	return groups, g.cells, g.warnings, g.problems.Err()
}

// grouping is what is found while targets are brought together.
type grouping struct {
	needs    Needs
	told     map[string]bool // what warnings and problems say of binaries
	cells    []*cell
	warnings []fault.Warning
	problems fault.List
}

// number sorts the cells and tells each its place.
func (g *grouping) number() {
	slices.SortFunc(g.cells, func(a, b *cell) int { return a.target.Compare(b.target) })
	for i, c := range g.cells {
		c.index = i
		if i > 0 && c.target == g.cells[i-1].target {
			g.problems = append(g.problems, fault.New(fault.Internal, fmt.Sprintf("%s: is in the matrix twice", c.target)))
		}
	}
}

func inOrder(solutions []lock.Solution) []lock.Solution {
	return slices.SortedFunc(slices.Values(solutions), func(a, b lock.Solution) int { return a.Target.Compare(b.Target) })
}

func fileKey(s lock.Solution) string {
	keys := make([]string, len(s.Pins))
	for i, p := range s.Pins {
		keys[i] = p.File.Key()
	}
	slices.Sort(keys)
	return strings.Join(keys, "\n")
}

// measure finds how the files of a target admit it, and the floor they need.
func (g *grouping) measure(c *cell, pins []lock.Pin) {
	var floor target.Platform
	for _, p := range pins {
		f, least, ok := c.admit(p.File)
		if !ok {
			g.problems = append(g.problems, unfit(p.File, c.target))
			continue
		}
		c.group.fit = c.group.fit.join(f)
		if g.needs != nil && f.named {
			least = higher(least, g.need(c, p.File))
		}
		floor = higher(floor, least)
	}
	if floor != (target.Platform{}) {
		c.floor = floor
	}
}

// need gives what the binaries of a file need, no more than the target has.
func (g *grouping) need(c *cell, f lock.File) target.Platform {
	n, ok := g.needs.Need(f, c.target.Platform)
	if !ok || c.target.Platform.Admits(n.Least) {
		return n.Least
	}
	unmet := &UnmetNeed{File: f, Need: n, Platform: c.target.Platform}
	if g.told[unmet.Error()] {
		return c.target.Platform // for another Python
	}
	g.told[unmet.Error()] = true
	if n.Hard {
		g.problems = append(g.problems, unmet)
	} else {
		g.warnings = append(g.warnings, fault.Warning{File: f.Filename.Text, Text: unmet.text()})
	}
	return c.target.Platform
}

// higher joins two demands, of which either may be none.
func higher(a, b target.Platform) target.Platform {
	switch {
	case a == target.Platform{}:
		return b
	case b == target.Platform{}:
		return a
	}
	if h, ok := target.HigherFloor(a, b); ok {
		return h
	}
	return a
}

// admit gives the widest way in which a file's name admits a target, and the
// least platform it then demands. A file that carries several tags counts by
// the best of them: manylinux2014.manylinux_2_5 needs 2.5.
func (c *cell) admit(f lock.File) (best fit, least target.Platform, ok bool) {
	accepted := c.order
	if f.Path != "" {
		if c.local.Len() == 0 {
			c.local = c.target.LocalTags()
		}
		accepted = c.local
	}
	for _, tag := range f.Filename.Tags {
		if _, fits := accepted.Rank(tag); !fits {
			continue
		}
		way := fitOf(tag)
		need, _ := c.target.Platform.Demand(tag.Platform)
		if !ok || way.wide() < best.wide() || way == best && need.Compare(least) < 0 {
			best, least, ok = way, need, true
		}
	}
	return best, least, ok
}

func fitOf(tag tags.Tag) fit {
	f := fit{named: tag.Platform != "any"}
	version, pure := strings.CutPrefix(tag.Python, "py")
	switch {
	case strings.HasPrefix(tag.ABI, "abi3"):
		f.stable = true
	case tag.ABI != "none":
		f.extension = true
	case !pure:
		f.exact = true
	default:
		f.minor = len(version) > 1
	}
	return f
}

// UnmetNeed is a wheel whose binaries need more than a platform has, whatever
// its name says.
type UnmetNeed struct {
	File     lock.File
	Platform target.Platform
	Need     Need
}

func (e *UnmetNeed) Error() string { return e.File.Filename.Text + ": " + e.text() }

func (e *UnmetNeed) text() string {
	return fmt.Sprintf("%s needs %s, more than %s has, whatever the name of the wheel says", e.Need.Member, e.Need.Least, e.Platform)
}

// ExitCode is that of a bad wheel.
func (e *UnmetNeed) ExitCode() int { return fault.BadInput }

// Hints say what would do.
func (e *UnmetNeed) Hints() []string {
	return []string{fmt.Sprintf("build for %s instead of %s, or take another version of %s",
		e.Need.Least, e.Platform, e.File.Filename.Name)}
}
