package wheelbuild

import (
	"debug/elf"
	"slices"
	"strconv"
	"strings"
)

// What a manylinux system promises beside its C library (PEP 600), as the
// policies of auditwheel 6 write it down.

// libraries are those that every such system has.
var libraries = []string{
	"libGL.so.1", "libICE.so.6", "libSM.so.6", "libX11.so.6", "libXext.so.6", "libXrender.so.1",
	"libanl.so.1", "libatomic.so.1", "libc.so", "libc.so.6", "libdl.so.2", "libexpat.so.1", "libgcc_s.so.1",
	"libglib-2.0.so.0", "libgobject-2.0.so.0", "libgthread-2.0.so.0", "libm.so.6", "libmvec.so.1", "libnsl.so.1",
	"libpthread.so.0", "libresolv.so.2", "librt.so.1", "libstdc++.so.6", "libutil.so.1", "libz.so.1",
}

func promised(library string) bool {
	return slices.Contains(libraries, library) || strings.HasPrefix(library, "ld-linux") ||
		strings.HasPrefix(library, "ld-musl-") || strings.HasPrefix(library, "libc.musl-")
}

// runtimes say, for versions of symbols of other libraries than glibc, with
// which minor version of glibc 2 they come.
var runtimes = map[string][]struct {
	newest string
	glibc  int
}{
	"GLIBCXX":   {{"3.4.8", 5}, {"3.4.13", 12}, {"3.4.19", 17}, {"3.4.22", 24}, {"3.4.24", 27}, {"3.4.28", 31}, {"3.4.29", 34}, {"3.4.30", 35}, {"3.4.33", 39}},
	"CXXABI":    {{"1.3.1", 5}, {"1.3.3", 12}, {"1.3.7", 17}, {"1.3.10", 24}, {"1.3.11", 27}, {"1.3.12", 31}, {"1.3.13", 34}, {"1.3.15", 39}},
	"GCC":       {{"4.2.0", 5}, {"4.3.0", 12}, {"4.8.0", 17}, {"7.0.0", 27}, {"12.0.0", 35}, {"14.0.0", 39}},
	"ZLIB":      {{"1.2.2.4", 12}, {"1.2.5.2", 17}, {"1.2.9", 27}, {"1.2.12", 37}},
	"LIBATOMIC": {{"1.2", 24}},
}

// runtimeFloor is the least minor version of glibc 2 whose systems have all
// versions of symbols that a file needs of other libraries. It is false when
// one is newer than all that are known.
func runtimeFloor(f *elf.File) (minor int, ok bool) {
	needs, err := f.DynamicVersionNeeds()
	if err != nil {
		return 0, true // none
	}
	const weak = 2
	for _, library := range needs {
		for _, v := range library.Needs {
			if v.Flags&weak != 0 {
				continue
			}
			floor, ok := symbolFloor(v.Dep)
			if !ok {
				return 0, false
			}
			minor = max(minor, floor)
		}
	}
	return minor, true
}

// symbolFloor is that of one version: "GLIBCXX_3.4.29".
func symbolFloor(version string) (minor int, ok bool) {
	kind, number, _ := strings.Cut(version, "_")
	known, ok := runtimes[kind]
	if !ok {
		return 0, true // of glibc, which is looked at elsewhere, or of a library that is no part of the promise
	}
	for _, r := range known {
		if compareNumbers(number, r.newest) <= 0 {
			return r.glibc, true
		}
	}
	return 0, false
}

func compareNumbers(a, b string) int { return slices.Compare(numbers(a), numbers(b)) }

// numbers are those of a version; a word (CXXABI_TM_1) is none.
func numbers(version string) []int {
	var out []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}
