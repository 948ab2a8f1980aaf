package target

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/tags"
)

// OS is a family of platforms, by its name in tags: an operating system and
// its C library.
type OS string

// The families that targets can be made for, in the order of [Platform.Compare].
const (
	Manylinux OS = "manylinux" // Linux with glibc
	Musllinux OS = "musllinux" // Linux with musl
	Windows   OS = "win"
	MacOS     OS = "macosx"
)

var families = [...]OS{Manylinux, Musllinux, Windows, MacOS}

func (f OS) linux() bool { return f == Manylinux || f == Musllinux }

// Platform is an operating system, an architecture and a floor. It is
// comparable.
type Platform struct {
	Family       OS
	Arch         string // as its tags have it: "x86_64", "aarch64", "arm64", "amd64"; "x86" for win32
	Major, Minor int    // the floor: oldest glibc, musl or macOS; zero on Windows
}

// String gives the platform's own tag: "manylinux_2_28_x86_64", "win32".
func (p Platform) String() string {
	switch {
	case p.Family == Windows && p.Arch == "x86":
		return "win32"
	case p.Family == Windows:
		return "win_" + p.Arch
	}
	return fmt.Sprintf("%s_%d_%d_%s", p.Family, p.Major, p.Minor, p.Arch)
}

// Alias gives the short name that stands for exactly this platform,
// "linux/amd64", or "".
func (p Platform) Alias() string {
	for _, a := range aliases {
		if a.platform == p {
			return a.name
		}
	}
	return ""
}

// PlatformTags lists the platform tags of files from an index that run on the
// platform, best first; linux_ARCH is not one of them.
func (p Platform) PlatformTags() []string {
	floor := [2]int{p.Major, p.Minor}
	switch p.Family {
	case Manylinux:
		return tags.Manylinux(floor, p.Arch)
	case Musllinux:
		return tags.Musllinux(floor, p.Arch)
	case MacOS:
		return tags.Mac(floor, p.Arch)
	}
	return []string{p.String()}
}

// LocalPlatformTags is PlatformTags with linux_ARCH behind them on Linux.
func (p Platform) LocalPlatformTags() []string {
	list := p.PlatformTags()
	if p.Family.linux() {
		list = append(list, "linux_"+p.Arch)
	}
	return list
}

// Admits says whether p can use files made for other: the same system and
// architecture, with a floor no higher than its own.
func (p Platform) Admits(other Platform) bool {
	higher, ok := HigherFloor(p, other)
	return ok && higher == p
}

// HigherFloor gives the platform with the higher floor: what both files need
// when one needs a and the other b. It is false when no machine is both, which
// includes two major versions of musl.
func HigherFloor(a, b Platform) (Platform, bool) {
	if a.Family != b.Family || a.Arch != b.Arch || a.Family == Musllinux && a.Major != b.Major {
		return Platform{}, false
	}
	if a.Compare(b) < 0 {
		return b, true
	}
	return a, true
}

// Lowest gives the platform with the lowest floor on which p's files can still
// be: the oldest glibc, musl or macOS that tags know for the architecture.
func (p Platform) Lowest() Platform {
	switch {
	case p.Family == Manylinux:
		p.Major, p.Minor = 2, 17
		if p.Arch == "x86_64" || p.Arch == "i686" {
			p.Minor = 5
		}
	case p.Family == Musllinux:
		p.Minor = 0
	case p.Family == MacOS && p.Arch == "arm64":
		p.Major, p.Minor = 11, 0
	case p.Family == MacOS:
		p.Major, p.Minor = 10, 4
	}
	return p
}

// Demand gives the least platform that a file with this platform tag needs
// when it is used on p: its architecture is that of p, also where the tag
// names a format for several (universal2), and macOS on arm64 begins with
// 11.0, whatever the tag of a universal2 file says. A linux_ARCH file does not
// say what it needs, so it needs p itself. It is false where p does not accept
// the tag, and for "any", which demands nothing.
func (p Platform) Demand(tag string) (Platform, bool) {
	if !slices.Contains(p.LocalPlatformTags(), tag) {
		return Platform{}, false
	}
	_, floor, _, ok := SplitTag(tag)
	if !ok {
		return p, true
	}
	out := Platform{Family: p.Family, Arch: p.Arch, Major: floor[0], Minor: floor[1]}
	if lowest := p.Lowest(); out.Compare(lowest) < 0 {
		return lowest, true
	}
	return out, true
}

// Compare orders platforms: families as declared, then architectures by name,
// then floors.
func (p Platform) Compare(o Platform) int {
	return cmp.Or(
		cmp.Compare(slices.Index(families[:], p.Family), slices.Index(families[:], o.Family)),
		cmp.Compare(p.Family, o.Family),
		cmp.Compare(p.Arch, o.Arch),
		cmp.Compare(p.Major, o.Major),
		cmp.Compare(p.Minor, o.Minor),
	)
}
