package interpreters

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// ReportVersion is the version of the JSON form of a [Report] that this
// package writes. It grows when a field changes its meaning or goes; a reader
// should refuse a greater one, and ignore fields it does not know.
const ReportVersion = 1

// Report is what an interpreter said of itself. Its JSON form is public, and
// is part of agent profiles.
type Report struct {
	// Schema is [ReportVersion].
	Schema int `json:"version"`
	// Path is sys.executable: the program that really runs. It may differ from
	// the path that was started ([Interpreter.Path]) and need not exist here,
	// when that one starts another machine's interpreter in an emulator.
	Path string `json:"executable"`
	// Version is platform.python_version(): "3.11.7", "3.15.0rc1", "3.14.0+".
	Version string `json:"python"`
	// Implementation is sys.implementation.name, in lower case: "cpython",
	// "pypy", "graalpy"; for Python 2 what platform.python_implementation() says.
	Implementation string `json:"implementation"`
	// ImplementationVersion is that of PyPy or GraalPy; CPython's is Version.
	ImplementationVersion string `json:"implementation_version"`

	// Platforms and Tags are the accepted compatibility tags, best first. A
	// member of Tags that ends in "*" stands for as many tags as there are
	// platforms, with each platform in place of the star, in their order:
	// "cp311-abi3-*". [Report.TagOrder] writes them out.
	Platforms []string `json:"platforms"`
	Tags      []string `json:"tags"`
	// Markers are the eleven environment markers of PEP 508 by their names.
	Markers map[string]string `json:"markers"`
	// Libc is the C library the interpreter runs on. It is zero outside Linux
	// and where none could be told.
	Libc Libc `json:"libc,omitzero"`

	// Bits is the width of a pointer: 64 or 32.
	Bits int `json:"bits"`
	// Freethreaded says that the build has no global lock (PEP 703); Debug
	// that it was configured with --with-pydebug.
	Freethreaded bool `json:"freethreaded,omitempty"`
	Debug        bool `json:"debug,omitempty"`

	// Prefix and its kin are those of the sys module. In a virtual environment
	// Prefix differs from BasePrefix.
	Prefix         string `json:"prefix"`
	BasePrefix     string `json:"base_prefix"`
	ExecPrefix     string `json:"exec_prefix"`
	BaseExecPrefix string `json:"base_exec_prefix"`
	// CacheTag names byte code files: "cpython-311"; "" for Python 2.
	CacheTag string `json:"cache_tag,omitempty"`
	// ExtSuffix is the first suffix of extension modules:
	// ".cpython-311-x86_64-linux-gnu.so".
	ExtSuffix string `json:"ext_suffix,omitempty"`
	// SOABI is the configuration variable of that name.
	SOABI string `json:"soabi,omitempty"`

	// Files are those, beside the executable, that the answer depends on: when
	// one changes, the interpreter should be asked again.
	Files []string `json:"files,omitempty"`
	// NeedsSite says that the interpreter could not start without its
	// site-packages and the environment's PYTHON* variables.
	NeedsSite bool `json:"needs_site,omitempty"`
}

// Libc is a C library. Family is "glibc" or "musl".
type Libc struct {
	Family string `json:"family"`
	Major  int    `json:"major"`
	Minor  int    `json:"minor"`
}

// String is "glibc 2.36", or "" for the zero Libc.
func (l Libc) String() string {
	if l.Family == "" {
		return ""
	}
	return fmt.Sprintf("%s %d.%d", l.Family, l.Major, l.Minor)
}

// Virtual says whether this is a virtual environment's interpreter.
func (r Report) Virtual() bool { return r.Prefix != r.BasePrefix }

// PythonVersion is the version of the language that is implemented. It is the
// zero Version when the interpreter called it by something that is none.
func (r Report) PythonVersion() pep440.Version {
	text := r.Version
	if strings.HasSuffix(text, "+") { // a build between releases; packaging does the same
		text += "local"
	}
	v, err := pep440.Parse(text)
	if err != nil {
		return pep440.Version{}
	}
	return v
}

// Target is what builds call this interpreter: its minor version on the first
// platform of its own that says what it needs. It is false where there is no
// such target.
func (r Report) Target() (target.Target, bool) {
	short := map[string]string{"cpython": "cp", "pypy": "pp"}[r.Implementation]
	v := r.PythonVersion()
	tag := fmt.Sprintf("%s%d%d", short, v.Release(0), v.Release(1))
	if r.Freethreaded {
		tag += "t"
	}
	python, err := target.ParsePython(tag)
	if err != nil || short == "" {
		return target.Target{}, false
	}
	for _, tag := range r.Platforms {
		if platform, err := target.ParsePlatform(tag); err == nil {
			return target.Target{Python: python, Platform: platform}, true
		}
	}
	return target.Target{}, false
}

// Environment is the marker environment: that of exactly this interpreter,
// not of every patch release.
func (r Report) Environment() pep508.Environment {
	return pep508.Environment{
		OSName:                       r.Markers["os_name"],
		SysPlatform:                  r.Markers["sys_platform"],
		PlatformSystem:               r.Markers["platform_system"],
		PlatformMachine:              r.Markers["platform_machine"],
		PlatformRelease:              r.Markers["platform_release"],
		PlatformVersion:              r.Markers["platform_version"],
		PlatformPythonImplementation: r.Markers["platform_python_implementation"],
		ImplementationName:           r.Markers["implementation_name"],
		ImplementationVersion:        r.Markers["implementation_version"],
		PythonVersion:                r.Markers["python_version"],
		PythonFullVersion:            r.Markers["python_full_version"],
	}
}

// TagOrder is the accepted tags, written out. It takes about a tenth of a
// millisecond: keep the result when several packages are to be ranked.
func (r Report) TagOrder() tags.Order {
	list := make([]tags.Tag, 0, len(r.Tags)*max(1, len(r.Platforms)))
	for _, member := range r.Tags {
		python, rest, _ := strings.Cut(member, "-")
		abi, platform, _ := strings.Cut(rest, "-")
		if platform != "*" {
			list = append(list, tags.Tag{Python: python, ABI: abi, Platform: platform})
			continue
		}
		for _, p := range r.Platforms {
			list = append(list, tags.Tag{Python: python, ABI: abi, Platform: p})
		}
	}
	return tags.NewOrder(list)
}
