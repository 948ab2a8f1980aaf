package resolve

import (
	"math/rand/v2"
	"testing"

	"github.com/axlepack/axle/internal/bitset"
)

// testFact is the origin of the clauses that tests state.
type testFact struct{}

func (testFact) isFact() {}

// randomProblem makes a few small variables and clauses such as a package
// index gives: requirements of the user, dependencies, versions of no use.
func randomProblem(r *rand.Rand) (*solver, []*clause) {
	s := newSolver()
	n := 2 + r.IntN(5)
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = 2 + r.IntN(4)
		s.newVar(bitset.Full(sizes[i]))
	}
	subset := func(size, low int) set {
		t := bitset.New(size)
		for c := low; c < size; c++ {
			if r.IntN(2) == 0 {
				t.Put(c)
			}
		}
		return t
	}
	var clauses []*clause
	state := func(terms ...term) {
		c := &clause{fact: testFact{}}
		for _, t := range terms {
			if t.set.Empty() {
				return
			}
			if !s.vars[t.x].full.Equal(t.set) {
				c.terms = append(c.terms, t)
			}
		}
		s.add(c)
		clauses = append(clauses, c)
	}
	for range 1 + r.IntN(2) {
		x := r.IntN(n)
		state(term{varID(x), s.vars[x].full.Minus(subset(sizes[x], 1))})
	}
	for range r.IntN(14) {
		x, y := r.IntN(n), r.IntN(n)
		if x != y {
			state(term{varID(x), subset(sizes[x], 1)}, term{varID(y), s.vars[y].full.Minus(subset(sizes[y], 1))})
		}
	}
	if x := r.IntN(n); r.IntN(2) == 0 {
		state(term{varID(x), subset(sizes[x], 1)})
	}
	return s, clauses
}

// allows says whether an assignment violates none of the clauses.
func allows(clauses []*clause, choices []int) bool {
	for _, c := range clauses {
		violated := true
		for _, t := range c.terms {
			violated = violated && t.set.Has(choices[t.x])
		}
		if violated {
			return false
		}
	}
	return true
}

// assignments calls visit with every assignment of the variables.
func assignments(s *solver, visit func([]int)) {
	choices := make([]int, len(s.vars))
	var next func(x int)
	next = func(x int) {
		if x == len(choices) {
			visit(choices)
			return
		}
		for c := s.vars[x].full.Next(0); c >= 0; c = s.vars[x].full.Next(c + 1) {
			choices[x] = c
			next(x + 1)
		}
	}
	next(0)
}

// run decides, for each variable that must be there, the newest version.
func (s *solver) run(t *testing.T, check func(*clause)) *clause {
	changed := make([]varID, len(s.vars))
	for x := range changed {
		changed[x] = varID(x)
	}
	for range 10000 {
		impossible := s.propagate(changed...)
		for _, l := range s.learned {
			check(l.c)
		}
		s.learned = nil
		if impossible != nil {
			return impossible
		}
		x := -1
		for y := range s.vars {
			if !s.vars[y].decided && !s.possible(varID(y)).Has(absent) {
				x = y
				break
			}
		}
		if x < 0 {
			return nil
		}
		s.decide(varID(x), s.possible(varID(x)).Prev(63))
		changed = []varID{varID(x)}
	}
	t.Fatal("no end")
	return nil
}

func TestSolverAgainstExhaustiveSearch(t *testing.T) {
	solvable := 0
	for seed := range uint64(4000) {
		s, clauses := randomProblem(rand.New(rand.NewPCG(seed, 1)))
		answers := 0
		assignments(s, func(choices []int) {
			if allows(clauses, choices) {
				answers++
			}
		})
		impossible := false
		for _, c := range clauses {
			impossible = impossible || len(c.terms) == 0
		}
		if impossible {
			continue
		}
		end := s.run(t, func(c *clause) { checkImplied(t, seed, s, clauses, c) })
		if (end == nil) != (answers > 0) {
			t.Fatalf("seed %d: solved %v, answers %d", seed, end == nil, answers)
		}
		if end != nil {
			continue
		}
		solvable++
		choices := make([]int, len(s.vars))
		for x := range choices {
			if s.vars[x].decided {
				choices[x] = s.possible(varID(x)).Next(1)
			}
		}
		if !allows(clauses, choices) {
			t.Fatalf("seed %d: %v violates a clause", seed, choices)
		}
	}
	if solvable < 500 {
		t.Errorf("only %d of the problems have a solution", solvable)
	}
}

// checkImplied: what is learned must hold in every solution.
func checkImplied(t *testing.T, seed uint64, s *solver, clauses []*clause, learned *clause) {
	assignments(s, func(choices []int) {
		if allows(clauses, choices) && !allows([]*clause{learned}, choices) {
			t.Fatalf("seed %d: learned a clause that the solution %v violates", seed, choices)
		}
	})
}

func TestSet(t *testing.T) {
	for _, size := range []int{1, 2, 63, 64, 65, 127, 128, 200} {
		full := bitset.Full(size)
		if full.Count() != size || full.Prev(len(full)*64-1) != size-1 || full.Next(0) != 0 {
			t.Errorf("fullSet(%d) is wrong", size)
		}
		s := bitset.New(size)
		s.PutRange(1, size)
		if s.Count() != size-1 || s.Has(0) {
			t.Errorf("putRange(1, %d) holds %d", size, s.Count())
		}
		if !full.Minus(s).Equal(bitset.Single(size, 0)) || !s.Or(bitset.Single(size, 0)).Equal(full) {
			t.Errorf("size %d: sets do not add up", size)
		}
		for c := range size {
			if got := bitset.Single(size, c); got.Next(0) != c || got.Prev(size) != c || got.Next(c+1) != -1 || c > 0 && got.Prev(c-1) != -1 {
				t.Errorf("single(%d, %d) is not found", size, c)
			}
		}
	}
}
