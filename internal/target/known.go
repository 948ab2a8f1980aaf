package target

import (
	"slices"
	"time"
)

// Release is what is known of one Python minor version.
type Release struct {
	Major, Minor int
	Released     time.Time // first final release of CPython
	EndOfLife    time.Time // from this day on no release, not even for security; planned where it lies ahead
	PyPy         string    // newest PyPy that implements it, "" where there is none
}

// known is the one table of Python versions. Dates are those of the release
// schedules (PEP 373, 429, 478, 494, 537, 569, 596, 619, 664, 693, 719, 745, 790).
var known = [...]Release{
	{2, 7, day(2010, 7, 3), day(2020, 1, 1), "7.3.20"},
	{3, 4, day(2014, 3, 16), day(2019, 3, 18), ""},
	{3, 5, day(2015, 9, 13), day(2020, 9, 30), ""},
	{3, 6, day(2016, 12, 23), day(2021, 12, 23), "7.3.3"},
	{3, 7, day(2018, 6, 27), day(2023, 6, 27), "7.3.9"},
	{3, 8, day(2019, 10, 14), day(2024, 10, 7), "7.3.11"},
	{3, 9, day(2020, 10, 5), day(2025, 10, 31), "7.3.16"},
	{3, 10, day(2021, 10, 4), day(2026, 10, 31), "7.3.19"},
	{3, 11, day(2022, 10, 24), day(2027, 10, 31), "7.3.20"},
	{3, 12, day(2023, 10, 2), day(2028, 10, 31), ""},
	{3, 13, day(2024, 10, 7), day(2029, 10, 31), ""},
	{3, 14, day(2025, 10, 7), day(2030, 10, 31), ""},
	{3, 15, day(2026, 10, 1), day(2031, 10, 31), ""},
}

// firstFreethreaded is the first minor of CPython 3 with free-threaded builds.
const firstFreethreaded = 13

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// Status is how far a Python version is in its life.
type Status string

// The statuses of a Python version.
const (
	Unreleased Status = "unreleased"
	Supported  Status = "supported"
	EndOfLife  Status = "end of life"
)

// StatusAt says how far the version is in its life on a day.
func (r Release) StatusAt(now time.Time) Status {
	switch {
	case now.Before(r.Released):
		return Unreleased
	case now.Before(r.EndOfLife):
		return Supported
	}
	return EndOfLife
}

// Releases gives the table of known Python versions, oldest first.
func Releases() []Release { return slices.Clone(known[:]) }

// Known gives the CPythons of the table, oldest first, without free-threaded
// builds.
func Known() []Python {
	out := make([]Python, len(known))
	for i, r := range known {
		out[i] = Python{Impl: CPython, Major: r.Major, Minor: r.Minor}
	}
	return out
}

// Release gives what is known of the version; false for a Python that is in
// no table.
func (p Python) Release() (Release, bool) {
	for _, r := range known {
		if r.Major == p.Major && r.Minor == p.Minor {
			return r, true
		}
	}
	return Release{}, false
}

// exists says whether such a Python was ever built.
func (p Python) exists() bool {
	r, ok := p.Release()
	switch {
	case !ok:
		return false
	case p.Impl == PyPy:
		return r.PyPy != "" && !p.Freethreaded
	case p.Freethreaded:
		return p.Major == 3 && p.Minor >= firstFreethreaded
	}
	return true
}

// all gives every Python that exists: CPythons, free-threaded ones, PyPys.
func all() []Python {
	var out []Python
	for _, p := range Known() {
		free, pypy := p, p
		free.Freethreaded, pypy.Impl = true, PyPy
		for _, q := range []Python{p, free, pypy} {
			if q.exists() {
				out = append(out, q)
			}
		}
	}
	slices.SortFunc(out, Python.Compare)
	return out
}
