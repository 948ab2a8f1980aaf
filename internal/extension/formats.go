package extension

import (
	"slices"
	"strings"

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
