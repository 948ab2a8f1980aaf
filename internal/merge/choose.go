package merge

import (
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/fault"
)

// choice is a package under consideration: cells of one group, the names it
// may have, and which of them it has now.
type choice struct {
	group      *fileSet
	members    []*cell
	candidates []tagging
	current    int
	foreign    *Foreign // a package made elsewhere: then it has one name and no group
	ranks      [][]int  // [candidate][cell]: the place of the name in the cell's order, or refused
}

// refused stands for the rank of a name that a cell does not accept.
const refused = int(^uint(0) >> 1)

func (c *choice) tagging() tagging { return c.candidates[c.current] }

// rank is how well a cell likes a candidate of the choice.
func (c *choice) rank(candidate int, of *cell) int { return c.ranks[candidate][of.index] }

// now is how well a cell likes the name the choice has now.
func (c *choice) now(of *cell) int { return c.rank(c.current, of) }

// search looks for names such that every cell likes that of its own package
// best, and a hole likes none. It begins with the most shared names and
// repairs what is wrong, one cell after the other: the package that reached
// too far takes a narrower name, or, where it reached for another platform and
// that name is shorter, the one that was passed over a better one. Where
// neither helps, the package that reached too far is parted. Names only get
// narrower and packages smaller, so it ends; last, each package takes the
// widest name that still does.
type search struct {
	cells   []*cell
	choices []*choice
	own     []*choice // by cell; nil for a hole
	stem    string
	lost    map[*cell]*choice // cells that no name helps, and the package they like too well
}

func newSearch(groups []*fileSet, cells []*cell, stem string, foreign []Foreign) *search {
	s := &search{cells: cells, own: make([]*choice, len(cells)), stem: stem, lost: map[*cell]*choice{}}
	if len(foreign) > 0 {
		for _, c := range cells {
			c.order = c.target.LocalTags() // agents take a bare linux_ARCH, too
		}
	}
	for _, g := range groups {
		s.add(g, g.cells)
	}
	s.addForeign(foreign)
	return s
}

// addForeign adds packages whose names are given. A hole that some of them
// fit is that of the best of them.
func (s *search) addForeign(foreign []Foreign) {
	for i := range foreign {
		c := &choice{foreign: &foreign[i], candidates: []tagging{{tags: foreign[i].Filename.Tags}}}
		c.look(s.cells)
		s.choices = append(s.choices, c)
	}
	for i, hole := range s.cells {
		if hole.group != nil {
			continue
		}
		for _, c := range s.choices {
			if c.foreign != nil && c.now(hole) != refused && c.foreign.fits(hole.target) && (s.own[i] == nil || c.better(s.own[i], hole)) {
				s.own[i] = c
			}
		}
		if own := s.own[i]; own != nil {
			own.members = append(own.members, hole)
		}
	}
}

// better compares two packages made elsewhere for a cell: by tag, then by
// build number.
func (c *choice) better(o *choice, of *cell) bool {
	if c.now(of) != o.now(of) {
		return c.now(of) < o.now(of)
	}
	return c.foreign.Filename.Build.Compare(o.foreign.Filename.Build) > 0
}

// add makes a choice of these cells, or several where one name cannot hold them.
func (s *search) add(g *fileSet, members []*cell) {
	c := &choice{group: g, members: members, candidates: s.taggings(g, members)}
	if len(c.candidates) == 0 {
		for _, part := range parts(members) {
			s.add(g, part)
		}
		return
	}
	c.look(s.cells)
	s.choices = append(s.choices, c)
	for _, m := range members {
		s.own[m.index] = c
	}
}

// look asks every cell what it thinks of each candidate.
func (c *choice) look(cells []*cell) {
	c.ranks = make([][]int, len(c.candidates))
	for i, t := range c.candidates {
		c.ranks[i] = make([]int, len(cells))
		for j, of := range cells {
			rank, _, ok := of.order.Best(t.tags)
			if !ok {
				rank = refused
			}
			c.ranks[i][j] = rank
		}
	}
}

// taggings lists the names that members may have in this matrix.
func (s *search) taggings(g *fileSet, members []*cell) []tagging {
	alone, local := true, true
	for _, c := range s.cells {
		on := slices.ContainsFunc(members, func(m *cell) bool { return m.target.Platform == c.target.Platform })
		alone = alone && (!on || slices.Contains(members, c))
		local = local && c.target.Platform == members[0].target.Platform
	}
	one := !slices.ContainsFunc(members, func(m *cell) bool { return m.target.Platform != members[0].target.Platform })
	return taggings(g.fit, members, naming{alone: alone, local: one && !local, empty: len(g.pins) == 0, stem: s.stem})
}

func (s *search) run() error {
	for {
		c, intruder := s.wrong()
		if c == nil {
			break
		}
		s.repair(c, intruder)
	}
	s.relax()
	var problems fault.List
	for _, c := range s.cells {
		if intruder := s.lost[c]; intruder != nil {
			problems = append(problems, lostError(c, intruder))
		}
	}
	return problems.Err()
}

