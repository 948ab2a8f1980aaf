package launch

import "github.com/axlepack/axle/internal/lite"

// PythonHome leads an interpreter to its library; one that needs it cannot start
// without, and for any other it is another one's.
const PythonHome = "PYTHONHOME"

// ofHost says whether a variable is one by which a host adds modules of its own
// to any Python, or makes it start in another way; or one of axle's own, which a
// run sets anew. The others (PYTHONUTF8, PYTHONUNBUFFERED) are the user's word.
func ofHost(name string, needsSite bool) bool {
	switch name {
	case "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONINSPECT", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR",
		"PYTHONPYCACHEPREFIX", "__PYVENV_LAUNCHER__",
		"AXLE_PYTHON", "AXLE_PACKAGE", "AXLE_FIELDS", "AXLE_FIELDS_FILE":
		return true
	}
	return name == PythonHome && !needsSite
}

func withoutHost(env []string, needsSite bool) []string {
	return Without(env, func(name string) bool { return ofHost(name, needsSite) })
}

// Without leaves out the variables whose names, in capitals, drop says.
func Without(env []string, drop func(name string) bool) []string {
	kept := make([]string, 0, len(env)+4)
	for _, entry := range env {
		name, _, _ := lite.Cut(entry, "=")
		if !drop(lite.Upper(name)) {
			kept = append(kept, entry)
		}
	}
	return kept
}
