package selector

import (
	"slices"
	"strings"
)

// hostVariables are those by which a host adds modules of its own to any
// Python, or makes it start in another way; and those of axle's own, which a
// run sets anew. The others (PYTHONUTF8, PYTHONUNBUFFERED) are the user's word.
var hostVariables = []string{
	"PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONINSPECT", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR",
	"PYTHONPYCACHEPREFIX", "__PYVENV_LAUNCHER__",
	"AXLE_PYTHON", "AXLE_PACKAGE", "AXLE_FIELDS", "AXLE_FIELDS_FILE",
}

// home leads an interpreter to its library; one that needs it cannot start
// without, and for any other it is another one's.
const home = "PYTHONHOME"

// withoutHost is the environment for an extension.
func withoutHost(env []string, needsSite bool) []string {
	return without(env, func(name string) bool {
		return slices.Contains(hostVariables, name) || name == home && !needsSite
	})
}

// compileEnv is the environment for making byte code, on which no wish for one
// run has an effect.
func compileEnv(env []string, needsSite bool) []string {
	return without(env, func(name string) bool {
		return name == "SOURCE_DATE_EPOCH" || name == "__PYVENV_LAUNCHER__" ||
			strings.HasPrefix(name, "PYTHON") && (name != home || !needsSite)
	})
}

func without(env []string, drop func(name string) bool) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return drop(strings.ToUpper(name))
	})
}
