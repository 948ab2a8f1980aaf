package pep440

import (
	"math"
	"slices"
)

// PatchRange is a run of patch releases, both ends included; To is -1 where it
// has no end.
type PatchRange struct{ From, To int }

// AdmitsMinor says whether the set admits some, and whether it admits all, of
// the final releases major.minor.Z for Z = 0, 1, 2 and so on without end. It is
// how Requires-Python is read for a minor version of Python.
func (s SpecifierSet) AdmitsMinor(major, minor int) (some, all bool) {
	all = true
	for i := -1; i < 2*len(s.clauses); i++ {
		patch, ok := s.boundary(i, major, minor)
		if !ok {
			continue
		}
		if s.Matches(patchRelease(major, minor, patch)) {
			some = true
		} else {
			all = false
		}
	}
	return some, all
}

// AdmittedPatches are the runs of Z for which the set admits the final release
// major.minor.Z, in order. Patch numbers beyond the largest int are not told
// apart.
func (s SpecifierSet) AdmittedPatches(major, minor int) []PatchRange {
	var starts []int
	for i := -1; i < 2*len(s.clauses); i++ {
		if patch, ok := s.boundary(i, major, minor); ok {
			starts = append(starts, patch)
		}
	}
	slices.Sort(starts)
	var runs []PatchRange
	inside := false
	for _, patch := range slices.Compact(starts) {
		switch now := s.Matches(patchRelease(major, minor, patch)); {
		case now && !inside:
			runs = append(runs, PatchRange{From: patch, To: -1})
			inside = true
		case !now && inside:
			runs[len(runs)-1].To = patch - 1
			inside = false
		}
	}
	return runs
}

// boundary is a patch number where what the set admits may change: the i-th
// end of an interval of the clauses, or 0 for -1. Between two neighbouring ones
// all patches are alike.
func (s SpecifierSet) boundary(i, major, minor int) (patch int, ok bool) {
	if i < 0 {
		return 0, true
	}
	spec := &s.clauses[i/2]
	c := spec.from
	switch {
	case spec.op == opArbitrary:
		c = cut{v: spec.version, after: i%2 == 1}
	case i%2 == 1:
		c = spec.to
	}
	if c.isZero() {
		return 0, false
	}
	return c.firstPatch(major, minor)
}

// firstPatch is the smallest Z for which major.minor.Z is above the cut.
func (c cut) firstPatch(major, minor int) (int, bool) {
	if c.admits(patchRelease(major, minor, 0)) {
		return 0, false
	}
	if c.v.lo == 0 && !c.v.d.rest.parts.epoch.isZero() || c.v.Release(0) != major || c.v.Release(1) != minor {
		return 0, false
	}
	patch := c.v.Release(2)
	if patch == math.MaxInt {
		return 0, false
	}
	if !c.admits(patchRelease(major, minor, patch)) {
		patch++
	}
	return patch, true
}

// patchRelease is the version major.minor.patch, to be compared only.
func patchRelease(major, minor, patch int) Version {
	const limit = 1 << releaseBits
	if major < limit && minor < limit && patch < limit {
		hi := uint64(major)<<(3*releaseBits) | uint64(minor)<<(2*releaseBits) | uint64(patch)<<releaseBits
		return Version{hi: hi, lo: keyFinal, d: &patchDetail}
	}
	p := parts{pre: preNone}
	for _, n := range [...]int{major, minor, patch} {
		p.addRelease(number{n: uint64(n)})
	}
	return p.build("")
}

// patchDetail serves all versions of patchRelease.
var patchDetail = detail{count: 3}
