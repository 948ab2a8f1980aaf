package resolve

import "math/bits"

// set is a set of the choices a variable has. Choice 0 is "not there at all";
// choice i+1 is version i of the project, versions being ascending. Sets are
// never changed once they are shared.
type set []uint64

const (
	absent  = 0 // the choice of leaving a project out
	present = 1 // the only other choice of a variable that has no versions
)

func newSet(size int) set { return make(set, (size+63)/64) }

func fullSet(size int) set {
	s := newSet(size)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := size % 64; rest != 0 {
		s[len(s)-1] = 1<<rest - 1
	}
	return s
}

func single(size, choice int) set {
	s := newSet(size)
	s.put(choice)
	return s
}

// put changes s: only for the one who made it.
func (s set) put(choice int)      { s[choice/64] |= 1 << (choice % 64) }
func (s set) has(choice int) bool { return s[choice/64]>>(choice%64)&1 != 0 }

// putRange adds the choices from lo up to but not including hi.
func (s set) putRange(lo, hi int) {
	for lo < hi {
		if lo%64 == 0 && lo+64 <= hi {
			s[lo/64] = ^uint64(0)
			lo += 64
			continue
		}
		s.put(lo)
		lo++
	}
}

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) and(t set) set {
	u := make(set, len(s))
	for i := range s {
		u[i] = s[i] & t[i]
	}
	return u
}

func (s set) or(t set) set {
	u := make(set, len(s))
	for i := range s {
		u[i] = s[i] | t[i]
	}
	return u
}

func (s set) minus(t set) set {
	u := make(set, len(s))
	for i := range s {
		u[i] = s[i] &^ t[i]
	}
	return u
}

func (s set) equal(t set) bool {
	for i := range s {
		if s[i] != t[i] {
			return false
		}
	}
	return true
}

func (s set) subsetOf(t set) bool {
	for i := range s {
		if s[i]&^t[i] != 0 {
			return false
		}
	}
	return true
}

// next is the smallest member not below from, or -1.
func (s set) next(from int) int {
	if from < 0 {
		from = 0
	}
	for i := from / 64; i < len(s); i++ {
		w := s[i]
		if i == from/64 {
			w &= ^uint64(0) << (from % 64)
		}
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// prev is the greatest member not above from, or -1.
func (s set) prev(from int) int {
	from = min(from, len(s)*64-1)
	for i := from / 64; i >= 0 && from >= 0; i-- {
		w := s[i]
		if i == from/64 {
			w &= ^uint64(0) >> (63 - from%64)
		}
		if w != 0 {
			return i*64 + 63 - bits.LeadingZeros64(w)
		}
	}
	return -1
}

// relation is how what is still possible (s) stands to a term (t): all of it
// inside, some of it, or none.
func (s set) relation(t set) (all, some bool) {
	all = true
	for i := range s {
		if s[i]&t[i] != 0 {
			some = true
		}
		if s[i]&^t[i] != 0 {
			all = false
		}
	}
	return all && some, some
}
