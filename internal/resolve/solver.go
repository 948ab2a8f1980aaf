package resolve

import "sort"

// The solver is PubGrub (Weizenbaum 2018) over finite sets. A variable stands
// for "which version of this project, or none"; a clause (an incompatibility)
// names sets of choices that must not all come true together. Clauses come from
// outside (a dependency, a missing file) or are learned: resolving a violated
// clause with the clauses that caused its terms gives a new one that rules out
// the mistake wherever it could be made again, and says how far to jump back.
//
// The solver knows nothing of projects; package-level files make its variables
// and read its answers.

type varID int32

// term is one condition of a clause: the variable's choice is in the set.
type term struct {
	x   varID
	set set
}

// clause says that not all of its terms can hold. A clause without terms says
// that there is no solution.
type clause struct {
	terms []term
	// fact says where the clause comes from; nil when it was learned, then
	// left and right are what it was resolved from.
	fact        fact
	left, right *clause

	// contradicted by the assignments up to this level, as of that era.
	deadLevel int32
	deadEra   int32
}

// fact is the origin of a clause that was not learned.
type fact interface{ isFact() }

func (c *clause) term(x varID) set {
	for _, t := range c.terms {
		if t.x == x {
			return t.set
		}
	}
	return nil
}

// assignment narrows a variable. cause is nil for a decision.
type assignment struct {
	set   set // what is possible from here on
	level int32
	index int32
	cause *clause
}

type variable struct {
	full    set
	trail   []assignment
	clauses []*clause
	decided bool
}

// learning tells who was involved when a clause was learned.
type learning struct {
	x varID
	c *clause
}

type solver struct {
	vars    []variable
	trail   []varID // the variables of all assignments, in order
	level   int32
	queue   []varID
	learned []learning // since the last propagate
	// valid[e] is the lowest level jumped back to since era e began: what was
	// found contradicted in era e at a deeper level has to be looked at again.
	valid      []int32
	backtracks int
}

func newSolver() *solver { return &solver{valid: []int32{maxLevel}} }

const maxLevel = 1<<31 - 1

func (s *solver) newVar(full set) varID {
	s.vars = append(s.vars, variable{full: full})
	return varID(len(s.vars) - 1)
}

// possible is the set of choices x still has.
func (s *solver) possible(x varID) set {
	v := &s.vars[x]
	if n := len(v.trail); n > 0 {
		return v.trail[n-1].set
	}
	return v.full
}

// certain is the set of choices of x that no decision has to do with.
func (s *solver) certain(x varID) set {
	v := &s.vars[x]
	n := sort.Search(len(v.trail), func(i int) bool { return v.trail[i].level > 0 })
	if n == 0 {
		return v.full
	}
	return v.trail[n-1].set
}

// add makes c count from now on. The caller propagates.
func (s *solver) add(c *clause) {
	c.deadEra = -1
	for _, t := range c.terms {
		v := &s.vars[t.x]
		v.clauses = append(v.clauses, c)
	}
}

// touch makes a clause that was changed be looked at again.
func (c *clause) touch() { c.deadEra = -1 }

func (s *solver) isDead(c *clause) bool {
	return c.deadEra >= 0 && c.deadLevel <= s.valid[c.deadEra]
}

func (s *solver) markDead(c *clause) {
	c.deadLevel, c.deadEra = s.level, int32(len(s.valid)-1)
}

// verdict of a clause: violated, open, or one term (unit) short of violated.
func (s *solver) verdict(c *clause) (violated bool, unit int) {
	unit = -1
	for i, t := range c.terms {
		all, some := s.possible(t.x).Relation(t.set)
		switch {
		case all:
		case !some:
			s.markDead(c)
			return false, -1
		case unit >= 0:
			return false, -1
		default:
			unit = i
		}
	}
	return unit < 0, unit
}

func (s *solver) assign(x varID, possible set, cause *clause) {
	v := &s.vars[x]
	v.trail = append(v.trail, assignment{possible, s.level, int32(len(s.trail)), cause})
	s.trail = append(s.trail, x)
}

// decide begins a new level with one choice for x.
func (s *solver) decide(x varID, choice int) {
	s.level++
	v := &s.vars[x]
	v.decided = true
	one := make(set, len(v.full))
	one.Put(choice)
	s.assign(x, one, nil)
}

// backtrack forgets every assignment above a level.
func (s *solver) backtrack(level int32) {
	for len(s.trail) > 0 {
		v := &s.vars[s.trail[len(s.trail)-1]]
		last := &v.trail[len(v.trail)-1]
		if last.level <= level {
			break
		}
		if last.cause == nil {
			v.decided = false
		}
		v.trail = v.trail[:len(v.trail)-1]
		s.trail = s.trail[:len(s.trail)-1]
	}
	s.level = level
	s.backtracks++
	from := sort.Search(len(s.valid), func(i int) bool { return s.valid[i] > level })
	for i := from; i < len(s.valid); i++ {
		s.valid[i] = level
	}
	s.valid = append(s.valid, maxLevel)
}

