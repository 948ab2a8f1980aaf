package native

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// Code says what a finding is about.
type Code string

// The kinds of contradiction between a binary and the tags of its wheel.
const (
	WrongFormat  Code = "format"  // a file for another operating system
	WrongMachine Code = "machine" // for another processor
	WrongLibc    Code = "libc"    // glibc where musl is claimed, or the other way
	GlibcTooNew  Code = "glibc"   // needs a newer glibc than the tag says
	MacOSTooNew  Code = "macos"   // needs a newer macOS than the tag says
	WrongABI     Code = "abi"     // made for other Pythons than the tag says
	NotPure      Code = "pure"    // an extension module in a wheel for any platform
)

// Finding is one contradiction.
type Finding struct {
	Code Code
	File string
	Text string // what is wrong, without the file's name
	// Certain says that the file cannot do what the tags promise. It is false
	// where the wheel may know better: a helper for another system among its data, an
	// optional module for one Python in a wheel for all.
	Certain bool
}

// String gives "file: text".
func (f Finding) String() string { return f.File + ": " + f.Text }

// Check compares a native file with the tags of the wheel that it came in.
// Every tag of the set is a promise, so the lowest floor among them counts. A
// linux_ARCH tag promises an architecture and no floor; tags of systems that
// this package does not know are believed.
func Check(f Facts, wheel []tags.Tag) []Finding {
	claims, understood := claimsOf(wheel)
	var out []Finding
	add := func(code Code, certain bool, text string) {
		out = append(out, Finding{code, f.Name, text, certain})
	}
	switch {
	case len(f.Images) == 0 || !understood:
	case len(claims) > 0:
		checkPlatform(f, claims, add)
	case f.Module:
		add(NotPure, false, "an extension module in a wheel for any platform")
		return out
	}
	checkABI(f, wheel, add)
	return out
}

// CheckAll checks all native files of a wheel. Where not one of them is for a
// platform of the tags, the wheel cannot know better: then what is wrong with
// the platform is certain.
func CheckAll(files []Facts, wheel []tags.Tag) []Finding {
	var out []Finding
	someFit := false
	for _, f := range files {
		found := Check(f, wheel)
		foreign := slices.ContainsFunc(found, Finding.foreign)
		someFit = someFit || !foreign
		out = append(out, found...)
	}
	for i := range out {
		out[i].Certain = out[i].Certain || !someFit && out[i].foreign()
	}
	return out
}

// foreign says whether the finding is of a file for another system.
func (f Finding) foreign() bool { return f.Code == WrongFormat || f.Code == WrongMachine }

type report func(code Code, certain bool, text string)

// claim is what one platform tag promises.
type claim struct {
	tag    string
	format Format
	archs  []string // all of which a Mach-O file must hold if every, else one
	every  bool
	libc   Libc   // "" where none is promised
	floor  [2]int // of glibc or macOS, zero where none is promised
}

// claimsOf gives what the platform tags promise, each once and "any" left
// out. It is false when one of them is of a system unknown here.
func claimsOf(wheel []tags.Tag) (claims []claim, understood bool) {
	understood = true
	seen := map[string]bool{"any": true}
	for _, tag := range wheel {
		if seen[tag.Platform] {
			continue
		}
		seen[tag.Platform] = true
		c, ok := claimOf(tag.Platform)
		claims, understood = append(claims, c), understood && ok
	}
	return claims, understood
}

func claimOf(tag string) (claim, bool) {
	if arch, ok := strings.CutPrefix(tag, "linux_"); ok {
		return claim{tag: tag, format: ELF, archs: []string{arch}}, true
	}
	family, floor, arch, ok := target.SplitTag(tag)
	c := claim{tag: tag, archs: []string{arch}, floor: floor}
	switch family {
	case target.Manylinux:
		c.format, c.libc = ELF, Glibc
	case target.Musllinux:
		c.format, c.libc = ELF, Musl
	case target.Windows:
		c.format = PE
	case target.MacOS:
		c.format = MachO
		c.archs, c.every = macArchs(arch)
	}
	return c, ok
}

// macArchs gives the processors that a format of macOS tags stands for. The
// formats before universal2 promised some that nobody builds for any more.
func macArchs(format string) (archs []string, every bool) {
	switch format {
	case "universal2":
		return []string{"x86_64", "arm64"}, true
	case "intel":
		return []string{"x86_64", "i386"}, false
	case "fat", "fat3", "fat64", "universal":
		return []string{"x86_64", "i386", "ppc", "ppc64"}, false
	}
	return []string{format}, true
}

