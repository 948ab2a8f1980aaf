package target

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/tags"
)

// Target is a Python on a platform. It is comparable.
type Target struct {
	Python   Python
	Platform Platform
}

// Parse reads PYTHON@PLATFORM, each half as [ParsePython] and [ParsePlatform]
// read it: "cp311@win_amd64", "3.14t@linux/arm64".
func Parse(s string) (Target, error) {
	python, platform, ok := strings.Cut(s, "@")
	if !ok {
		err := fmt.Errorf("target %q: not of the form PYTHON@PLATFORM", s)
		return Target{}, fault.WithHints(err, "write it as cp311@win_amd64 or 3.11@linux/amd64")
	}
	py, err := ParsePython(python)
	if err != nil {
		return Target{}, fmt.Errorf("target %q: %w", s, err)
	}
	plat, err := ParsePlatform(platform)
	if err != nil {
		return Target{}, fmt.Errorf("target %q: %w", s, err)
	}
	return Target{py, plat}, nil
}

// String gives the canonical spelling: "cp311@manylinux_2_28_x86_64".
func (t Target) String() string { return t.Python.id() + "@" + t.Platform.String() }

// Compare orders targets by Python, then by platform.
func (t Target) Compare(o Target) int {
	if c := t.Python.Compare(o.Python); c != 0 {
		return c
	}
	return t.Platform.Compare(o.Platform)
}

// ABI gives the ABI tag of the target's own extension modules. It is that of
// the Python, except for 2.7, whose CPython is wide on Linux (cp27mu) and
// narrow on Windows and macOS (cp27m).
func (t Target) ABI() string {
	if t.Python.Impl == CPython && t.Python.Major == 2 && !t.Platform.Family.linux() {
		return "cp27m"
	}
	return t.Python.ABI()
}

// Tags gives the tags of files that the target accepts from an index, best
// first. There is no bare linux_ARCH among them: such a file promises nothing
// about the C library that it needs. The list is made anew on each call.
func (t Target) Tags() tags.Order { return t.order(t.Platform.PlatformTags()) }

// LocalTags is Tags for files out of the developer's own folders: on Linux,
// linux_ARCH is accepted too, as the last of the platforms.
func (t Target) LocalTags() tags.Order { return t.order(t.Platform.LocalPlatformTags()) }

func (t Target) order(platforms []string) tags.Order {
	version := [2]int{t.Python.Major, t.Python.Minor}
	abis := []string{t.ABI()}
	if t.Python.Impl == PyPy {
		list := tags.Generic(t.Python.Tag(), abis, platforms)
		return tags.NewOrder(append(list, tags.Compatible(version, pypyAnywhere(t.Python), platforms)...))
	}
	list := tags.CPython(version, abis, platforms)
	return tags.NewOrder(append(list, tags.Compatible(version, t.Python.Tag(), platforms)...))
}

// pypyAnywhere is the interpreter that packaging puts before -none-any for a
// PyPy. The packaging of Python 2 had none.
func pypyAnywhere(p Python) string {
	if p.Major == 3 {
		return "pp3"
	}
	return ""
}
