package native

import "github.com/axlepack/axle/internal/target"

// Demand gives the least platform that the file needs when it is used on p,
// which may be more than the tags of its wheel say: merging takes the higher of both.
// It is false when the file has no code for p at all, as a helper for
// another system among a wheel's data. A floor above that of p is given all the same, so
// that the caller can name it; p.Admits tells.
func (f Facts) Demand(p target.Platform) (target.Platform, bool) {
	c, ok := claimOf(p.String())
	if !ok || f.Format != c.format || !f.suits(c) {
		return target.Platform{}, false
	}
	for _, image := range f.Images {
		if !serves(image.Arch, p.Arch) || c.libc != "" && image.Libc != "" && image.Libc != c.libc {
			continue
		}
		return image.demand(p), true
	}
	return target.Platform{}, false
}

func (i Image) demand(p target.Platform) target.Platform {
	least := p.Lowest()
	floor := [2]int{least.Major, least.Minor}
	switch p.Family {
	case target.Manylinux:
		floor = later(floor, i.Glibc)
	case target.MacOS:
		if floor = later(floor, i.MacOS); floor[0] > 10 && floor[1] > 0 {
			floor = [2]int{floor[0] + 1, 0} // tags cannot say 11.3: the next they can
		}
	}
	least.Major, least.Minor = floor[0], floor[1]
	return least
}
