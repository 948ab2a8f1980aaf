package lock

import (
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// recordFormat is the format of [tool.axle] that is written and read here.
const recordFormat = 1

// Record is what [tool.axle] keeps: what was asked, and what each target got.
type Record struct {
	Asked
	// Chosen are sorted by their first target. Each target is in one of them
	// or in one of the holes.
	Chosen []Chosen
	Holes  []Hole
	// Facts are of files that differ from others of their package.
	Facts []Facts
}

// Chosen is the set of files that some targets get, and what is to be noted.
type Chosen struct {
	Targets []target.Target
	// Files are file names, sorted. Where two files of the lock have one name,
	// " sha256:" and the digest follow it.
	Files []string
	Notes []string
}

// Hole is why some targets get nothing.
type Hole struct {
	Targets []target.Target
	Reason  string
	Hints   []string
	Code    int // an exit code
}

// Facts are of one file whose distribution says other things than the entry
// of its package, or than that entry can say.
type Facts struct {
	File           string // as Chosen names it
	Index          string
	RequiresPython pep440.SpecifierSet
	Requires       []pep508.Requirement
}
