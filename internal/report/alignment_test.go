package report

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

func targets(t *testing.T, text string) []target.Target {
	t.Helper()
	var list []target.Target
	for _, name := range strings.Fields(text) {
		at, err := target.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, at)
	}
	return list
}

// solved is a lock with the same files for some targets.
func solved(t *testing.T, l *lock.Lock, at string, files ...string) {
	t.Helper()
	for _, at := range targets(t, at) {
		s := lock.Solution{Target: at}
		for _, f := range files {
			s.Pins = append(s.Pins, pin(t, f))
		}
		l.Solutions = append(l.Solutions, s)
	}
}

func planOf(t *testing.T, l lock.Lock) merge.Plan {
	t.Helper()
	plan, err := merge.NewPlan(l.Solutions, merge.Options{Name: "x", Version: pep440.MustParse("1.0")})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// aligned is a matrix whose alignment holds kiln back on two Pythons and lets
// palette, which kiln 2 kept from it, go on to a newer version.
func aligned(t *testing.T, size func(lock.File) int64) Matrix {
	t.Helper()
	var with, without lock.Lock
	all := "cp39@win_amd64 cp310@win_amd64 cp311@win_amd64 cp39@linux/arm64 cp310@linux/arm64 cp311@linux/arm64"
	solved(t, &with, all, "kiln-1.0-py3-none-any.whl", "palette-2.0-py3-none-any.whl")
	solved(t, &without, "cp39@win_amd64 cp39@linux/arm64", "kiln-1.0-py3-none-any.whl", "palette-2.0-py3-none-any.whl")
	solved(t, &without, "cp310@win_amd64 cp310@linux/arm64 cp311@win_amd64 cp311@linux/arm64", "kiln-2.0-py3-none-any.whl", "palette-1.0-py3-none-any.whl")
	plan := planOf(t, with)
	a := CompareAlignment(with, without, plan, planOf(t, without), size)
	m := New("x", "1.0", targets(t, all), with, plan)
	m.Alignment = &a
	return m
}

func tenths(lock.File) int64 { return 1 << 20 / 10 }

func TestAlignment(t *testing.T) {
	var b strings.Builder
	m := aligned(t, tenths)
	if err := m.Text(&b); err != nil {
		t.Fatal(err)
	}
	want := `what one version for all targets costs and saves:
  kiln is 1.0, not 2.0, for Python 3.10, 3.11
  palette is 2.0, not 1.0, for Python 3.10, 3.11
  packages: 1 instead of 2, 204.8 KiB less
`
	if _, got, _ := strings.Cut(b.String(), "\n\nwhat one"); "what one"+got != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if c := m.Alignment.Changes; !c[0].Older() || c[1].Older() {
		t.Errorf("older: %v", c)
	}
	text, err := json.Marshal(m)
	if err != nil || !strings.Contains(string(text), `"alignment":{"changes":[{"project":"kiln","without":"2.0","version":"1.0","older":true,"targets":["cp310@`) ||
		!strings.Contains(string(text), `"packages":1,"packages_without":2,"bytes":209714,"bytes_without":419428`) {
		t.Errorf("%v %s", err, text)
	}
}

// Where the size of one file is not known, nothing is said of bytes.
func TestAlignmentOfUnknownSize(t *testing.T) {
	m := aligned(t, func(f lock.File) int64 {
		if f.Filename.Text == "kiln-2.0-py3-none-any.whl" {
			return 0
		}
		return 5
	})
	lines := m.Alignment.lines(m)
	if got := lines[len(lines)-1]; got != "packages: 1 instead of 2" {
		t.Errorf("got %q", got)
	}
	if text, _ := json.Marshal(m); strings.Contains(string(text), "bytes_without") {
		t.Errorf("%s", text)
	}
}

func TestAlignmentOfNothing(t *testing.T) {
	var l lock.Lock
	solved(t, &l, "cp39@win_amd64 cp310@win_amd64", "kiln-1.0-py3-none-any.whl")
	plan := planOf(t, l)
	a := CompareAlignment(l, l, plan, plan, func(lock.File) int64 { return 3 << 20 })
	if got := strings.Join(a.lines(Matrix{}), "; "); got != "no version is another for it; packages: 1, as without it" {
		t.Errorf("got %q", got)
	}
	a.Bytes += 2 << 20
	if got := a.lines(Matrix{}); got[1] != "packages: 1, as without it, 2.0 MiB more" {
		t.Errorf("got %q", got)
	}
}

func TestWhere(t *testing.T) {
	all := "cp39@win_amd64 cp310@win_amd64 cp311@win_amd64 cp312@win_amd64 cp39@linux/arm64 cp310@linux/arm64 cp311@linux/arm64 cp312@linux/arm64"
	m := New("x", "1.0", targets(t, all), lock.Lock{Failures: []lock.Failure{{Target: targets(t, "cp312@linux/arm64")[0], Err: errors.New("none")}}}, merge.Plan{})
	for at, want := range map[string]string{
		all:                               "",
		"cp39@win_amd64 cp39@linux/arm64": "Python 3.9",
		"cp39@win_amd64 cp39@linux/arm64 cp310@win_amd64 cp310@linux/arm64":                                   "Python 3.9, 3.10",
		"cp39@win_amd64 cp39@linux/arm64 cp310@win_amd64 cp310@linux/arm64 cp311@win_amd64 cp311@linux/arm64": "Python 3.9..3.11",
		"cp39@win_amd64 cp39@linux/arm64 cp311@win_amd64 cp311@linux/arm64 cp312@win_amd64":                   "Python 3.9, 3.11, 3.12",
		"cp39@linux/arm64 cp310@linux/arm64 cp311@linux/arm64":                                                "linux/arm64",
		"cp39@win_amd64 cp310@linux/arm64":                                                                    "cp39 on win_amd64; cp310 on manylinux_2_28_aarch64",
		"cp39@win_amd64":                                                                                      "cp39@win_amd64",
	} {
		if got := m.where(targets(t, at)); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}
