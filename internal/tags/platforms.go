package tags

import (
	"fmt"
	"strings"
)

// lastGlibcMinor is packaging's guess of how far a major version of glibc
// will have gone when the next one appears.
const lastGlibcMinor = 50

// Manylinux lists the platform tags of a Linux with this glibc, newest floor
// first, with the older names beside their floors (PEP 513, 571, 599, 600).
// The oldest floor is 2.5 on x86_64 and i686, 2.17 elsewhere.
func Manylinux(glibc [2]int, arch string) []string {
	oldest := 17
	if arch == "x86_64" || arch == "i686" {
		oldest = 5
	}
	var out []string
	for major, minor := glibc[0], glibc[1]; major >= 2; major, minor = major-1, lastGlibcMinor {
		last := 0
		if major == 2 {
			last = oldest
		}
		for ; minor >= last; minor-- {
			out = append(out, fmt.Sprintf("manylinux_%d_%d_%s", major, minor, arch))
			if name := LegacyManylinux([2]int{major, minor}); name != "" {
				out = append(out, name+"_"+arch)
			}
		}
	}
	return out
}

// LegacyManylinux names the older spelling of a glibc floor: "manylinux2014"
// for 2.17, "" where there is none.
func LegacyManylinux(glibc [2]int) string {
	switch glibc {
	case [2]int{2, 17}:
		return "manylinux2014"
	case [2]int{2, 12}:
		return "manylinux2010"
	case [2]int{2, 5}:
		return "manylinux1"
	}
	return ""
}

// Musllinux lists the platform tags of a Linux with this musl (PEP 656),
// newest first. A musl of another major version is another platform.
func Musllinux(musl [2]int, arch string) []string {
	var out []string
	for minor := musl[1]; minor >= 0; minor-- {
		out = append(out, fmt.Sprintf("musllinux_%d_%d_%s", musl[0], minor, arch))
	}
	return out
}

// Mac lists the platform tags of a macOS, best first. From 11 on only the
// major version counts: 11.3 accepts what 11.0 accepts.
func Mac(version [2]int, arch string) []string {
	var out []string
	add := func(major, minor int, formats []string) {
		for _, format := range formats {
			out = append(out, fmt.Sprintf("macosx_%d_%d_%s", major, minor, format))
		}
	}
	if version[0] == 10 {
		for minor := version[1]; minor >= 0; minor-- {
			add(10, minor, macFormats([2]int{10, minor}, arch))
		}
		return out
	}
	for major := version[0]; major > 10; major-- {
		add(major, 0, macFormats([2]int{major, 0}, arch))
	}
	if version[0] < 11 {
		return out
	}
	// Mac OS 11 runs what earlier releases run on x86_64. There is nothing for
	// arm64 from before, but a universal2 file may name the release that its
	// x86_64 half needs.
	for minor := 16; minor > 3; minor-- {
		if arch == "x86_64" {
			add(10, minor, macFormats([2]int{10, minor}, arch))
		} else {
			add(10, minor, []string{"universal2"})
		}
	}
	return out
}

// macFormats lists the binary formats that a release of macOS loads on a
// processor, best first.
func macFormats(version [2]int, arch string) []string {
	before := func(major, minor int) bool {
		return version[0] < major || version[0] == major && version[1] < minor
	}
	switch arch {
	case "x86_64":
		if before(10, 4) {
			return nil
		}
		return []string{arch, "intel", "fat64", "fat3", "universal2", "universal"}
	case "i386":
		if before(10, 4) {
			return nil
		}
		return []string{arch, "intel", "fat3", "fat", "universal"}
	case "ppc64":
		if before(10, 4) || !before(10, 6) {
			return nil
		}
		return []string{arch, "fat64", "universal"}
	case "ppc":
		if !before(10, 7) {
			return nil
		}
		return []string{arch, "fat3", "fat", "universal"}
	case "arm64":
		return []string{arch, "universal2"}
	case "intel":
		return []string{arch, "universal"}
	}
	return []string{arch}
}

// IOS lists the platform tags of an iOS (PEP 730), newest first, down to 12.0.
// multiarch is "arm64_iphoneos" or "arm64-iphoneos".
func IOS(version [2]int, multiarch string) []string {
	multiarch = strings.ReplaceAll(multiarch, "-", "_")
	var out []string
	for major, minor := version[0], version[1]; major >= 12; major, minor = major-1, 9 {
		// At least the version itself, however odd.
		out = append(out, fmt.Sprintf("ios_%d_%d_%s", major, minor, multiarch))
		for minor--; minor >= 0; minor-- {
			out = append(out, fmt.Sprintf("ios_%d_%d_%s", major, minor, multiarch))
		}
	}
	return out
}

// Android lists the platform tags of an Android API level (PEP 738), newest
// first, down to 16. The ABI may be spelled as Android does: "armeabi-v7a".
func Android(apiLevel int, abi string) []string {
	abi = strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(abi)
	var out []string
	for level := apiLevel; level >= 16; level-- {
		out = append(out, fmt.Sprintf("android_%d_%s", level, abi))
	}
	return out
}
