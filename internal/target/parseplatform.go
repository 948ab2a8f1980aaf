package target

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// aliases are the short names and the floors they stand for: the lowest at
// which today's releases of the usual native projects still have files.
//
//   - glibc 2.28 is what cryptography and numpy are built on for x86_64 and
//     aarch64; RHEL 8 and every later system has it. On armv7l and riscv64 their
//     builders have nothing older than 2.31 and 2.39.
//   - macOS 11.0 is the first on arm64. On x86_64 numpy and CPython itself need
//     10.15 for Python 3.14 (10.13 for 3.12 and 3.13, 10.9 before); one floor
//     for all Pythons of the matrix has to be the highest of them.
//   - musl 1.2 is that of every Alpine still maintained.
var aliases = [...]struct {
	name     string
	platform Platform
}{
	{"linux/amd64", Platform{Manylinux, "x86_64", 2, 28}},
	{"linux/arm64", Platform{Manylinux, "aarch64", 2, 28}},
	{"linux/386", Platform{Manylinux, "i686", 2, 28}},
	{"linux/armv7l", Platform{Manylinux, "armv7l", 2, 31}},
	{"linux/ppc64le", Platform{Manylinux, "ppc64le", 2, 28}},
	{"linux/s390x", Platform{Manylinux, "s390x", 2, 28}},
	{"linux/riscv64", Platform{Manylinux, "riscv64", 2, 39}},
	{"alpine/amd64", Platform{Musllinux, "x86_64", 1, 2}},
	{"alpine/arm64", Platform{Musllinux, "aarch64", 1, 2}},
	{"alpine/386", Platform{Musllinux, "i686", 1, 2}},
	{"alpine/armv7l", Platform{Musllinux, "armv7l", 1, 2}},
	{"alpine/ppc64le", Platform{Musllinux, "ppc64le", 1, 2}},
	{"alpine/s390x", Platform{Musllinux, "s390x", 1, 2}},
	{"alpine/riscv64", Platform{Musllinux, "riscv64", 1, 2}},
	{"windows/amd64", Platform{Windows, "amd64", 0, 0}},
	{"windows/arm64", Platform{Windows, "arm64", 0, 0}},
	{"windows/386", Platform{Windows, "x86", 0, 0}},
	{"macos/arm64", Platform{MacOS, "arm64", 11, 0}},
	{"macos/amd64", Platform{MacOS, "x86_64", 10, 15}},
}

// Usual are the platforms, by alias, that are meant where nobody says which.
func Usual() []string {
	return []string{"linux/amd64", "linux/arm64", "windows/amd64", "macos/arm64"}
}

// Aliases are the short names of platforms, such as linux/amd64.
func Aliases() []string {
	names := make([]string, len(aliases))
	for i, a := range aliases {
		names[i] = a.name
	}
	return names
}

// sameOS and sameArch lead other spellings to those of the aliases.
var (
	sameOS = map[string]string{
		"linux": "linux", "manylinux": "linux", "alpine": "alpine", "musl": "alpine", "musllinux": "alpine",
		"windows": "windows", "win": "windows", "macos": "macos", "darwin": "macos", "macosx": "macos", "osx": "macos",
	}
	sameArch = map[string]string{
		"amd64": "amd64", "x86_64": "amd64", "x64": "amd64", "arm64": "arm64", "aarch64": "arm64",
		"386": "386", "i386": "386", "i686": "386", "x86": "386", "armv7l": "armv7l", "armv7": "armv7l", "arm/v7": "armv7l",
		"ppc64le": "ppc64le", "s390x": "s390x", "riscv64": "riscv64",
	}
)

