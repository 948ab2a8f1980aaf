package extension

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// Selection is a set of projects: those named, and perhaps all.
type Selection struct {
	All   bool
	Names []pep508.Name // sorted
}

func (s Selection) has(name pep508.Name) bool {
	_, found := slices.BinarySearch(s.Names, name)
	return found
}

func (s *Selection) add(name pep508.Name) {
	if i, found := slices.BinarySearch(s.Names, name); !found {
		s.Names = slices.Insert(s.Names, i, name)
	}
}

func (s *Selection) remove(name pep508.Name) {
	if i, found := slices.BinarySearch(s.Names, name); found {
		s.Names = slices.Delete(s.Names, i, i+1)
	}
}

// And is the projects of both.
func (s Selection) And(other Selection) Selection {
	out := Selection{s.All || other.All, slices.Clone(s.Names)}
	for _, name := range other.Names {
		out.add(name)
	}
	return out
}

// ParseSelection reads the values of an option such as --only-binary: names of
// projects with commas between them, ":all:" and ":none:", which undoes what
// stands before it. Errors are of [fault.Usage].
func ParseSelection(option string, values []string) (Selection, error) {
	var s, other Selection
	for _, value := range values {
		if odd := choose(value, &s, &other); len(odd) > 0 {
			return s, fault.New(fault.Usage, fmt.Sprintf("%s %s: %q is not the name of a project", option, value, odd[0]),
				"name projects with commas between them, or :all:")
		}
	}
	return s, nil
}

// overlap says what two selections that exclude each other have in common, or "".
func overlap(a, b Selection) string {
	if a.All && b.All {
		return ":all:"
	}
	for _, name := range a.Names {
		if b.has(name) {
			return string(name)
		}
	}
	return ""
}

// over lays a pair of selections that exclude each other over another pair: all
// of them take the place of everything, a name that of the same name.
func over(a, b, lessA, lessB Selection) (Selection, Selection) {
	outA, outB := Selection{lessA.All, slices.Clone(lessA.Names)}, Selection{lessB.All, slices.Clone(lessB.Names)}
	if a.All || b.All {
		outA, outB = Selection{All: a.All}, Selection{All: b.All}
	}
	for _, name := range a.Names {
		outA.add(name)
		outB.remove(name)
	}
	for _, name := range b.Names {
		outB.add(name)
		outA.remove(name)
	}
	return outA, outB
}

// FormatControl is --only-binary and --no-binary: from which kinds of file a
// project may come. The zero value admits both kinds for all.
type FormatControl struct{ OnlyBinary, NoBinary Selection }

// Allows says whether a project may come from a wheel, and whether from a
// source distribution. A name counts before ":all:".
func (f FormatControl) Allows(name pep508.Name) (binary, source bool) {
	switch {
	case f.OnlyBinary.has(name):
		return true, false
	case f.NoBinary.has(name):
		return false, true
	case f.OnlyBinary.All:
		return true, false
	case f.NoBinary.All:
		return false, true
	}
	return true, true
}

// Over is what counts where f goes before less.
func (f FormatControl) Over(less FormatControl) (out FormatControl) {
	out.OnlyBinary, out.NoBinary = over(f.OnlyBinary, f.NoBinary, less.OnlyBinary, less.NoBinary)
	return out
}

// Conflict is what is to come from wheels only and from source only: the name
// of a project, ":all:", or "".
func (f FormatControl) Conflict() string { return overlap(f.OnlyBinary, f.NoBinary) }

// ReleaseControl is --all-releases (and --pre) and --only-final: whether
// pre-releases of a project are looked at.
type ReleaseControl struct{ AllReleases, OnlyFinal Selection }

// Pre says whether pre-releases of a project count; decided is false when the
// usual rules hold for it.
func (r ReleaseControl) Pre(name pep508.Name) (pre, decided bool) {
	switch {
	case r.AllReleases.has(name):
		return true, true
	case r.OnlyFinal.has(name):
		return false, true
	case r.AllReleases.All:
		return true, true
	case r.OnlyFinal.All:
		return false, true
	}
	return false, false
}

// Over is what counts where r goes before less.
func (r ReleaseControl) Over(less ReleaseControl) (out ReleaseControl) {
	out.AllReleases, out.OnlyFinal = over(r.AllReleases, r.OnlyFinal, less.AllReleases, less.OnlyFinal)
	return out
}

// Conflict is what pre-releases are both asked and refused of: the name of a
// project, ":all:", or "".
func (r ReleaseControl) Conflict() string { return overlap(r.AllReleases, r.OnlyFinal) }

// choose applies a value of such an option as pip does: names with commas
// between them go from other to target; ":all:" empties both and makes target
// all, ":none:" empties target, and what precedes the last ":all:" does not count.
// Names that cannot be names of projects are returned.
func choose(value string, target, other *Selection) (odd []string) {
	items := strings.Split(value, ",")
	for {
		i := slices.Index(items, ":all:")
		if i < 0 {
			break
		}
		*other, *target = Selection{}, Selection{All: true}
		items = items[i+1:]
		if !slices.Contains(items, ":none:") {
			return nil
		}
	}
	for _, item := range items {
		if item == ":none:" {
			*target = Selection{}
			continue
		}
		name := pep508.Normalize(item)
		if _, err := pep508.ParseName(item); err != nil {
			odd = append(odd, item)
		}
		other.remove(name)
		target.add(name)
	}
	return odd
}
