package resolve

import "github.com/axlepack/axle/internal/bitset"

// set is a set of the choices a variable has. Choice 0 is "not there at all";
// choice i+1 is version i of the project, versions being ascending. Sets are
// never changed once they are shared.
type set = bitset.Set

const (
	absent  = 0 // the choice of leaving a project out
	present = 1 // the only other choice of a variable that has no versions
)
