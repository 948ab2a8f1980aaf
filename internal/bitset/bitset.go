// Package bitset holds sets of small numbers, as bits of words. Sets that are
// used together are made for the same number of members; those of different
// lengths must not be mixed. And, Or and Minus make new sets, so that sets can
// be shared; Put, PutRange and Remove change a set, and are for whoever made it.
package bitset

import "math/bits"

// Set is a set of the numbers from 0 up to but not including the size it was
// made for.
type Set []uint64

// New is an empty set.
func New(size int) Set { return make(Set, (size+63)/64) }

// Full is a set with all members.
func Full(size int) Set {
	s := New(size)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := size % 64; rest != 0 {
		s[len(s)-1] = 1<<rest - 1
	}
	return s
}

// Single is a set with one member.
func Single(size, member int) Set {
	s := New(size)
	s.Put(member)
	return s
}

// Put adds a member.
func (s Set) Put(i int) { s[i/64] |= 1 << (i % 64) }

// Remove takes a member away.
func (s Set) Remove(i int) { s[i/64] &^= 1 << (i % 64) }

// Has says whether a number is a member.
func (s Set) Has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }

// PutRange adds the members from lo up to but not including hi.
func (s Set) PutRange(lo, hi int) {
	for lo < hi {
		if lo%64 == 0 && lo+64 <= hi {
			s[lo/64] = ^uint64(0)
			lo += 64
			continue
		}
		s.Put(lo)
		lo++
	}
}

// Empty says that there is no member.
func (s Set) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// Count is the number of members.
func (s Set) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// And has the members of both.
func (s Set) And(t Set) Set {
	u := make(Set, len(s))
	for i := range s {
		u[i] = s[i] & t[i]
	}
	return u
}

// Or has the members of either.
func (s Set) Or(t Set) Set {
	u := make(Set, len(s))
	for i := range s {
		u[i] = s[i] | t[i]
	}
	return u
}

// Minus has the members of s that t has not.
func (s Set) Minus(t Set) Set {
	u := make(Set, len(s))
	for i := range s {
		u[i] = s[i] &^ t[i]
	}
	return u
}

// Equal says that both have the same members.
func (s Set) Equal(t Set) bool {
	for i := range s {
		if s[i] != t[i] {
			return false
		}
	}
	return true
}

// SubsetOf says that t has all members of s.
func (s Set) SubsetOf(t Set) bool {
	for i := range s {
		if s[i]&^t[i] != 0 {
			return false
		}
	}
	return true
}

// Next is the smallest member not below from, or -1.
func (s Set) Next(from int) int {
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

// Prev is the greatest member not above from, or -1.
func (s Set) Prev(from int) int {
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

// Relation is how s stands to t: whether all of it is inside, and whether some
// of it is. Of an empty set nothing is.
func (s Set) Relation(t Set) (all, some bool) {
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
