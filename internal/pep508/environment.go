package pep508

import "strings"

// Environment holds the eleven variables of PEP 508: what a marker is decided
// for. It is comparable.
type Environment struct {
	OSName                       string // os_name: posix, nt
	SysPlatform                  string // sys_platform: linux, win32, darwin
	PlatformSystem               string // platform_system: Linux, Windows, Darwin
	PlatformMachine              string // platform_machine: x86_64, AMD64, arm64
	PlatformRelease              string
	PlatformVersion              string
	PlatformPythonImplementation string // CPython, PyPy
	ImplementationName           string // cpython, pypy
	ImplementationVersion        string
	PythonVersion                string // 3.11
	PythonFullVersion            string // 3.11.7

	// AnyPatch says that the environment stands for every patch release of
	// PythonVersion: PythonFullVersion is not looked at, nor is
	// ImplementationVersion where ImplementationName is cpython.
	AnyPatch bool
}

// variable is one of the names that a marker may use.
type variable uint8

const (
	noVariable variable = iota
	osName
	sysPlatform
	platformSystem
	platformMachine
	platformRelease
	platformVersion
	platformPythonImplementation
	implementationName
	implementationVersion
	pythonVersion
	pythonFullVersion
	extra
	extras           // PEP 751: the extras asked for, in lock files
	dependencyGroups // PEP 751
)

var variableNames = [...]string{
	noVariable:                   "",
	osName:                       "os_name",
	sysPlatform:                  "sys_platform",
	platformSystem:               "platform_system",
	platformMachine:              "platform_machine",
	platformRelease:              "platform_release",
	platformVersion:              "platform_version",
	platformPythonImplementation: "platform_python_implementation",
	implementationName:           "implementation_name",
	implementationVersion:        "implementation_version",
	pythonVersion:                "python_version",
	pythonFullVersion:            "python_full_version",
	extra:                        "extra",
	extras:                       "extras",
	dependencyGroups:             "dependency_groups",
}

func (v variable) String() string { return variableNames[v] }

// isVersion says whether values are compared as versions where they are some.
func (v variable) isVersion() bool {
	return v == implementationVersion || v == platformRelease || v == pythonFullVersion || v == pythonVersion
}

// isSet says whether the value is a set of names.
func (v variable) isSet() bool { return v == extras || v == dependencyGroups }

// findVariable finds the variable of exactly that name.
func findVariable(name string) variable {
	for v, known := range variableNames {
		if known == name && name != "" {
			return variable(v)
		}
	}
	return noVariable
}

// findSpelling finds a variable by its name or one of those that PEP 345 gave it.
func findSpelling(name string) variable {
	switch name {
	case "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation":
		name = strings.Replace(name, ".", "_", 1)
	case "python_implementation":
		name = "platform_python_implementation"
	}
	return findVariable(name)
}

// value is the value of a variable that has a text.
func (e *Environment) value(v variable) string {
	switch v {
	case osName:
		return e.OSName
	case sysPlatform:
		return e.SysPlatform
	case platformSystem:
		return e.PlatformSystem
	case platformMachine:
		return e.PlatformMachine
	case platformRelease:
		return e.PlatformRelease
	case platformVersion:
		return e.PlatformVersion
	case platformPythonImplementation:
		return e.PlatformPythonImplementation
	case implementationName:
		return e.ImplementationName
	case implementationVersion:
		return e.ImplementationVersion
	case pythonVersion:
		return e.PythonVersion
	case pythonFullVersion:
		// A Python that was built between releases calls itself 3.11.1+.
		if strings.HasSuffix(e.PythonFullVersion, "+") {
			return e.PythonFullVersion + "local"
		}
		return e.PythonFullVersion
	}
	return ""
}
