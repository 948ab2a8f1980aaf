package extension

import "github.com/axlepack/axle/internal/pep440"

// PythonRange is a value of requires_python.
type PythonRange struct {
	text string
	set  pep440.SpecifierSet
}

// ParsePythonRange reads a value of requires_python.
func ParsePythonRange(s string) (PythonRange, error) { return PythonRange{text: s}, errTODO }

// String is the range as written.
func (r PythonRange) String() string { return r.text }

// SpecifierSet is the same range in PEP 440.
func (r PythonRange) SpecifierSet() pep440.SpecifierSet { return r.set }

// AdmitsMinor says whether the range admits some, and all, patch releases of a minor version.
func (r PythonRange) AdmitsMinor(major, minor int) (some, all bool) {
	return r.set.AdmitsMinor(major, minor)
}

// Admits says whether the range admits an interpreter of this full version.
func (r PythonRange) Admits(v pep440.Version) bool { return r.set.Matches(v) }
