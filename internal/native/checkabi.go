package native

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/tags"
)

// checkABI compares the Pythons that a module is made for with those that the
// wheel promises. The name decides what the interpreter looks for; the Python
// library that a file is linked to decides what can load it.
func checkABI(f Facts, wheel []tags.Tag, add report) {
	if f.ABI != "" {
		if bad, certain := misfit(f.ABI, wheel); bad != "" {
			add(WrongABI, certain, fmt.Sprintf("is for %s by its name, the wheel is for %s", f.ABI, bad))
			return
		}
	}
	for _, abi := range f.linkedABIs() {
		if bad, certain := misfit(abi, wheel); bad != "" {
			add(WrongABI, certain && f.Module, fmt.Sprintf("is linked to the library of %s, the wheel is for %s", abi, bad))
			return
		}
	}
}

// linkedABIs gives the ABIs of the Python libraries that the file is linked
// to. One that is linked to that of a version and to that of the stable ABI is
// for the version alone.
func (f Facts) linkedABIs() []string {
	var versions, stable []string
	for _, image := range f.Images {
		for _, abi := range image.Pythons {
			if strings.HasPrefix(abi, "abi") {
				stable = append(stable, abi)
			} else {
				versions = append(versions, abi)
			}
		}
	}
	if len(versions) > 0 {
		return versions
	}
	return stable
}

// misfit gives the first python-abi pair of the wheel that a module of this
// ABI breaks the promise of, or "". It is not certain for pairs with the ABI
// none: such a wheel can have modules for some Pythons and do without on the
// others.
func misfit(abi string, wheel []tags.Tag) (pair string, certain bool) {
	fits := slices.ContainsFunc(wheel, func(t tags.Tag) bool { return serveABI(abi, t) })
	for _, tag := range wheel {
		if serveABI(abi, tag) || fits && !ownPromise(tag) {
			continue
		}
		pair = tag.Python + "-" + tag.ABI
		if tag.ABI != "none" {
			return pair, true
		}
	}
	return pair, false
}

// ownPromise says whether a pair counts by itself. A compressed set holds
// pairs that nobody meant (cp310-cp311), and its modules may be one for each
// Python, so of exact pairs it is enough that one fits.
func ownPromise(tag tags.Tag) bool {
	return strings.HasPrefix(tag.ABI, "abi") || strings.HasPrefix(tag.Python, "py")
}

// serveABI says whether a module of this ABI can be loaded wherever a tag is
// accepted.
func serveABI(abi string, tag tags.Tag) bool {
	own := bareABI(abi)
	switch {
	case abi == "abi3":
		return servesAbi3(tag)
	case abi == "abi3t":
		minor, ok := cpythonMinor(tag.Python)
		return ok && minor >= firstAbi3t && tag.ABI != "none"
	case tag.ABI == "none":
		return tag.Python == own || strings.HasPrefix(own, "pypy") && tag.Python == "pp"+strings.TrimSuffix(own, "_pp73")[len("pypy"):]
	case strings.HasPrefix(own, "pypy"):
		return tag.ABI == own || strings.HasPrefix(tag.ABI, own+"_")
	}
	return bareABI(tag.ABI) == own
}

// firstAbi3t is the first minor of CPython 3 that loads abi3t modules (PEP 803).
const firstAbi3t = 15

// servesAbi3 says whether every interpreter that accepts the tag loads abi3:
// CPython 3.2 and later, unless free-threaded.
func servesAbi3(tag tags.Tag) bool {
	minor, ok := cpythonMinor(tag.Python)
	switch {
	case tag.ABI == "none":
		return strings.HasPrefix(tag.Python, "py3") || ok && minor >= 2
	case tag.ABI == "abi3":
		return ok
	}
	return ok && minor >= 2 && !strings.HasSuffix(bareABI(tag.ABI), "t")
}

// cpythonMinor reads the minor version out of cp3N.
func cpythonMinor(python string) (int, bool) {
	rest, ok := strings.CutPrefix(python, "cp3")
	if !ok {
		return 0, false
	}
	minor, err := strconv.Atoi(rest)
	return minor, err == nil
}

// bareABI leaves the letters off that do not name another ABI for our
// purpose: m and u, which names of libraries do not have.
func bareABI(abi string) string {
	if strings.HasPrefix(abi, "cp") {
		return strings.TrimRight(abi, "mu")
	}
	return abi
}
