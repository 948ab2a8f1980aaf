package launch

import "github.com/axlepack/axle/internal/lite"

// CurrentFile, in the folder e/NAME of the root, names the deployment that runs:
// its first line begins with the ID and a blank.
const CurrentFile = "current"

// Compiled is the name of a script's byte code that lies beside it and is started
// in its place.
func Compiled(script string) string { return script + "c" }

// LeasePrefix begins the names of leases.
const LeasePrefix = "r-"

// Lease is the name of the lock, a file in the folder l of the root, that
// whatever runs from a deployment shares.
func Lease(name, id string) string { return LeasePrefix + name + "-" + id }

// IsName tells the name of an extension or a deployment from a path that leads
// elsewhere.
func IsName(name string) bool {
	return name != "" && !lite.HasPrefix(name, ".") && !lite.ContainsAny(name, `/\:`)
}
