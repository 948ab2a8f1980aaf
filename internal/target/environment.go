package target

import "github.com/axlepack/axle/internal/pep508"

// Environment gives the marker variables (PEP 508) of the target. Every patch
// release of the Python is meant, so AnyPatch is set and python_full_version
// is the first of them. platform_release and platform_version are empty: a
// target is not one machine.
func (t Target) Environment() pep508.Environment {
	env := systemOf(t.Platform)
	env.PythonVersion = t.Python.Version()
	env.PythonFullVersion = t.Python.Version() + ".0"
	env.AnyPatch = true
	if t.Python.Impl == PyPy {
		env.PlatformPythonImplementation = "PyPy"
		env.ImplementationName = "pypy"
		release, _ := t.Python.Release()
		env.ImplementationVersion = release.PyPy
	} else {
		env.PlatformPythonImplementation = "CPython"
		env.ImplementationName = "cpython"
		env.ImplementationVersion = env.PythonFullVersion
	}
	if t.Python.Major == 2 {
		asPython2(&env)
	}
	return env
}

// asPython2 sets what Python 2 reports otherwise: it has no
// sys.implementation, for which the standard gives values, and its
// sys.platform still counts the major version of Linux.
func asPython2(env *pep508.Environment) {
	env.ImplementationName, env.ImplementationVersion = "", "0"
	if env.SysPlatform == "linux" {
		env.SysPlatform = "linux2"
	}
}

// systemOf gives the variables that follow from the platform alone.
// platform_machine is spelled as each system reports it. A 32-bit Python is
// taken to run on a 32-bit system.
func systemOf(p Platform) pep508.Environment {
	switch p.Family {
	case Windows:
		machine := map[string]string{"amd64": "AMD64", "arm64": "ARM64", "x86": "x86"}[p.Arch]
		return pep508.Environment{OSName: "nt", SysPlatform: "win32", PlatformSystem: "Windows", PlatformMachine: machine}
	case MacOS:
		return pep508.Environment{OSName: "posix", SysPlatform: "darwin", PlatformSystem: "Darwin", PlatformMachine: p.Arch}
	}
	return pep508.Environment{OSName: "posix", SysPlatform: "linux", PlatformSystem: "Linux", PlatformMachine: p.Arch}
}
