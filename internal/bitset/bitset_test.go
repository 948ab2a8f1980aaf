package bitset

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// model is what a set is held against.
type model map[int]bool

func random(r *rand.Rand, size int) (Set, model) {
	s, m := New(size), model{}
	for range r.IntN(size + 1) {
		i := r.IntN(size)
		s.Put(i)
		m[i] = true
	}
	if lo := r.IntN(size); r.IntN(3) == 0 {
		hi := lo + r.IntN(size-lo+1)
		s.PutRange(lo, hi)
		for i := lo; i < hi; i++ {
			m[i] = true
		}
	}
	if i := r.IntN(size); r.IntN(2) == 0 {
		s.Remove(i)
		delete(m, i)
	}
	return s, m
}

// members are those of a set, found by Next; they must be those found by Prev.
func members(t *testing.T, s Set, size int) []int {
	t.Helper()
	var up, down []int
	for i := s.Next(-1); i >= 0; i = s.Next(i + 1) {
		up = append(up, i)
	}
	for i := s.Prev(size + 99); i >= 0; i = s.Prev(i - 1) {
		down = append(down, i)
	}
	slices.Reverse(down)
	if !slices.Equal(up, down) {
		t.Fatalf("upwards %v, downwards %v", up, down)
	}
	return up
}

func TestSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		size := 1 + r.IntN(200)
		s, m := random(r, size)
		o, n := random(r, size)
		both, either, rest := model{}, maps.Clone(m), model{}
		maps.Copy(either, n)
		for i := range m {
			if n[i] {
				both[i] = true
			} else {
				rest[i] = true
			}
		}
		for name, c := range map[string]struct {
			set  Set
			want model
		}{"s": {s, m}, "and": {s.And(o), both}, "or": {s.Or(o), either}, "minus": {s.Minus(o), rest}} {
			want := slices.Sorted(maps.Keys(c.want))
			if got := members(t, c.set, size); !slices.Equal(got, want) || c.set.Count() != len(want) || c.set.Empty() != (len(want) == 0) {
				t.Fatalf("%s of %d: %v, want %v", name, size, got, want)
			}
		}
		for i := range size {
			if s.Has(i) != m[i] {
				t.Fatalf("%d of %v", i, m)
			}
		}
		if s.Equal(o) != maps.Equal(m, n) || s.SubsetOf(o) != (len(rest) == 0) || !s.Equal(s.And(s)) {
			t.Fatalf("%v and %v", m, n)
		}
		all, some := s.Relation(o)
		if some != (len(both) > 0) || all != (len(rest) == 0 && len(m) > 0) {
			t.Fatalf("%v to %v: %v, %v", m, n, all, some)
		}
		full := Full(size)
		if full.Count() != size || !s.SubsetOf(full) || Single(size, size-1).Next(0) != size-1 {
			t.Fatalf("size %d", size)
		}
	}
	if none := New(0); !none.Empty() || none.Next(0) >= 0 || none.Prev(0) >= 0 || Full(0).Count() != 0 {
		t.Error("a set without members")
	}
}
