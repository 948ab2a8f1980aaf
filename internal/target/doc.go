// Package target says what a target is: a Python minor version of an
// implementation on a platform, a cell of the matrix. From it follow, without
// asking any machine, the ordered tags that it accepts (PEP 425, 600, 656) and
// the values of its environment markers (PEP 508).
//
// A platform is an operating system, an architecture and a floor: the oldest
// C library or macOS that is promised to be there. It is written as the platform
// tag of that floor (manylinux_2_28_x86_64) or as an alias (linux/amd64) for
// the floor chosen here. A target is written PYTHON@PLATFORM: cp311@win_amd64.
//
// Every Parse here takes each spelling that is documented with it and nothing
// else, and Parse(v.String()) equals v.
package target
