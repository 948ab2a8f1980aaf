package index

import (
	"sync"

	"github.com/axlepack/axle/internal/pep440"
)

// specifierTable reads each text of Requires-Python once: pages repeat a few
// of them thousands of times.
type specifierTable struct {
	mu   sync.Mutex
	sets map[string]pep440.SpecifierSet
}

// get is the set for a text, and the empty set for one that is none: pip
// ignores what it cannot read, and dropping the file would hide a release.
func (t *specifierTable) get(text string) pep440.SpecifierSet {
	if text == "" {
		return pep440.SpecifierSet{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	set, ok := t.sets[text]
	if !ok {
		var err error
		if set, err = pep440.ParseSpecifierSetLenient(text); err != nil {
			set = pep440.SpecifierSet{}
		}
		if t.sets == nil {
			t.sets = map[string]pep440.SpecifierSet{}
		}
		t.sets[text] = set
	}
	return set
}