// linuxArchs are the architectures of Linux that tags know (PEP 600).
var linuxArchs = []string{"x86_64", "aarch64", "i686", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"}

// ParsePlatform reads a platform tag ("manylinux_2_28_x86_64",
// "manylinux2014_x86_64", "win_amd64", "macosx_11_0_arm64") or SYSTEM/ARCH
// ("linux/amd64", "darwin/arm64", "alpine/x86_64") for the floor chosen here.
// From macOS 11 on only the major version counts, as in tags: macosx_11_3 is
// macosx_11_0. Letters may be of either case.
func ParsePlatform(s string) (Platform, error) {
	lower := strings.ToLower(s)
	if system, arch, ok := strings.Cut(lower, "/"); ok {
		name := sameOS[system] + "/" + sameArch[arch]
		for _, a := range aliases {
			if a.name == name {
				return a.platform, nil
			}
		}
		return Platform{}, unknownPlatform(s)
	}
	if p, ok := parseTag(lower); ok {
		return p, nil
	}
	return Platform{}, unknownPlatform(s)
}

func parseTag(s string) (Platform, bool) {
	family, floor, arch, ok := SplitTag(s)
	if !ok {
		return Platform{}, false
	}
	p := Platform{family, arch, floor[0], floor[1]}
	if p.Family == MacOS && p.Major >= 11 {
		p.Minor = 0
	}
	return p, p.valid()
}

// SplitTag takes a platform tag apart: its family, floor and the rest, which
// is an architecture or, on macOS, perhaps a format for several (universal2).
// It also reads tags that no target has, as a wheel may have them; it is false
// for those of other families, "any" and linux_ARCH included.
func SplitTag(tag string) (family OS, floor [2]int, arch string, ok bool) {
	if tag == "win32" {
		return Windows, floor, "x86", true
	}
	if arch, ok = strings.CutPrefix(tag, "win_"); ok {
		return Windows, floor, arch, arch != "" && arch != "x86" // which is win32
	}
	for name, legacy := range legacyFloors {
		if arch, ok = strings.CutPrefix(tag, name); ok {
			return Manylinux, legacy, arch, arch != ""
		}
	}
	parts := strings.SplitN(tag, "_", 4)
	family = OS(parts[0])
	if len(parts) != 4 || parts[3] == "" || family == Windows || !slices.Contains(families[:], family) {
		return "", floor, "", false
	}
	major, okMajor := number(parts[1])
	minor, okMinor := number(parts[2])
	return family, [2]int{major, minor}, parts[3], okMajor && okMinor
}

var legacyFloors = map[string][2]int{"manylinux2014_": {2, 17}, "manylinux2010_": {2, 12}, "manylinux1_": {2, 5}}

// valid says whether there is such a platform: an architecture that the
// family has, and a floor that is one.
func (p Platform) valid() bool {
	if p.Minor > 99 || p.Major > 99 {
		return false
	}
	switch p.Family {
	case Windows:
		return slices.Contains([]string{"amd64", "arm64", "x86"}, p.Arch)
	case Manylinux:
		return p.Major == 2 && slices.Contains(linuxArchs, p.Arch) && len(p.PlatformTags()) > 0
	case Musllinux:
		return p.Major == 1 && slices.Contains(linuxArchs, p.Arch)
	case MacOS:
		return p.Arch == "arm64" && p.Major >= 11 || p.Arch == "x86_64" && len(p.PlatformTags()) > 0
	}
	return false
}

func unknownPlatform(s string) error {
	err := fmt.Errorf("platform %q: not known", s)
	lower := strings.ToLower(s)
	if arch, ok := strings.CutPrefix(lower, "linux_"); ok {
		if alias := sameArch[arch]; alias != "" {
			return fault.WithHints(err, fmt.Sprintf("linux_%s says nothing of the C library: say linux/%s", arch, alias))
		}
	}
	if strings.HasPrefix(lower, "macos") && strings.HasSuffix(lower, "universal2") {
		return fault.WithHints(err, "a target is one machine: say macos/arm64, macos/amd64, or both")
	}
	names := make([]string, 0, 2*len(aliases))
	var ofSystem []string
	for _, a := range aliases {
		names = append(names, a.name)
		if strings.HasPrefix(a.name, lower+"/") {
			ofSystem = append(ofSystem, a.name)
		}
	}
	if len(ofSystem) > 0 {
		return fault.WithHints(err, "name the processor, too: "+strings.Join(ofSystem, ", "))
	}
	known := strings.Join(names, ", ")
	// A word of the usual ones is meant before the same word of others.
	if len(lower) >= 3 {
		for _, usual := range Usual() {
			if strings.HasPrefix(usual, lower) {
				return fault.WithHints(err, "did you mean "+usual+"?")
			}
		}
	}
	for _, a := range aliases {
		names = append(names, a.platform.String())
	}
	if near, ok := fault.Nearest(lower, names); ok {
		return fault.WithHints(err, "did you mean "+near+"?")
	}
	return fault.WithHints(err, "known are "+known+", and platform tags such as manylinux_2_28_x86_64")
}
