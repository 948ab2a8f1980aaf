package inspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

func nativeFile(r *archive.Reader, m archive.Member) (Native, bool, error) {
	facts, ok, err := r.Native(m)
	return describe(facts), ok, err
}

func describe(f native.Facts) Native {
	out := Native{Path: f.Name, ABI: f.ABI}
	glibc, macOS := f.GlibcFloor(), [2]int{}
	for _, image := range f.Images {
		for_ := strings.TrimSpace(systemOf(f, image) + " " + image.Arch)
		if !slices.Contains(out.For, for_) {
			out.For = append(out.For, for_)
		}
		macOS = later(macOS, image.MacOS)
	}
	out.glibc = glibc
	switch {
	case glibc != [2]int{}:
		out.Needs = fmt.Sprintf("glibc %d.%d", glibc[0], glibc[1])
	case f.MuslLinked():
		out.Needs = "musl"
	case macOS != [2]int{}:
		out.Needs = fmt.Sprintf("macOS %d.%d", macOS[0], macOS[1])
	}
	return out
}

func systemOf(f native.Facts, image native.Image) string {
	switch {
	case image.System != "":
		return image.System
	case f.Format == native.PE:
		return "windows"
	case f.Format == native.MachO:
		return "macos"
	}
	return "linux" // an ELF that does not say is for the one that runs it
}

func later(a, b [2]int) [2]int {
	if slices.Compare(a[:], b[:]) < 0 {
		return b
	}
	return a
}

// floorKinds are what files need of a system, in the order in which it is told.
var floorKinds = [...]string{"glibc", "musl", "macOS"}

// needs gives, of every kind of floor, the highest: "glibc 2.28".
func needs(all []Distribution) []string {
	highest := map[string]string{}
	for _, d := range all {
		for _, n := range d.Native {
			kind, version, _ := strings.Cut(n.Needs, " ")
			if old, ok := highest[kind]; kind != "" && (!ok || newer(version, old)) {
				highest[kind] = version
			}
		}
	}
	var out []string
	for _, kind := range floorKinds {
		if version, ok := highest[kind]; ok {
			out = append(out, strings.TrimSpace(kind+" "+version))
		}
	}
	return out
}

// promised gives the lowest floor that a package's tags promise of a kind, as
// axle matrix tells it: "glibc" is "2.17".
func promised(of []string) map[string]string {
	lowest := map[string]string{}
	kinds := map[target.OS]string{target.Manylinux: "glibc", target.Musllinux: "musl", target.MacOS: "macOS"}
	for _, text := range of {
		family, floor, _, ok := target.SplitTag(text[strings.LastIndexByte(text, '-')+1:])
		kind, version := kinds[family], fmt.Sprintf("%d.%d", floor[0], floor[1])
		if old, seen := lowest[kind]; ok && kind != "" && (!seen || newer(old, version)) {
			lowest[kind] = version
		}
	}
	return lowest
}

// floors says what the package's binaries were measured to need, and what its
// tags promise where that is something else: "needs glibc 2.14, promised 2.17".
func (p Package) floors() string {
	var parts []string
	promises := promised(p.Tags)
	for _, need := range p.Needs {
		kind, version, _ := strings.Cut(need, " ")
		text := "needs " + need
		if promise, ok := promises[kind]; ok && promise != version {
			text += ", promised " + promise
		}
		delete(promises, kind)
		parts = append(parts, text)
	}
	for _, kind := range floorKinds {
		if promise, ok := promises[kind]; ok {
			parts = append(parts, "promised "+kind+" "+promise)
		}
	}
	return strings.Join(parts, "; ")
}

func newer(a, b string) bool { return compareVersions(a, b) > 0 }

// compareVersions orders texts as versions; those that are none come first.
func compareVersions(a, b string) int {
	v, err := pep440.Parse(a)
	w, err2 := pep440.Parse(b)
	switch {
	case err == nil && err2 == nil:
		return v.Compare(w)
	case err == nil:
		return 1
	case err2 == nil:
		return -1
	}
	return strings.Compare(a, b)
}
