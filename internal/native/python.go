package native

import (
	"strings"

	"github.com/axlepack/axle/internal/lazyregexp"
)

// moduleABI reads what a file's name says of an extension module: its ABI
// where the name has one, and whether only extension modules have such a name.
//
//	mod.cpython-311-x86_64-linux-gnu.so   cp311
//	mod.cpython-37m-darwin.so             cp37m
//	mod.abi3.so                           abi3
//	mod.cp313t-win_amd64.pyd              cp313t
//	mod_d.cp311-win_amd64.pyd             cp311d
//	mod.pypy310-pp73-x86_64-linux-gnu.so  pypy310_pp73
//	mod.pyd                               "", a module
//	mod.so, libz.so.1                     "", perhaps not
func moduleABI(name string) (abi string, module bool) {
	name = strings.ToLower(baseName(strings.ReplaceAll(name, `\`, "/")))
	stem, windows := strings.CutSuffix(name, ".pyd")
	if !windows {
		var unix bool
		if stem, unix = strings.CutSuffix(name, ".so"); !unix {
			return "", false
		}
	}
	dot := strings.LastIndexByte(stem, '.')
	if dot < 0 {
		return "", windows
	}
	abi = abiOf(stem[dot+1:])
	if windows && strings.HasPrefix(abi, "cp") && strings.HasSuffix(stem[:dot], "_d") {
		abi += "d"
	}
	return abi, windows || abi != ""
}

var soabi = lazyregexp.New(`^(?:(?:cpython-|cp)(\d{2,4}[a-z]*)(?:-.*)?|(pypy\d*-\w+)(?:-.*)?|(graalpy-?\d*-\w+)(?:-.*)?|(abi3t?))$`)

// abiOf reads the part of a name that Python calls SOABI, as packaging does.
func abiOf(part string) string {
	m := soabi.FindStringSubmatch(part)
	switch {
	case m == nil:
		return ""
	case m[1] != "":
		return "cp" + m[1]
	case m[4] != "":
		return m[4]
	}
	return strings.ReplaceAll(m[2]+m[3], "-", "_")
}

var (
	windowsPython = lazyregexp.New(`^python(\d{1,4})(t?)(_d)?\.dll$`)
	windowsPyPy   = lazyregexp.New(`^libpypy(\d)\.(\d+)-c\.dll$`)
	unixPython    = lazyregexp.New(`^libpython(\d)(?:\.(\d+))?([a-z]*)\.(?:so|dylib)(?:\.|$)`)
	framework     = lazyregexp.New(`Python(T?)\.framework/Versions/(\d)\.(\d+)t?/Python`)
)

// pythonsAmong gives the ABIs of the Python libraries among those that a file
// is linked to. python3.dll and libpython3.so are those of the stable ABI.
func pythonsAmong(libraries []string) []string {
	var out []string
	for _, library := range libraries {
		if abi := pythonOf(library); abi != "" {
			out = append(out, abi)
		}
	}
	return out
}

func pythonOf(library string) string {
	if lower := strings.ToLower(library); !strings.Contains(lower, "python") && !strings.Contains(lower, "pypy") {
		return ""
	}
	if m := framework.FindStringSubmatch(library); m != nil {
		return "cp" + m[2] + m[3] + strings.ToLower(m[1])
	}
	name := strings.ToLower(baseName(library))
	if m := windowsPython.FindStringSubmatch(name); m != nil {
		if len(m[1]) == 1 {
			return "abi" + m[1] + m[2]
		}
		return "cp" + m[1] + m[2] + strings.TrimPrefix(m[3], "_")
	}
	if m := windowsPyPy.FindStringSubmatch(name); m != nil {
		return "pypy" + m[1] + m[2]
	}
	if m := unixPython.FindStringSubmatch(name); m != nil {
		if m[2] == "" {
			return "abi" + m[1] + m[3]
		}
		return "cp" + m[1] + m[2] + m[3]
	}
	return ""
}