func lostError(c *cell, intruder *choice) error {
	if intruder.foreign != nil {
		return fault.New(fault.NoPackage,
			fmt.Sprintf("%s: an agent would pick %s, which was made elsewhere and is not meant for it", c.target, intruder.foreign.Filename.Text),
			"take that package away, or leave the target out")
	}
	return fault.New(fault.NoPackage,
		fmt.Sprintf("%s: has no solution, and no name keeps the packages of other targets from it", c.target),
		"leave the target out, or make it buildable")
}

// wrong finds the first cell that does not like its own package best, and the
// package that it likes as well or better.
func (s *search) wrong() (*cell, *choice) {
	for i, c := range s.cells {
		if s.lost[c] != nil {
			continue
		}
		best, intruder := refused, (*choice)(nil)
		for _, other := range s.choices {
			if rank := other.now(c); rank < best && other != s.own[i] && !s.yields(other, c) {
				best, intruder = rank, other
			}
		}
		if intruder != nil && (s.own[i] == nil || best <= s.own[i].now(c)) {
			return c, intruder
		}
	}
	return nil, nil
}

// yields says whether a package made elsewhere leaves the cell to another one.
func (s *search) yields(other *choice, c *cell) bool {
	own := s.own[c.index]
	return own != nil && own.foreign != nil && other.foreign != nil && own.better(other, c)
}

func (s *search) repair(c *cell, intruder *choice) {
	own := s.own[c.index]
	narrow := intruder.next(func(i int) bool {
		rank := intruder.rank(i, c)
		return rank == refused || own != nil && rank > own.now(c)
	})
	raise := -1
	if own != nil {
		raise = own.next(func(i int) bool { return own.rank(i, c) < intruder.now(c) })
	}
	switch {
	case narrow >= 0 && (raise < 0 || intruder.isOn(c) || intruder.candidates[narrow].parts() <= own.candidates[raise].parts()):
		intruder.current = narrow
	case raise >= 0:
		own.current = raise
	case len(intruder.members) > 1:
		s.part(intruder)
	case own != nil && len(own.members) > 1:
		s.part(own)
	default:
		s.lost[c] = intruder
	}
}

// isOn says whether the choice serves the platform of a cell.
func (c *choice) isOn(of *cell) bool {
	return slices.ContainsFunc(c.members, func(m *cell) bool { return m.target.Platform == of.target.Platform })
}

// next finds the first narrower candidate that does.
func (c *choice) next(does func(candidate int) bool) int {
	for i := c.current + 1; i < len(c.candidates); i++ {
		if does(i) {
			return i
		}
	}
	return -1
}

func (s *search) part(c *choice) {
	s.choices = slices.DeleteFunc(s.choices, func(o *choice) bool { return o == c })
	for _, members := range parts(c.members) {
		s.add(c.group, members)
	}
}

// relax gives each package, those for most targets first, the widest name
// with which nothing goes wrong.
func (s *search) relax() {
	order := slices.Clone(s.choices)
	slices.SortStableFunc(order, func(a, b *choice) int { return len(b.members) - len(a.members) })
	for _, c := range order {
		found := c.current
		for c.current = 0; c.current < found; c.current++ {
			if wrong, _ := s.wrong(); wrong == nil {
				break
			}
		}
	}
}

// parts parts cells into as few rectangles of Pythons and platforms as one of
// two ways gives: platforms with the same Pythons, or Pythons with the same
// platforms. A rectangle falls apart into its cells.
func parts(members []*cell) [][]*cell {
	byPlatform := rectangles(members, func(c *cell) string { return c.target.Platform.String() }, func(c *cell) string { return c.target.Python.String() })
	byPython := rectangles(members, func(c *cell) string { return c.target.Python.String() }, func(c *cell) string { return c.target.Platform.String() })
	switch {
	case len(byPlatform) > 1 && (len(byPython) == 1 || len(byPlatform) <= len(byPython)):
		return byPlatform
	case len(byPython) > 1:
		return byPython
	}
	var single [][]*cell
	for _, c := range members {
		single = append(single, []*cell{c})
	}
	return single
}

// rectangles joins the rows that have the same columns.
func rectangles(members []*cell, row, column func(*cell) string) [][]*cell {
	columns, rows := map[string]string{}, []string{}
	for _, c := range members {
		if _, seen := columns[row(c)]; !seen {
			rows = append(rows, row(c))
		}
		columns[row(c)] += column(c) + "\n"
	}
	byColumns := map[string]int{}
	var out [][]*cell
	for _, r := range rows {
		if _, seen := byColumns[columns[r]]; !seen {
			byColumns[columns[r]] = len(out)
			out = append(out, nil)
		}
	}
	for _, c := range members {
		i := byColumns[columns[row(c)]]
		out[i] = append(out[i], c)
	}
	return out
}
