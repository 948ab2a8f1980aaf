package pep508

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep440"
)

// TestRealPackaging compares random inputs with the real packaging library,
// which it installs into a virtual environment. It needs AXLE_REAL=1, a Python
// and the machine's index; AXLE_REAL_PACKAGING names a Python that has
// packaging already.
func TestRealPackaging(t *testing.T) {
	if os.Getenv("AXLE_REAL") != "1" {
		t.Skip("AXLE_REAL is not 1")
	}
	env := environments(t)["linux-cp311"]
	python := packagingPython(t)
	for seed := range 3 {
		compareRandom(t, python, seed, env)
	}
}

func packagingPython(t *testing.T) string {
	t.Helper()
	if python := os.Getenv("AXLE_REAL_PACKAGING"); python != "" {
		return python
	}
	base, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	dir := t.TempDir()
	python := filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		python = filepath.Join(dir, "Scripts", "python.exe")
	}
	for _, command := range [][]string{{base, "-m", "venv", dir}, {python, "-m", "pip", "install", "-q", "packaging==26.3"}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", command, err, out)
		}
	}
	return python
}

// verdicts is one line of testdata/verdicts.py.
type verdicts struct {
	K, S, A, B string
	W          json.RawMessage
	Vs, Filt   []string
	T, N, F    []bool
	Sub, Dis   bool
	Eq         bool
}

func compareRandom(t *testing.T, python string, seed int, env Environment) {
	t.Helper()
	variables := map[string]string{}
	for v := osName; v < extra; v++ {
		variables[v.String()] = env.value(v)
	}
	asJSON, _ := json.Marshal(variables)
	out, err := exec.Command(python, filepath.Join("testdata", "verdicts.py"), strconv.Itoa(seed), "20000", string(asJSON)).Output()
	if err != nil {
		t.Fatal(err)
	}
	checks := map[string]func(*testing.T, verdicts, Environment){
		"version": checkVersion, "cmp": checkCompare, "set": checkSet, "req": checkRequirement, "marker": checkMarker, "rel": checkRelation,
	}
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, len(out)+1)
	lines := 0
	for ; scanner.Scan(); lines++ {
		var v verdicts
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		checks[v.K](t, v, env)
	}
	t.Logf("seed %d: %d comparisons", seed, lines)
}

// rejected compares whether the text is refused, and says whether to stop.
func rejected(t *testing.T, v verdicts, err error) bool {
	t.Helper()
	if want := string(v.W) == "null"; want != (err != nil) {
		t.Errorf("%s %q: error %v, packaging refuses it: %v", v.K, v.S, err, want)
		return true
	}
	return err != nil
}

func decode[T any](t *testing.T, v verdicts) (want T) {
	t.Helper()
	if err := json.Unmarshal(v.W, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func checkVersion(t *testing.T, v verdicts, _ Environment) {
	got, err := pep440.Parse(v.S)
	if rejected(t, v, err) {
		return
	}
	want := decode[struct {
		Str string
		Pre bool
	}](t, v)
	if got.String() != want.Str || got.IsPrerelease() != want.Pre {
		t.Errorf("version %q: %s, want %+v", v.S, got, want)
	}
}

func checkCompare(t *testing.T, v verdicts, _ Environment) {
	if got := pep440.MustParse(v.A).Compare(pep440.MustParse(v.B)); strconv.Itoa(got) != string(v.W) {
		t.Errorf("Compare(%s, %s) = %d, want %s", v.A, v.B, got, v.W)
	}
}

func checkSet(t *testing.T, v verdicts, _ Environment) {
	set, err := pep440.ParseSpecifierSet(v.S)
	if rejected(t, v, err) {
		return
	}
	want := decode[struct {
		Str       string
		Uns, Unsf bool
	}](t, v)
	yes, no := true, false
	if set.String() != want.Str || set.Unsatisfiable(nil) != want.Uns || set.Unsatisfiable(&no) != want.Unsf {
		t.Errorf("set %q: %s %v %v, want %+v", v.S, set, set.Unsatisfiable(nil), set.Unsatisfiable(&no), want)
	}
	if got := set.Filter(v.Vs, nil); !slices.Equal(got, v.Filt) {
		t.Errorf("set %q: filters %q\n to %q\nnot %q", v.S, v.Vs, got, v.Filt)
	}
	for i, text := range v.Vs {
		got := []bool{set.Contains(text, &yes), set.Contains(text, nil), set.Contains(text, &no)}
		if want := []bool{v.T[i], v.N[i], v.F[i]}; !slices.Equal(got, want) {
			t.Errorf("set %q contains %q: %v, want %v", v.S, text, got, want)
		}
	}
}

func checkRelation(t *testing.T, v verdicts, _ Environment) {
	a, b := pep440.MustParseSpecifierSet(v.A), pep440.MustParseSpecifierSet(v.B)
	subset, _ := a.Subset(b)
	disjoint, _ := a.Disjoint(b)
	if subset != v.Sub || disjoint != v.Dis || a.Equal(b) != v.Eq {
		t.Errorf("%q, %q: subset %v, disjoint %v, equal %v; want %+v", v.A, v.B, subset, disjoint, a.Equal(b), v)
	}
}

func checkRequirement(t *testing.T, v verdicts, _ Environment) {
	got, err := Parse(v.S)
	if rejected(t, v, err) {
		return
	}
	if want := decode[struct{ Str string }](t, v); got.String() != want.Str {
		t.Errorf("requirement %q: %q, want %q", v.S, got, want.Str)
	}
}

func checkMarker(t *testing.T, v verdicts, env Environment) {
	m, err := ParseMarker(v.S)
	if rejected(t, v, err) {
		return
	}
	want := decode[struct {
		Str string
		Res map[string]any
	}](t, v)
	// packaging writes a backslash or a line end as it is, and would not read
	// the same marker again.
	if m.String() != want.Str && !strings.Contains(m.String(), `\`) {
		t.Errorf("marker %q: %q, want %q", v.S, m, want.Str)
	}
	for kind, outcome := range want.Res {
		if got := verdict(m.Evaluate(newContext(kind, env))); !reflect.DeepEqual(got, outcome) {
			t.Errorf("marker %q as %s: %v, want %v", v.S, kind, got, outcome)
		}
	}
}
