package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// environment is what markers can tell of a target. Targets that differ in
// their floor, their C library, or in being free-threaded have one in common.
type environment struct {
	major, minor            int
	impl, platform, machine string
}

func environmentOf(t target.Target) environment {
	env := t.Environment()
	return environment{t.Python.Major, t.Python.Minor, env.PlatformPythonImplementation, env.SysPlatform, env.PlatformMachine}
}

func (e environment) compare(o environment) int {
	return cmp.Or(strings.Compare(e.platform, o.platform), strings.Compare(e.machine, o.machine), strings.Compare(e.impl, o.impl),
		cmp.Compare(e.major, o.major), cmp.Compare(e.minor, o.minor))
}

// python is the value of python_version.
func (e environment) python() string { return fmt.Sprintf("%d.%d", e.major, e.minor) }

// axis is what a marker variable says of an environment.
type axis struct {
	variable string
	of       func(environment) string
}

var axes = [...]axis{
	{"python_version", environment.python},
	{"sys_platform", func(e environment) string { return e.platform }},
	{"platform_machine", func(e environment) string { return e.machine }},
	{"platform_python_implementation", func(e environment) string { return e.impl }},
}

// pythons is the requires-python of the lock: from the lowest Python to the
// highest.
func (m *markers) pythons() (pep440.SpecifierSet, error) {
	if len(m.all) == 0 {
		return pep440.SpecifierSet{}, nil
	}
	low, high := m.bounds()
	return pep440.ParseSpecifierSet(fmt.Sprintf(">=%s,<%d.%d", low.python(), high.major, high.minor+1))
}

func (m *markers) bounds() (low, high environment) {
	byPython := func(a, b environment) int {
		return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor))
	}
	return slices.MinFunc(m.all, byPython), slices.MaxFunc(m.all, byPython)
}

// environments are markers that exclude each other, and together hold for all
// environments and, with requires-python, for no others: one for each system,
// machine and implementation, and each run of Pythons where there are gaps.
func (m *markers) environments() ([]pep508.Marker, error) {
	low, high := m.bounds()
	var out []pep508.Marker
	for i := 0; i < len(m.all); {
		first, last := m.all[i], m.all[i]
		for i++; i < len(m.all) && follows(last, m.all[i]); i++ {
			last = m.all[i]
		}
		terms := []string{
			fmt.Sprintf("sys_platform == %q", first.platform), fmt.Sprintf("platform_machine == %q", first.machine),
			fmt.Sprintf("platform_python_implementation == %q", first.impl),
		}
		switch {
		case first == last && low.python() != high.python():
			terms = append(terms, fmt.Sprintf("python_version == %q", first.python()))
		default:
			if first.python() != low.python() {
				terms = append(terms, fmt.Sprintf("python_version >= %q", first.python()))
			}
			if last.python() != high.python() {
				terms = append(terms, fmt.Sprintf("python_version < \"%d.%d\"", last.major, last.minor+1))
			}
		}
		marker, err := pep508.ParseMarker(strings.Join(terms, " and "))
		if err != nil {
			return nil, err
		}
		out = append(out, marker)
	}
	return out, nil
}

// follows says that b is the next Python on the same system.
func follows(a, b environment) bool {
	a.minor++
	return a == b
}
