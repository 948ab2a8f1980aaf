package selector

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Offer is what choosing a package by its target needs to know of it.
type Offer struct {
	Filename       wheel.Filename
	RequiresPython pep440.SpecifierSet
	// Glibc is what its binaries need where it is for linux_ARCH, which says
	// nothing of it.
	Glibc [2]int
}

// Platforms are those that packages are for, of each system and processor the
// one with the highest floor: an agent with less shows when it is asked for.
func Platforms(list []Offer) []target.Platform {
	type system struct {
		family target.OS
		arch   string
	}
	highest := map[system]target.Platform{}
	for _, o := range list {
		for _, tag := range o.Filename.Platforms {
			if arch, bare := strings.CutPrefix(tag, "linux_"); bare {
				tag = fmt.Sprintf("manylinux_%d_%d_%s", cmp.Or(o.Glibc[0], 2), max(o.Glibc[1], 17), arch)
			}
			platform, err := target.ParsePlatform(tag)
			if err != nil {
				continue
			}
			key := system{platform.Family, platform.Arch}
			if old, ok := highest[key]; !ok || platform.Admits(old) {
				highest[key] = platform
			}
		}
	}
	var all []target.Platform
	for _, p := range highest {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b target.Platform) int {
		return cmp.Or(cmp.Compare(usual(a), usual(b)), a.Compare(b))
	})
	return all
}

// usual is the place of a platform's system and processor among the usual ones.
func usual(p target.Platform) int {
	for i, name := range target.Usual() {
		if u, err := target.ParsePlatform(name); err == nil && u.Family == p.Family && u.Arch == p.Arch {
			return i
		}
	}
	return len(target.Usual())
}

// Serving is the place of the package that an agent takes for a target: the
// first by the order of tags whose Requires-Python admits it. It is -1 where
// there is none.
func Serving(list []Offer, t target.Target) int {
	order := t.LocalTags()
	best, bestRank := -1, 0
	for i, o := range list {
		rank, _, ok := order.Best(o.Filename.Tags)
		if some, _ := o.RequiresPython.AdmitsMinor(t.Python.Major, t.Python.Minor); !ok || !some || o.tooNew(t.Platform) {
			continue
		}
		if best < 0 || rank < bestRank || rank == bestRank && o.Filename.Build.Compare(list[best].Filename.Build) > 0 {
			best, bestRank = i, rank
		}
	}
	return best
}

// tooNew: a package for linux_ARCH says nothing of the glibc it needs; its
// binaries do.
func (o Offer) tooNew(on target.Platform) bool {
	return on.Family == target.Manylinux && slices.Compare(o.Glibc[:], []int{on.Major, on.Minor}) > 0
}

// Admitted are the known Pythons that an extension admits.
func Admitted(r extension.PythonRange) []target.Python {
	return slices.DeleteFunc(target.Known(), func(p target.Python) bool {
		some, _ := r.AdmitsMinor(p.Major, p.Minor)
		return !some
	})
}
