package tags

import (
	"slices"
	"strconv"
	"strings"
)

// majorOnly in place of a minor version stands for a version of which only
// the major number is known.
const majorOnly = -1

// CPython lists the tags of a CPython with these ABIs on these platforms, best
// first: its own ABIs, the stable ABI of this version, none, and the stable ABI
// of every older version down to 3.2. Free-threaded ABIs ("cp314t") get abi3t
// where the others get abi3 (PEP 803). A minor version of -1 means that only
// the major is known: then there is no stable ABI.
func CPython(version [2]int, abis, platforms []string) []Tag {
	stable := stableABI(version, abis)
	interpreter := "cp" + nodot(version)
	out := make([]Tag, 0, (len(abis)+2+max(version[1], 0))*len(platforms))
	for _, abi := range abis {
		if abi != "none" && abi != "abi3" && (abi != "abi3t" || !freeThreaded(abis)) {
			out = onEach(out, interpreter, abi, platforms)
		}
	}
	if stable != "" {
		out = onEach(out, interpreter, stable, platforms)
	}
	out = onEach(out, interpreter, "none", platforms)
	if stable != "" {
		for minor := version[1] - 1; minor > 1; minor-- {
			out = onEach(out, "cp"+nodot([2]int{version[0], minor}), stable, platforms)
		}
	}
	return out
}

// Compatible lists the tags of pure Python code for this version, best first:
// py*-none-PLATFORM, then INTERPRETER-none-any unless interpreter is empty,
// then py*-none-any.
func Compatible(version [2]int, interpreter string, platforms []string) []Tag {
	pythons := pythonsDownFrom(version)
	out := make([]Tag, 0, len(pythons)*(len(platforms)+1)+1)
	for _, python := range pythons {
		out = onEach(out, python, "none", platforms)
	}
	anywhere := []string{"any"}
	if interpreter != "" {
		out = onEach(out, strings.ToLower(interpreter), "none", anywhere)
	}
	for _, python := range pythons {
		out = onEach(out, python, "none", anywhere)
	}
	return out
}

// Generic lists the tags of an interpreter that has no rules of its own, such
// as PyPy: each ABI on each platform, then none unless it was among them.
func Generic(interpreter string, abis, platforms []string) []Tag {
	if !slices.Contains(abis, "none") {
		abis = append(slices.Clone(abis), "none")
	}
	out := make([]Tag, 0, len(abis)*len(platforms))
	for _, abi := range abis {
		out = onEach(out, strings.ToLower(interpreter), abi, platforms)
	}
	return out
}

func onEach(out []Tag, python, abi string, platforms []string) []Tag {
	abi = strings.ToLower(abi)
	for _, platform := range platforms {
		out = append(out, Tag{python, abi, strings.ToLower(platform)})
	}
	return out
}

// stableABI names the stable ABI that such an interpreter loads, or "".
func stableABI(version [2]int, abis []string) string {
	switch {
	case version[1] == majorOnly, version[0] < 3, version[0] == 3 && version[1] < 2:
		return ""
	case freeThreaded(abis):
		return "abi3t"
	}
	return "abi3"
}

// freeThreaded says whether the first ABI is that of a free-threaded CPython:
// "t" among the letters after its number.
func freeThreaded(abis []string) bool {
	if len(abis) == 0 || !strings.HasPrefix(abis[0], "cp") {
		return false
	}
	flags := strings.TrimLeft(abis[0][2:], "0123456789")
	return len(flags) < len(abis[0])-2 && strings.Contains(flags, "t")
}

// pythonsDownFrom gives "py311", "py3", "py310", … "py30".
func pythonsDownFrom(version [2]int) []string {
	major := "py" + strconv.Itoa(version[0])
	if version[1] == majorOnly {
		return []string{major}
	}
	out := []string{"py" + nodot(version), major}
	for minor := version[1] - 1; minor >= 0; minor-- {
		out = append(out, major+strconv.Itoa(minor))
	}
	return out
}

func nodot(version [2]int) string {
	if version[1] == majorOnly {
		return strconv.Itoa(version[0])
	}
	return strconv.Itoa(version[0]) + strconv.Itoa(version[1])
}
