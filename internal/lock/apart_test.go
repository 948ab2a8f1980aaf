package lock

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/target"
)

// apartLock has targets that markers do not tell apart, with different versions.
func apartLock(t testing.TB) (Lock, Asked) {
	return makeLock(t, catalog{
		"kiln-1.0-cp314-cp314-musllinux_1_2_x86_64.whl":   ">=3.9",
		"kiln-2.0-cp314-cp314-manylinux_2_28_x86_64.whl":  ">=3.10",
		"kiln-1.5-cp314-cp314-manylinux_2_17_x86_64.whl":  ">=3.9",
		"kiln-2.0-cp314-cp314t-manylinux_2_28_x86_64.whl": ">=3.10",
		"kiln-2.0-cp314-cp314-win_amd64.whl":              ">=3.10",
		"palette-1.0-py3-none-any.whl":                    ">=3.9 | kiln",
	}, []string{"palette"}, map[string][]string{
		"cp314@musllinux_1_2_x86_64":   {"palette-1.0-py3-none-any.whl", "kiln-1.0-cp314-cp314-musllinux_1_2_x86_64.whl"},
		"cp314@manylinux_2_28_x86_64":  {"palette-1.0-py3-none-any.whl", "kiln-2.0-cp314-cp314-manylinux_2_28_x86_64.whl"},
		"cp314@manylinux_2_17_x86_64":  {"palette-1.0-py3-none-any.whl", "kiln-1.5-cp314-cp314-manylinux_2_17_x86_64.whl"},
		"cp314t@manylinux_2_28_x86_64": {"palette-1.0-py3-none-any.whl", "kiln-2.0-cp314-cp314t-manylinux_2_28_x86_64.whl"},
		"cp314@win_amd64":              {"palette-1.0-py3-none-any.whl", "kiln-2.0-cp314-cp314-win_amd64.whl"},
	})
}

// solution finds the solution of a target.
func (l Lock) solution(t target.Target) (Solution, bool) {
	for _, s := range l.Solutions {
		if s.Target == t {
			return s, true
		}
	}
	return Solution{}, false
}

// TestToldApartByTags: one entry has the wheels of all versions, and no
// version; where markers do tell, entries are apart.
func TestToldApartByTags(t *testing.T) {
	l, a := apartLock(t)
	_, d := mustMarshal(t, l, a, "/project")
	if len(d.Packages) != 3 || !d.Packages[0].Version.IsZero() || len(d.Packages[0].Wheels) != 4 || d.Packages[1].Version.String() != "2.0" {
		t.Errorf("%+v", d.Packages)
	}
	if got := d.Packages[0].Marker.String() + ", " + d.Packages[1].Marker.String(); got != `sys_platform == "linux", sys_platform == "win32"` {
		t.Error(got)
	}
	if notes := d.Divergences(l); len(notes) > 0 {
		t.Error(notes)
	}
	prefs := d.Preferences([]target.Target{mustTarget(t, "cp314@linux/amd64"), mustTarget(t, "cp314@windows/amd64")})
	for _, s := range prefs {
		if pin, ok := s.Pin("kiln"); !ok || pin.Version.String() != "2.0" {
			t.Errorf("%s: %v", s.Target, pin)
		}
	}
}

// TestDivergences: what neither markers nor tags tell apart is told.
func TestDivergences(t *testing.T) {
	l, a := makeLock(t, catalog{"root-1.0-py3-none-any.whl": ">=3.9 | kiln", "root-0.9-py3-none-any.whl": ">=3.9 | kiln | extra"}, []string{"root"}, map[string][]string{
		"cp314@musllinux_1_2_x86_64":  {"root-0.9-py3-none-any.whl", "kiln-1.0-py3-none-any.whl", "extra-1.0-py3-none-any.whl"},
		"cp314@manylinux_2_28_x86_64": {"root-1.0-py3-none-any.whl", "kiln-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"},
		"cp314@win_amd64":             {"root-1.0-py3-none-any.whl", "kiln-1.0-py3-none-any.whl"},
	})
	d, notes, err := NewDocument(l, a, "/project")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cp314@manylinux_2_28_x86_64: other installers take extra-1.0-py3-none-any.whl too, which is not needed there",
		"cp314@musllinux_1_2_x86_64: ",
	}
	if len(notes) < 1 || notes[0] != want[0] {
		t.Errorf("%q", notes)
	}
	if back, err := d.Lock("/project", targetsOf(l)); err != nil || same(l, back) != "" {
		t.Errorf("%v\n%s", err, same(l, back))
	}
}

// TestSameName: two files of one name are told apart by their digests.
func TestSameName(t *testing.T) {
	l, a := makeLock(t, nil, []string{"kiln"}, map[string][]string{
		"cp311@win_amd64": {"kiln-1.0-py3-none-any.whl"}, "cp312@win_amd64": {"kiln-1.0-py3-none-any.whl"},
	})
	other := &l.Solutions[1].Pins[0].File
	other.SHA256, other.URL = strings.Repeat("0", 64), "https://example.test/kiln-1.0-py3-none-any.whl"
	data, d := mustMarshal(t, l, a, "/project")
	if !strings.Contains(string(data), "kiln-1.0-py3-none-any.whl sha256:0000") {
		t.Errorf("%s", data)
	}
	if sums := d.Digests()["kiln-1.0-py3-none-any.whl"]; len(sums) != 2 || !slices.Contains(sums, other.SHA256) {
		t.Error(sums)
	}
}

// TestSourceDistribution: one stands beside the wheels of its version.
func TestSourceDistribution(t *testing.T) {
	l, a := makeLock(t, nil, []string{"kiln"}, map[string][]string{
		"cp311@win_amd64": {"kiln-1.0-cp311-cp311-win_amd64.whl"}, "cp312@win_amd64": {"kiln-1.0.tar.gz"},
	})
	_, d := mustMarshal(t, l, a, "/project")
	if len(d.Packages) != 1 || d.Packages[0].Sdist == nil || len(d.Packages[0].Wheels) != 1 || len(d.Divergences(l)) > 0 {
		t.Errorf("%+v", d)
	}
}

// TestNothingAsked: a lock of no requirements is one.
func TestNothingAsked(t *testing.T) {
	l, a := makeLock(t, nil, nil, map[string][]string{"cp311@win_amd64 cp312@win_amd64": {}})
	mustMarshal(t, l, a, "/project")
}

// TestNoDigest: nothing is locked that cannot be verified.
func TestNoDigest(t *testing.T) {
	l, a := makeLock(t, nil, nil, map[string][]string{"cp311@win_amd64": {"kiln-1.0-py3-none-any.whl"}})
	l.Solutions[0].Pins[0].File.SHA256 = ""
	if _, _, err := NewDocument(l, a, "/project"); err == nil {
		t.Error("a lock without a digest")
	}
}

// TestNoCredentials: nothing of the kind gets into the file.
func TestNoCredentials(t *testing.T) {
	l, a := makeLock(t, nil, nil, map[string][]string{"cp311@win_amd64": {"kiln-1.0-py3-none-any.whl"}})
	pin := &l.Solutions[0].Pins[0]
	pin.Index, pin.File.URL = "https://me:secret@index.test/simple/", "https://me:secret@index.test/kiln-1.0-py3-none-any.whl"
	d, _, err := NewDocument(l, a, "/project")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := d.Marshal(); err != nil || strings.Contains(string(data), "secret") || !strings.Contains(string(data), "'https://index.test/simple/'") {
		t.Errorf("%v\n%s", err, data)
	}
}
