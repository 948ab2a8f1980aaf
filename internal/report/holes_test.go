package report

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// TestHints: one thing to do for many targets is said once.
func TestHints(t *testing.T) {
	var failures []lock.Failure
	fail := func(at target.Target, hints ...string) {
		failures = append(failures, lock.Failure{Target: at, Err: fault.New(fault.Resolution, "x", hints...)})
	}
	for _, at := range targets(t, "cp312@win_amd64 cp313@win_amd64 cp313@linux/amd64") {
		fail(at, "leave Python "+at.Python.String()+" out of the build")
	}
	for _, at := range targets(t, "cp39@alpine/amd64 cp39@alpine/arm64") {
		fail(at, "leave "+at.Platform.String()+" out of the build", "change requirements.txt:3")
	}
	for i, at := range targets(t, "cp39@win_amd64 cp310@win_amd64 cp39@macosx_11_0_arm64") {
		fail(at, "change requirements.txt:1 to admit kiln==2."+strconv.Itoa(i%2))
		fail(at, "change requirements.txt:2 to admit soot==1.0")
		fail(at, "change requirements.txt:3 to admit ash==1.0, which smoke requires")
		fail(at, "if "+at.Platform.String()+" can do without it, write this")
	}
	want := []string{
		"leave Python 3.12, 3.13 out of the build",
		"leave musllinux_1_2_x86_64, musllinux_1_2_aarch64 out of the build",
		"change requirements.txt:3",
		"change requirements.txt:1 to admit kiln 2.0, 2.1, by target",
		"change requirements.txt:2 to admit soot==1.0",
		"change requirements.txt:3 to admit ash==1.0, which smoke requires",
		"if win_amd64, macosx_11_0_arm64 can do without it, write this",
	}
	if got := Hints(failures); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMadeElsewhere: a package that was made elsewhere fills a hole, and the
// matrix says which.
func TestMadeElsewhere(t *testing.T) {
	var l lock.Lock
	solved(t, &l, "cp310@win_amd64", "kiln-2.0-cp310-cp310-win_amd64.whl")
	all := targets(t, "cp39@win_amd64 cp310@win_amd64 cp311@win_amd64")
	for _, i := range []int{0, 2} {
		l.Failures = append(l.Failures, lock.Failure{Target: all[i], Err: errors.New("no file")})
	}
	name, err := wheel.ParseFilename("x-1.0-cp39-cp39-win_amd64.whl")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := merge.NewPlan(l.Solutions, merge.Options{
		Name: "x", Version: pep440.MustParse("1.0"), Holes: []target.Target{all[0], all[2]},
		Foreign: []merge.Foreign{{Filename: name, Path: "dist/dep/" + name.Text, Distributions: []string{"typing_extensions-4.0", "kiln-2.0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := New("x", "1.0", all, l, plan)
	first := m.Cells[all[0]]
	if first.Hole() || !m.Packages[first.Package].Elsewhere || !slices.Equal(m.Packages[first.Package].Distributions, []string{"kiln 2.0", "typing-extensions 4.0"}) {
		t.Errorf("%+v %+v", first, m.Packages)
	}
	if own := m.Cells[all[1]]; own.Hole() || m.Packages[own.Package].Elsewhere {
		t.Errorf("%+v %+v", own, m.Packages)
	}
	if holes := m.Holes(); !slices.Equal(holes, all[2:]) {
		t.Errorf("holes: %v", holes)
	}
}

// TestRefuse: what keeps the whole extension from being made is told for each
// target that would be served.
func TestRefuse(t *testing.T) {
	var l lock.Lock
	solved(t, &l, "cp39@win_amd64", "kiln-1.0-py3-none-any.whl")
	all := targets(t, "cp39@win_amd64 cp310@win_amd64")
	l.Failures = append(l.Failures, lock.Failure{Target: all[1], Err: errors.New("no file")})
	m := New("x", "1.0", all, l, merge.Plan{})
	m.Refuse(errors.New("refused"))
	if got := m.Cells[all[0]].Problem; got == nil || got.Error() != "refused" {
		t.Errorf("%v", got)
	}
	if got := m.Cells[all[1]].Problem; got.Error() != "no file" {
		t.Errorf("%v", got)
	}
}

// TestGroup: a reason for all targets may name some of them, and stays as it is.
func TestGroup(t *testing.T) {
	var failures []lock.Failure
	for _, at := range targets(t, "cp39@win_amd64 cp310@win_amd64") {
		failures = append(failures,
			lock.Failure{Target: at, Err: errors.New("one for cp39@win_amd64 and cp311@win_amd64")},
			lock.Failure{Target: at, Err: errors.New("no file for " + at.String())})
	}
	failures = append(failures, lock.Failure{Target: targets(t, "cp312@win_amd64")[0], Err: errors.New("gone for cp312@win_amd64")})
	var got []string
	for _, g := range Group(failures) {
		got = append(got, g.String())
	}
	want := []string{
		"- cp39, cp310 on win_amd64\n  one for cp39@win_amd64 and cp311@win_amd64",
		"- cp39, cp310 on win_amd64\n  no file for these targets",
		"- cp312@win_amd64\n  gone for cp312@win_amd64",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
