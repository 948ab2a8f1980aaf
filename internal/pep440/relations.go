package pep440

import "errors"

// ErrArbitrary is why sets cannot be compared: a clause with === admits texts
// that are no versions.
var ErrArbitrary = errors.New("sets with === have no subset relation")

// Subset says whether t admits every version that s admits.
func (s SpecifierSet) Subset(t SpecifierSet) (bool, error) {
	if s.hasArbitrary() || t.hasArbitrary() {
		return false, ErrArbitrary
	}
	return s.Ranges().SubsetOf(t.Ranges()), nil
}

// Superset says whether s admits every version that t admits.
func (s SpecifierSet) Superset(t SpecifierSet) (bool, error) { return t.Subset(s) }

// Disjoint says whether no version is admitted by both.
func (s SpecifierSet) Disjoint(t SpecifierSet) (bool, error) {
	if s.hasArbitrary() || t.hasArbitrary() {
		return false, ErrArbitrary
	}
	return s.Ranges().Disjoint(t.Ranges()), nil
}

// Unsatisfiable says whether nothing can be admitted; where pre is false,
// whether no final or post-release can.
func (s SpecifierSet) Unsatisfiable(pre *bool) bool {
	noPre := pre != nil && !*pre
	if s.hasArbitrary() {
		return s.arbitraryUnsatisfiable(noPre)
	}
	r := s.Ranges()
	return r.IsEmpty() || noPre && !r.hasFinal()
}

// arbitraryUnsatisfiable tries the only text that can match: the one after ===.
func (s SpecifierSet) arbitraryUnsatisfiable(noPre bool) bool {
	for i := range s.clauses {
		if spec := &s.clauses[i]; spec.op == opArbitrary {
			return !s.matchesText(spec.VersionText(), spec.version) || noPre && spec.version.IsPrerelease()
		}
	}
	return false
}

// hasFinal says whether the set has a version that is no pre-release.
func (r Ranges) hasFinal() bool {
	for i := 0; i < len(r.cuts); i += 2 {
		if i+1 == len(r.cuts) || !r.cuts[i+1].admits(r.cuts[i].firstFinal()) {
			return true
		}
	}
	return false
}

// firstFinal is a version that is no pre-release, above the cut or so close
// below it that others like it are above: every version between the cut and
// firstFinal is a pre-release.
func (c cut) firstFinal() Version {
	if c.isZero() {
		return MustParse("0")
	}
	p := c.v.parts()
	switch {
	case p.pre == preAlpha || p.pre == preBeta || p.pre == preCandidate:
		p.clearSuffix()
	case p.dev:
		p.dev, p.devN, p.local = false, number{}, nil
		p.fixPre()
	}
	return p.build("")
}
