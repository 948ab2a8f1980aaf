package lock

import (
	"fmt"

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
	// Alignment is there when one version for all targets was asked for.
	Alignment *Alignment
}

// Alignment says what one version of each project for all targets cost and
// saved when it was locked.
type Alignment struct {
	// Changes are the versions that are others than without alignment, sorted
	// by project, the greatest version first.
	Changes []VersionChange
	// Packages is how many there are, PackagesBefore how many there would be.
	Packages, PackagesBefore int
	// Bytes is the size of the files in all packages together, BytesBefore
	// what it would be. Both are 0 where the sizes are not known.
	Bytes, BytesBefore int64
}

// VersionChange is a project with another version on some targets.
type VersionChange struct {
	Project pep508.Name
	// From is the version it would have without alignment, To the one it has.
	From, To pep440.Version
	// Targets are sorted.
	Targets []target.Target
}

// Older says that the version is older than it would be.
func (c VersionChange) Older() bool { return c.To.Compare(c.From) < 0 }

// String is "kiln is 1.0, not 2.0".
func (c VersionChange) String() string {
	return fmt.Sprintf("%s is %s, not %s", c.Project, c.To, c.From)
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
	// Causes are what is known of it beside the words.
	Causes []Cause
}

// Facts are of one file whose distribution says other things than the entry
// of its package, or than that entry can say.
type Facts struct {
	File           string // as Chosen names it
	Index          string
	RequiresPython pep440.SpecifierSet
	Requires       []pep508.Requirement
}
