package pep440

import "sort"

// Ranges is a set of versions: sorted disjoint intervals, exact to the last
// local version. Equal sets are represented equally. The zero Ranges is empty.
//
// It is the list of places where membership changes, from outside to inside
// and back. A first cut that is zero is the place before all versions.
type Ranges struct {
	cuts []cut
}

// Empty is the set without versions.
func Empty() Ranges { return Ranges{} }

// Full is the set of all versions.
func Full() Ranges { return Ranges{cuts: []cut{{}}} }

// Singleton is the set of v alone: not of its local versions.
func Singleton(v Version) Ranges {
	return between(before(v), cut{v: v, after: true})
}

// AtLeast is the set of v and all versions after it in the order.
func AtLeast(v Version) Ranges { return Ranges{cuts: []cut{before(v)}} }

// Below is the set of all versions before v in the order, which is not what
// the operator < means.
func Below(v Version) Ranges { return AtLeast(v).Complement() }

// between is the interval from one cut to another, where a zero to has no end.
func between(from, to cut) Ranges {
	switch {
	case to.isZero():
		return Ranges{cuts: []cut{from}}
	case before(to.v).isZero() && !to.after || from.compare(to) >= 0:
		return Ranges{}
	}
	return Ranges{cuts: []cut{from, to}}
}

// Ranges is the set of versions that the clause admits. Where === is followed
// by a version it is that version; another text is no version.
func (spec Specifier) Ranges() Ranges {
	if spec.op == opArbitrary {
		if spec.version.IsZero() {
			return Empty()
		}
		return Singleton(spec.version)
	}
	r := between(spec.from, spec.to)
	if spec.negate {
		return r.Complement()
	}
	return r
}

// Ranges is the set of versions that Matches admits, but for === clauses: see
// Specifier.Ranges.
func (s SpecifierSet) Ranges() Ranges {
	if len(s.clauses) == 0 {
		return Full()
	}
	r := s.clauses[0].Ranges()
	for _, spec := range s.clauses[1:] {
		r = r.Intersect(spec.Ranges())
	}
	return r
}

// IsEmpty says whether the set has no version.
func (r Ranges) IsEmpty() bool { return len(r.cuts) == 0 }

// IsFull says whether the set has all versions.
func (r Ranges) IsFull() bool { return len(r.cuts) == 1 && r.cuts[0].isZero() }

// Single is the version of a set that has one version.
func (r Ranges) Single() (Version, bool) {
	if len(r.cuts) != 2 || !r.cuts[1].after || r.cuts[0].after {
		return Version{}, false
	}
	v := r.cuts[1].v
	return v, r.cuts[0].compare(before(v)) == 0
}

// Contains says whether v is in the set.
func (r Ranges) Contains(v Version) bool {
	const few = 8
	if len(r.cuts) <= few {
		passed := 0
		for passed < len(r.cuts) && r.passes(passed, v) {
			passed++
		}
		return passed%2 == 1
	}
	return sort.Search(len(r.cuts), func(i int) bool { return !r.passes(i, v) })%2 == 1
}

// passes says whether v is above the i-th cut.
func (r Ranges) passes(i int, v Version) bool {
	return r.cuts[i].isZero() || r.cuts[i].admits(v)
}

// Complement is the set of the versions that are not in r.
func (r Ranges) Complement() Ranges {
	if len(r.cuts) > 0 && r.cuts[0].isZero() {
		return Ranges{cuts: r.cuts[1:]}
	}
	cuts := make([]cut, 1, len(r.cuts)+1)
	return Ranges{cuts: append(cuts, r.cuts...)}
}

// Intersect is the set of the versions in both.
func (r Ranges) Intersect(s Ranges) Ranges {
	switch {
	case r.IsEmpty() || s.IsFull():
		return r
	case s.IsEmpty() || r.IsFull():
		return s
	}
	return merge(r, s, 2)
}

// Union is the set of the versions in either.
func (r Ranges) Union(s Ranges) Ranges {
	switch {
	case r.IsEmpty() || s.IsFull():
		return s
	case s.IsEmpty() || r.IsFull():
		return r
	}
	return merge(r, s, 1)
}

// merge is the set of the versions that at least so many of r and s have.
func merge(r, s Ranges, wanted int) Ranges {
	cuts := make([]cut, 0, len(r.cuts)+len(s.cuts))
	w := walk{r: r.cuts, s: s.cuts}
	inside := false
	for w.next() {
		if now := btoi(w.inR)+btoi(w.inS) >= wanted; now != inside {
			inside = now
			cuts = append(cuts, w.at)
		}
	}
	return Ranges{cuts: cuts}
}

// walk passes the cuts of two sets in order; after each step it tells in which
// of the sets the versions above the cut are.
type walk struct {
	r, s     []cut
	inR, inS bool
	at       cut
}

func (w *walk) next() bool {
	order := 0
	switch {
	case len(w.r) == 0 && len(w.s) == 0:
		return false
	case len(w.r) == 0:
		order = 1
	case len(w.s) == 0:
		order = -1
	default:
		order = w.r[0].compare(w.s[0])
	}
	if order <= 0 {
		w.at, w.r, w.inR = w.r[0], w.r[1:], !w.inR
	}
	if order >= 0 {
		w.at, w.s, w.inS = w.s[0], w.s[1:], !w.inS
	}
	return true
}

// SubsetOf says whether all versions of r are in s.
func (r Ranges) SubsetOf(s Ranges) bool {
	for w := (walk{r: r.cuts, s: s.cuts}); w.next(); {
		if w.inR && !w.inS {
			return false
		}
	}
	return true
}

// Disjoint says whether no version is in both.
func (r Ranges) Disjoint(s Ranges) bool {
	for w := (walk{r: r.cuts, s: s.cuts}); w.next(); {
		if w.inR && w.inS {
			return false
		}
	}
	return true
}

// Equal says whether r and s have the same versions.
func (r Ranges) Equal(s Ranges) bool {
	if len(r.cuts) != len(s.cuts) {
		return false
	}
	for i := range r.cuts {
		if r.cuts[i].compare(s.cuts[i]) != 0 {
			return false
		}
	}
	return true
}
