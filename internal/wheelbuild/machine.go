package wheelbuild

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

// machine is an interpreter that can build.
type machine struct {
	path    string
	version pep440.Version
	// target is what it builds native wheels for. The floor of its platform is
	// that of this machine.
	target   target.Target
	identity string // equal for interpreters that build the same
	debug    bool
}

func (m *machine) String() string { return "Python " + m.version.String() }

// oldest is the oldest Python that the hooks run on.
var oldest = pep440.MustParse("3.8")

// machines are the interpreters that can build, in the order given.
func machines(list []interpreters.Interpreter) []*machine {
	var out []*machine
	for _, in := range list {
		if in.Report == nil {
			continue
		}
		if m, ok := newMachine(in.Path, *in.Report); ok && m.version.Compare(oldest) >= 0 {
			out = append(out, m)
		}
	}
	return out
}

func newMachine(path string, r interpreters.Report) (*machine, bool) {
	impl, known := map[string]target.Impl{"cpython": target.CPython, "pypy": target.PyPy}[r.Implementation]
	version := r.PythonVersion()
	platform, ok := platformOf(r)
	if !known || version.IsZero() || !ok {
		return nil, false
	}
	return &machine{
		path: path, version: version, debug: r.Debug,
		target: target.Target{
			Python:   target.Python{Impl: impl, Major: version.Release(0), Minor: version.Release(1), Freethreaded: r.Freethreaded},
			Platform: platform,
		},
		identity: strings.Join([]string{r.Implementation, r.Version, r.ImplementationVersion, r.SOABI, r.ExtSuffix, platform.String()}, " "),
	}, true
}

// platformOf is the best platform that the interpreter accepts, but for a bare
// linux_ARCH, which says nothing.
func platformOf(r interpreters.Report) (target.Platform, bool) {
	for _, tag := range r.Platforms {
		if p, err := target.ParsePlatform(tag); err == nil {
			return p, true
		}
	}
	return target.Platform{}, false
}

// best orders interpreters by how well they build for everybody: one of the
// Pythons wanted, CPython, with its lock, a final release, then the newest.
// It keeps the order of equal ones.
func best(list []*machine, wanted []target.Python) []*machine {
	rank := func(m *machine) int {
		n := 0
		for i, bad := range []bool{m.version.IsPrerelease(), m.debug || m.target.Python.Freethreaded, m.target.Python.Impl != target.CPython, !slices.Contains(wanted, m.target.Python)} {
			if bad {
				n += 1 << i
			}
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(list), func(a, b *machine) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.version.Compare(a.version))
	})
}

// admitted are the interpreters that a project wants to be built with.
func admitted(list []*machine, python pep440.SpecifierSet) []*machine {
	return slices.DeleteFunc(slices.Clone(list), func(m *machine) bool { return !python.Matches(m.version) })
}

// samePlatform says whether native wheels of one run on the other, but for
// the floor.
func samePlatform(a, b target.Platform) bool { return a.Family == b.Family && a.Arch == b.Arch }

// noMachine says why no interpreter can build something.
func (b *Builder) noMachine(what string, python pep440.SpecifierSet) error {
	hint := "name one with --builder-python PATH, or install one"
	if len(b.machines) == 0 {
		var old []string
		for _, in := range b.options.Interpreters {
			if in.Report != nil {
				old = append(old, in.Report.Version)
			}
		}
		text := what + " has to be built, which takes Python 3.8 or later, and none was found"
		if len(old) > 0 {
			text += ", only " + strings.Join(slices.Compact(old), ", ")
		}
		return fault.New(fault.NoInterpreter, text, hint)
	}
	var have []string
	for _, m := range b.machines {
		have = append(have, m.version.String())
	}
	return fault.New(fault.NoInterpreter, fmt.Sprintf("%s asks for Python %s to be built, and there is only %s", what, python, strings.Join(slices.Compact(have), ", ")), hint)
}
