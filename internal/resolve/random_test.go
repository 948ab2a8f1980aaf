package resolve

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// maker makes random tiny indexes for several targets.
type maker struct{ *rand.Rand }

func (m maker) of(choices ...string) string { return choices[m.IntN(len(choices))] }

var (
	projectNames = []string{"pa", "pb", "pc", "pd"}
	versionTexts = []string{"1.0", "1.1", "2.0", "2.1rc1", "3.0"}
)

func (m maker) requirement() string {
	r := m.of(projectNames...)
	if m.IntN(5) == 0 {
		r += "[x]"
	}
	if m.IntN(3) > 0 {
		r += m.of("==", ">=", "<", "!=", "~=") + m.of("1.0", "1.1", "2.0", "3.0")
	}
	if m.IntN(4) == 0 {
		r += " ; " + m.of("sys_platform == 'win32'", "sys_platform != 'win32'", "python_version < '3.11'", "platform_machine == 'x86_64'")
	}
	return r
}

func (m maker) requirements(n int) []string {
	list := []string{}
	for range m.IntN(n + 1) {
		list = append(list, m.requirement())
	}
	return list
}

func (m maker) wheels() []string {
	if m.IntN(3) > 0 {
		return []string{"py3-none-any"}
	}
	var tags []string
	for _, tag := range []string{
		"cp310-cp310-manylinux_2_17_x86_64", "cp310-cp310-win_amd64", "cp312-cp312-manylinux_2_17_x86_64",
		"cp312-cp312-win_amd64", "cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-win_amd64",
	} {
		if m.IntN(2) == 0 {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (m maker) scenario() indextest.Scenario {
	s := indextest.Scenario{Name: "random", Index: map[string]map[string]indextest.ScenarioRelease{}}
	for _, name := range projectNames {
		releases := map[string]indextest.ScenarioRelease{}
		for _, v := range versionTexts {
			if m.IntN(4) == 0 {
				continue
			}
			releases[v] = indextest.ScenarioRelease{
				RequiresPython: m.of("", "", "", ">=3.11", "<3.11", ">=3.10.2"),
				Requires:       m.requirements(2),
				Extras:         map[string][]string{"x": m.requirements(2)},
				Wheels:         m.wheels(),
				Yanked:         m.IntN(12) == 0,
			}
		}
		s.Index[name] = releases
	}
	return s
}

// tiny is a tiny index with what an exhaustive search needs.
type tiny struct {
	t      *testing.T
	s      indextest.Scenario
	roots  []Requirement
	parsed map[string]pep508.Requirement
}

// solvable searches all assignments of one version to each project for one
// that is right for all targets at once.
func (x *tiny) solvable(targets ...target.Target) bool {
	usable := map[string]bool{}
	for _, name := range projectNames {
		for v, r := range x.s.Index[name] {
			for _, at := range targets {
				usable[name+" "+v+" "+at.String()] = runs(x.t, r, at) && (!r.Yanked || userPins(x.roots, at, pep508.Name(name), v))
			}
		}
	}
	chosen := map[pep508.Name]string{}
	var choose func(i int) bool
	choose = func(i int) bool {
		if i == len(projectNames) {
			return !slices.ContainsFunc(targets, func(at target.Target) bool { return !x.holds(at, chosen, usable) })
		}
		name := pep508.Name(projectNames[i])
		for v := range x.s.Index[projectNames[i]] {
			chosen[name] = v
			if choose(i + 1) {
				return true
			}
		}
		delete(chosen, name)
		return choose(i + 1)
	}
	return choose(0)
}

func userPins(roots []Requirement, at target.Target, name pep508.Name, v string) bool {
	return slices.ContainsFunc(roots, func(r Requirement) bool {
		return r.Name == name && r.Specifier.String() != "" && r.Specifier.Specifiers()[0].Operator() == "==" &&
			r.Specifier.Matches(pep440.MustParse(v)) && r.Marker.Eval(at.Environment())
	})
}

func runs(t *testing.T, r indextest.ScenarioRelease, at target.Target) bool {
	t.Helper()
	spec := pep440.MustParseSpecifierSet(r.RequiresPython)
	if some, _ := spec.AdmitsMinor(at.Python.Major, at.Python.Minor); !some {
		return false
	}
	order := at.Tags()
	return slices.ContainsFunc(r.Wheels, func(text string) bool {
		for _, tag := range order.List() {
			if tag.String() == text {
				return true
			}
		}
		return false
	})
}

// holds says whether what was chosen meets, on a target, everything required.
func (x *tiny) holds(at target.Target, chosen map[pep508.Name]string, usable map[string]bool) bool {
	env := at.Environment()
	done := map[string]bool{}
	var follow func(r pep508.Requirement) bool
	follow = func(r pep508.Requirement) bool {
		v, ok := chosen[r.Name]
		if !ok || !usable[string(r.Name)+" "+v+" "+at.String()] || !r.Specifier.Matches(pep440.MustParse(v)) {
			return false
		}
		for _, e := range append([]pep508.Name{""}, r.Extras...) {
			key := string(r.Name) + "[" + string(e) + "]"
			if done[key] {
				continue
			}
			done[key] = true
			texts := x.s.Index[string(r.Name)][v].Requires
			if e != "" {
				texts = x.s.Index[string(r.Name)][v].Extras[string(e)]
			}
			for _, text := range texts {
				if d := x.parse(text); d.Marker.Eval(env) && !follow(d) {
					return false
				}
			}
		}
		return true
	}
	for _, r := range x.roots {
		if r.Marker.Eval(env) && !follow(r.Requirement) {
			return false
		}
	}
	return true
}

func (x *tiny) parse(text string) pep508.Requirement {
	d, ok := x.parsed[text]
	if !ok {
		var err error
		if d, err = pep508.Parse(text); err != nil {
			x.t.Fatal(err)
		}
		x.parsed[text] = d
	}
	return d
}

func parseTargets(t testing.TB, texts ...string) []target.Target {
	t.Helper()
	var out []target.Target
	for _, text := range texts {
		at, err := target.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, at)
	}
	return out
}

// TestRandomMatrices: a target has a solution exactly when an exhaustive search
// finds one, whatever the other targets and however they are aligned; each
// solution is right; adding a target takes none away; and targets that can have
// the same versions have them.
func TestRandomMatrices(t *testing.T) {
	targets := parseTargets(t, "cp310@manylinux_2_17_x86_64", "cp310@win_amd64", "cp312@manylinux_2_17_x86_64", "cp312@win_amd64")
	solved, aligned := 0, 0
	for seed := range uint64(100) {
		m := maker{rand.New(rand.NewPCG(seed, 7))}
		s := m.scenario()
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		roots := parseRequirements(t, append(m.requirements(2), m.requirement()))
		x := &tiny{t, s, roots, map[string]pep508.Requirement{}}
		client := newClient(t, indextest.Synth(t, data))
		want := map[target.Target]bool{}
		for _, at := range targets {
			want[at] = x.solvable(at)
		}
		for _, o := range []Options{{Align: AlignNone}, {}, {Align: AlignAll}, {Align: AlignNone, patience: 1}} {
			align := o.Align
			for n := 1; n <= len(targets); n += 3 {
				result, err := Resolve(context.Background(), client, Request{Targets: targets[:n], Requirements: roots}, o)
				if err != nil {
					t.Fatal(err)
				}
				solved += len(result.Solutions)
				checkSolutions(t, client, roots, result)
				for _, at := range targets[:n] {
					if has(result.Solutions, at) != want[at] {
						t.Errorf("%s: solvable %v", at, want[at])
					}
				}
				aligned += x.checkAligned(align, result)
				if t.Failed() {
					t.Fatalf("seed %d, align %s, %d targets", seed, align, n)
				}
			}
		}
	}
	if solved < 600 || aligned < 50 {
		t.Errorf("only %d solutions and %d aligned groups: the indexes are too hard", solved, aligned)
	}
}

// checkAligned looks for versions that differ without need, and counts the
// groups of targets that must have the same ones.
func (x *tiny) checkAligned(align Align, r Result) (groups int) {
	by := map[target.Python][]lock.Solution{}
	for _, s := range r.Solutions {
		key := s.Target.Python
		if align == AlignAll {
			key = target.Python{}
		}
		by[key] = append(by[key], s)
	}
	for _, solutions := range by {
		var targets []target.Target
		for _, s := range solutions {
			targets = append(targets, s.Target)
		}
		if align == AlignNone || len(targets) < 2 || !x.solvable(targets...) {
			continue
		}
		groups++
		versions := map[pep508.Name]pep440.Version{}
		for _, s := range solutions {
			for _, pin := range s.Pins {
				if v, ok := versions[pin.Project]; ok && !v.Equal(pin.Version) {
					x.t.Errorf("%s: %s and %s, though one version fits all", pin.Project, v, pin.Version)
				}
				versions[pin.Project] = pin.Version
			}
		}
	}
	return groups
}

func has(solutions []lock.Solution, at target.Target) bool {
	return slices.ContainsFunc(solutions, func(s lock.Solution) bool { return s.Target == at })
}
