package resolve

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

// exceptions are the scenarios and sets with answers that differ from the
// recorded ones because DESIGN.md decides otherwise, each with its reason. They
// have to be all of them in a corpus that has them all; of another one, or a
// part of one, the test says it and goes on.
var exceptions = map[string]string{
	"python-patch-override-no-patch": "3.9 is every 3.9.x: the newest version asks for >=3.9.4, and the recorded answers are for 3.9.0",
	"async-redis":                    "3.11 is every 3.11.x: redis requires async-timeout for python_full_version < 3.11.3, and the recorded answers are for 3.11.14",
}

// excepted says whether an exception of aboutPatches is listed.
func excepted(t testing.TB, name string) {
	t.Helper()
	reason, listed := exceptions[name]
	if !listed && hasExceptions(t) {
		t.Errorf("%s: it differs from what is recorded: list it in exceptions, with the reason", name)
	}
	t.Logf("%s: %s", name, reason)
}

// hasExceptions says whether the corpora are those that the list was made for.
func hasExceptions(t testing.TB) bool {
	t.Helper()
	resolver := conformance.Dir(t, "resolver")
	for name := range exceptions {
		scenarios, _ := filepath.Glob(filepath.Join(resolver, "scenarios", "*", name+".json"))
		sets, _ := filepath.Glob(filepath.Join(resolver, "targets", name+".json"))
		if len(scenarios)+len(sets) == 0 {
			return false
		}
	}
	return os.Getenv("AXLE_CONFORMANCE") == ""
}

// aboutPatches says whether an answer differs from the recorded one for the
// only reason that DESIGN.md gives for these cases: "A target's 3.9 means every
// patch release of it", where the peers were asked for one patch release ("3.9" =
// 3.9.0). Either a marker holds for another patch release only, so that without
// what it brings the answers are the same; or a chosen version runs on other
// patch releases only, so that the peers had to choose another or none.
func aboutPatches(t testing.TB, source Source, roots []Requirement, c *scenarioCase, want answer, r Result) bool {
	t.Helper()
	if len(r.Solutions) == 0 {
		return false
	}
	s := r.Solutions[0]
	full := c.Python
	if strings.Count(full, ".") == 1 {
		full += ".0"
	}
	for _, pin := range s.Pins {
		if !pin.RequiresPython.Matches(pep440.MustParse(full)) {
			t.Logf("%s: %s %s requires Python %s, the recorded answer is for %s", s.Target, pin.Project, pin.Version, pin.RequiresPython, full)
			return true
		}
	}
	env := s.Target.Environment()
	env.AnyPatch, env.PythonFullVersion, env.ImplementationVersion = false, full, full
	k := &checker{t: t, source: source, s: s, env: &env, reached: map[string]bool{}}
	for _, q := range roots {
		k.follow(q.Requirement, "", "the user")
	}
	s.Pins = slices.DeleteFunc(slices.Clone(s.Pins), func(p lock.Pin) bool { return !k.reached[string(p.Project)] })
	mine, _ := got(t, Result{Solutions: []lock.Solution{s}})
	if !mine.same(want) {
		return false
	}
	t.Logf("%s: a marker holds for some patch releases, but not for %s", s.Target, full)
	return true
}

// eitherWay: where the peers differ from each other only by the order in which
// they look at projects, any answer is right that has all it needs and nothing
// else, each file the best for its target.
func eitherWay(t testing.TB, source Source, roots []Requirement, c *scenarioCase, r Result) bool {
	t.Helper()
	if c.Why != "preference-order" || !c.Satisfiable || len(r.Solutions) == 0 {
		return false
	}
	checkSolutions(t, source, roots, r)
	mine, _ := got(t, r)
	t.Logf("%s: a third way: %s", r.Solutions[0].Target, difference(mine, c.answer))
	return true
}

// namesAtFault: a failure says which projects are at fault, and its text names
// each of them.
func namesAtFault(t testing.TB, at target.Target, failure error) {
	t.Helper()
	var e *Error
	if !errors.As(failure, &e) {
		return
	}
	if len(e.Projects) == 0 {
		t.Errorf("%s: no project is at fault: %v", at, failure)
	}
	for _, name := range e.Projects {
		if !strings.Contains(e.Error(), string(name)) {
			t.Errorf("%s: the message does not name %s: %v", at, name, failure)
		}
	}
}
