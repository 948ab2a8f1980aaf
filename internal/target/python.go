package target

import (
	"cmp"
	"fmt"
	"strconv"
)

// Impl is an implementation of Python, by its short name in tags.
type Impl string

// The implementations that targets can be made for.
const (
	CPython Impl = "cp"
	PyPy    Impl = "pp"
)

// Python is a minor version of an implementation: 3.11 means every 3.11.x.
// It is comparable.
type Python struct {
	Impl         Impl
	Major, Minor int
	Freethreaded bool // CPython built without the global interpreter lock, from 3.13 on
}

// String gives the short spelling: "3.11", "3.14t", "pp310".
func (p Python) String() string {
	if p.Impl == PyPy {
		return p.id()
	}
	return p.Version() + p.flag()
}

// Version gives the version alone, "3.11", as the marker python_version has it.
func (p Python) Version() string {
	return strconv.Itoa(p.Major) + "." + strconv.Itoa(p.Minor)
}

// Tag gives the interpreter of its tags: "cp311", also for a free-threaded
// one, "pp310".
func (p Python) Tag() string {
	return string(p.Impl) + strconv.Itoa(p.Major) + strconv.Itoa(p.Minor)
}

// ABI gives the ABI tag of its own extension modules: "cp311", "cp37m",
// "cp314t", "pypy310_pp73". For 2.7 it is the one of Linux, "cp27mu";
// [Target.ABI] knows the platform.
func (p Python) ABI() string {
	switch {
	case p.Impl == PyPy && p.Major == 2:
		return "pypy_73"
	case p.Impl == PyPy:
		return fmt.Sprintf("pypy%d%d_pp73", p.Major, p.Minor)
	case p.Major == 2:
		return p.Tag() + "mu"
	case p.Minor < 8:
		return p.Tag() + "m"
	}
	return p.id()
}

// Compare orders by implementation (CPython first), version, and puts the
// free-threaded build after the other.
func (p Python) Compare(o Python) int {
	return cmp.Or(
		cmp.Compare(p.Impl, o.Impl),
		cmp.Compare(p.Major, o.Major),
		cmp.Compare(p.Minor, o.Minor),
		cmp.Compare(p.flag(), o.flag()),
	)
}

// id is the spelling in a target: "cp311", "cp314t", "pp310".
func (p Python) id() string { return p.Tag() + p.flag() }

func (p Python) flag() string {
	if p.Freethreaded {
		return "t"
	}
	return ""
}
