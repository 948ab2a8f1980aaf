package pep440

// Contains says whether the set admits the text of one version. Pre-releases
// count when pre is true or nil (one version alone has no final release beside
// it that would be preferred), and never when it is false. A text that is no
// version is admitted by an empty set and by === clauses of the same text.
func (s SpecifierSet) Contains(v string, pre *bool) bool {
	return len(s.Filter([]string{v}, pre)) == 1
}

// Filter keeps the texts that the set admits, in their order. When pre is nil,
// pre-releases are kept only if a clause names one, or if no final release is
// admitted; otherwise it says whether they are kept.
func (s SpecifierSet) Filter(vs []string, pre *bool) []string {
	candidates := s.admitted(vs)
	keepPre := pre != nil && *pre
	if pre == nil {
		keepPre = s.Prereleases() || !anyFinal(candidates)
	}
	kept := make([]string, 0, len(candidates))
	for _, c := range candidates {
		if keepPre || !c.version.IsPrerelease() {
			kept = append(kept, c.text)
		}
	}
	return kept
}

// candidate is a text and its version, which is zero where it is none.
type candidate struct {
	text    string
	version Version
}

func anyFinal(candidates []candidate) bool {
	for _, c := range candidates {
		if !c.version.IsZero() && !c.version.IsPrerelease() {
			return true
		}
	}
	return false
}

func (s SpecifierSet) admitted(texts []string) []candidate {
	candidates := make([]candidate, 0, len(texts))
	for _, text := range texts {
		v, _ := Parse(text)
		if s.matchesText(text, v) {
			candidates = append(candidates, candidate{text, v})
		}
	}
	return candidates
}

// matchesText asks every clause; v is the version of text, or zero.
func (s SpecifierSet) matchesText(text string, v Version) bool {
	for i := range s.clauses {
		spec := &s.clauses[i]
		switch {
		case spec.op == opArbitrary:
			if !equalLower(text, spec.VersionText()) {
				return false
			}
		case v.IsZero() || !spec.matches(v):
			return false
		}
	}
	return true
}