func checkPlatform(f Facts, claims []claim, add report) {
	var same []claim
	for _, c := range claims {
		if c.format == f.Format && f.suits(c) {
			same = append(same, c)
		}
	}
	switch {
	case len(same) == 0:
		add(WrongFormat, f.Module, fmt.Sprintf("is %s, the wheel is for %s", f.describe(), claimTags(claims)))
	case f.Format == MachO:
		checkMac(f, same, add)
	default:
		checkImage(f, f.Images[0], same, add)
	}
}

// suits says whether the file is for the operating system of a claim.
func (f Facts) suits(c claim) bool {
	system := map[Format]string{ELF: "linux", MachO: "macos", PE: "windows"}[c.format]
	return !slices.ContainsFunc(f.Images, func(i Image) bool {
		return i.System != "" && i.System != system || i.Libc == Bionic
	})
}

// describe says what a file is: "an ELF file for x86_64".
func (f Facts) describe() string {
	article := "a"
	if f.Format == ELF {
		article = "an"
	}
	text := fmt.Sprintf("%s %s file for %s", article, f.Format, strings.Join(f.Archs(), " and "))
	if i := f.Images[0]; i.Libc == Bionic {
		text += " Android"
	} else if i.System != "" && i.System != "linux" && i.System != "macos" && i.System != "windows" {
		text += " " + i.System
	}
	return text
}

func claimTags(claims []claim) string {
	var out []string
	for _, c := range claims {
		out = append(out, c.tag)
	}
	return strings.Join(out, ", ")
}

// checkImage compares an ELF or PE file with the claims for its architecture.
func checkImage(f Facts, image Image, claims []claim, add report) {
	claims = slices.DeleteFunc(slices.Clone(claims), func(c claim) bool {
		return !slices.ContainsFunc(c.archs, func(arch string) bool { return serves(image.Arch, arch) })
	})
	if len(claims) == 0 {
		add(WrongMachine, f.Module, fmt.Sprintf("is for %s, which no tag of the wheel names", image.Arch))
		return
	}
	worst := claim{}
	for _, c := range claims {
		if c.libc != "" && image.Libc != "" && c.libc != image.Libc {
			add(WrongLibc, true, fmt.Sprintf("is linked to %s, the wheel is for %s", image.Libc, c.tag))
			return
		}
		if c.libc == Glibc && less(c.floor, image.Glibc) && (worst.tag == "" || less(c.floor, worst.floor)) {
			worst = c
		}
	}
	if worst.tag != "" {
		add(GlibcTooNew, true, fmt.Sprintf("needs glibc %d.%d, the wheel is for %s", image.Glibc[0], image.Glibc[1], worst.tag))
	}
}

// serves says whether code for one processor runs where a tag names another.
// What an ELF file says of ARM does not tell its versions apart.
func serves(code, tag string) bool {
	return code == tag || code == "armv7l" && (tag == "armv6l" || tag == "armv8l")
}

func less(a, b [2]int) bool { return slices.Compare(a[:], b[:]) < 0 }

// checkMac compares a Mach-O file with each claim: the processors promised,
// and the release of macOS for each.
func checkMac(f Facts, claims []claim, add report) {
	missing := map[string]bool{}
	for _, c := range claims {
		found := 0
		for _, arch := range c.archs {
			if !slices.Contains(f.Archs(), arch) {
				if c.every && !missing[arch] {
					missing[arch] = true
					add(WrongMachine, f.Module, fmt.Sprintf("has no code for %s, the wheel is for %s", arch, c.tag))
				}
				continue
			}
			found++
			if floor := f.MacOSFloor(arch); less(macFloor(c.floor, arch), floor) {
				add(MacOSTooNew, true, fmt.Sprintf("needs macOS %d.%d on %s, the wheel is for %s", floor[0], floor[1], arch, c.tag))
			}
		}
		if found == 0 && !c.every {
			add(WrongMachine, f.Module, fmt.Sprintf("is for %s, the wheel is for %s", strings.Join(f.Archs(), " and "), c.tag))
		}
	}
}

// macFloor is the release that a tag promises for a processor: arm64 begins
// with 11.0.
func macFloor(floor [2]int, arch string) [2]int {
	if arch == "arm64" {
		return later(floor, [2]int{11, 0})
	}
	return floor
}