// undecide jumps back to before x was decided.
func (s *solver) undecide(x varID) {
	if v := &s.vars[x]; v.decided {
		s.backtrack(v.trail[len(v.trail)-1].level - 1)
	}
}

// propagate draws all conclusions from a change of the variables. It returns
// nil, or the clause without terms that proves there is no solution.
func (s *solver) propagate(changed ...varID) *clause {
	s.queue = append(s.queue[:0], changed...)
	for len(s.queue) > 0 {
		x := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		violated := s.visit(x)
		if violated == nil {
			continue
		}
		pivot, c := s.learn(violated)
		if len(c.terms) == 0 {
			return c
		}
		s.queue = append(s.queue[:0], pivot)
		s.derive(pivot, c)
	}
	return nil
}

// visit looks at every clause of x, newest first, and returns one that is violated.
func (s *solver) visit(x varID) *clause {
	clauses := s.vars[x].clauses
	for i := len(clauses) - 1; i >= 0; i-- {
		c := clauses[i]
		if s.isDead(c) {
			continue
		}
		violated, unit := s.verdict(c)
		if violated {
			return c
		}
		if unit >= 0 {
			y := c.terms[unit].x
			s.derive(y, c)
			s.enqueue(y)
		}
	}
	return nil
}

func (s *solver) enqueue(x varID) {
	for _, y := range s.queue {
		if y == x {
			return
		}
	}
	s.queue = append(s.queue, x)
}

// derive takes from x the choices that c forbids.
func (s *solver) derive(x varID, c *clause) {
	s.assign(x, s.possible(x).Minus(c.term(x)), c)
	s.markDead(c)
}

// learn works a violated clause back to the decision that has to change: it
// jumps back and returns the variable to narrow and the clause to narrow it by.
func (s *solver) learn(c *clause) (varID, *clause) {
	isNew := false
	for {
		if len(c.terms) == 0 {
			return 0, c
		}
		x, at, before := s.satisfier(c)
		a := s.vars[x].trail[at]
		if a.cause == nil || before < a.level {
			s.backtrack(before)
			if isNew {
				s.add(c)
			}
			s.learned = append(s.learned, learning{x, c})
			return x, c
		}
		c = s.resolve(c, a.cause, x)
		isNew = true
		s.learned = append(s.learned, learning{x, c})
	}
}

// satisfier finds the assignment that completed the violation of c: its variable
// and its place there, and the level at which the rest of c was already true.
func (s *solver) satisfier(c *clause) (x varID, at int, before int32) {
	last := int32(-1)
	for _, t := range c.terms {
		i := s.firstInside(t.x, nil, t.set)
		a := s.vars[t.x].trail[i]
		if a.index > last {
			if last >= 0 {
				before = max(before, s.vars[x].trail[at].level)
			}
			x, at, last = t.x, i, a.index
		} else {
			before = max(before, a.level)
		}
	}
	return x, at, max(before, s.contributed(c, x, at))
}

// contributed is the level at which x itself had to be narrowed before the
// assignment at its place `at` could complete the violation.
func (s *solver) contributed(c *clause, x varID, at int) int32 {
	a := s.vars[x].trail[at]
	own := a.set
	if a.cause != nil {
		own = s.vars[x].full.Minus(a.cause.term(x))
	}
	t := c.term(x)
	if own.SubsetOf(t) {
		return 0
	}
	return s.vars[x].trail[s.firstInside(x, own, t)].level
}

// firstInside is the place of the first assignment of x after which all that is
// possible, and in own when that is given, lies in t.
func (s *solver) firstInside(x varID, own, t set) int {
	trail := s.vars[x].trail
	return sort.Search(len(trail)-1, func(i int) bool {
		if own == nil {
			return trail[i].set.SubsetOf(t)
		}
		return trail[i].set.And(own).SubsetOf(t)
	})
}

// resolve joins two clauses that say opposite things of x.
func (s *solver) resolve(c, cause *clause, x varID) *clause {
	r := &clause{left: c, right: cause, terms: make([]term, 0, len(c.terms)+len(cause.terms)-1)}
	for _, t := range c.terms {
		other := cause.term(t.x)
		switch {
		case t.x == x:
			if u := t.set.Or(other); !s.vars[x].full.Equal(u) {
				r.terms = append(r.terms, term{x, u})
			}
		case other != nil:
			r.terms = append(r.terms, term{t.x, t.set.And(other)})
		default:
			r.terms = append(r.terms, t)
		}
	}
	for _, t := range cause.terms {
		if c.term(t.x) == nil {
			r.terms = append(r.terms, t)
		}
	}
	return r
}
