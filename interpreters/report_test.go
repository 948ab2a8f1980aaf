package interpreters

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/tags"
)

// recorded is a file of testdata/recorded: what an interpreter answered, and
// what pypa/packaging said under it, the tags as their number and digest.
type recorded struct {
	Packaging string            `json:"packaging"`
	Count     int               `json:"count"`
	First     string            `json:"first"`
	SHA256    string            `json:"sha256"`
	Markers   map[string]string `json:"markers"`
	Report    Report            `json:"report"`
}

func readRecorded(t testing.TB, name string) recorded {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "recorded", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func recordedReport(t testing.TB, name string) Report { return readRecorded(t, name).Report }

func texts(order tags.Order) []string {
	var out []string
	for _, tag := range order.List() {
		out = append(out, tag.String())
	}
	return out
}

func digestOf(list []string) string {
	sum := sha256.Sum256([]byte(strings.Join(list, "\n")))
	return hex.EncodeToString(sum[:])
}

// What was recorded of interpreters that are not at hand still means what
// packaging said under them.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "recorded", "*.json"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		r := readRecorded(t, name)
		got := texts(r.Report.TagOrder())
		if len(got) != r.Count || got[0] != r.First || digestOf(got) != r.SHA256 {
			t.Errorf("%s: %d tags from %s, want %d from %s", name, len(got), got[0], r.Count, r.First)
		}
		if !reflect.DeepEqual(r.Report.Markers, r.Markers) {
			t.Errorf("%s: markers %v, want %v", name, r.Report.Markers, r.Markers)
		}
		if r.Report.PythonVersion().IsZero() {
			t.Errorf("%s: version %q", name, r.Report.Version)
		}
	}
}

// The public form is read back as it was written, and stays as it is.
func TestReportJSON(t *testing.T) {
	r := recordedReport(t, "cp311-windows-amd64")
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("got %+v %v, want %+v", back, err, r)
	}
	for _, want := range []string{`{"version":1,`, `"executable":"`, `"python":"3.11.3"`, `"platforms":["win_amd64"]`, `"tags":["cp311-cp311-*","cp311-abi3-*",`} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("got %s, want %s in it", data, want)
		}
	}
	if bytes.Contains(data, []byte(`"libc"`)) {
		t.Error("Windows has a C library")
	}
}

// A key that goes or changes its meaning needs another ReportVersion.
func TestReportKeys(t *testing.T) {
	data, err := json.Marshal(Report{
		Libc: Libc{"glibc", 2, 36}, Freethreaded: true, Debug: true, CacheTag: "x", ExtSuffix: "x", SOABI: "x", Files: []string{"x"}, NeedsSite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	expect(t, slices.Sorted(maps.Keys(all)), []string{
		"base_exec_prefix", "base_prefix", "bits", "cache_tag", "debug", "exec_prefix", "executable", "ext_suffix", "files", "freethreaded",
		"implementation", "implementation_version", "libc", "markers", "needs_site", "platforms", "prefix", "python", "soabi", "tags", "version",
	})
	if ReportVersion != 1 {
		t.Error("another version wants another list of keys")
	}
}

func TestPythonVersion(t *testing.T) {
	for text, want := range map[string]string{
		"3.11.7": "3.11.7", "2.7.18rc1": "2.7.18rc1", "3.15.0a3": "3.15.0a3", "3.14.0+": "3.14.0+local", "3.14.0a1+": "3.14.0a1+local", "GraalVM": "", "": "",
	} {
		v := Report{Version: text}.PythonVersion()
		if v.IsZero() != (want == "") || want != "" && v.String() != want {
			t.Errorf("%q: got %q, want %q", text, v, want)
		}
	}
}

func TestTagOrder(t *testing.T) {
	r := Report{Platforms: []string{"a_1", "b"}, Tags: []string{"cp39-cp39-*", "cp39-none-any", "py3-none-*", "cp39-cp39-b"}}
	expect(t, texts(r.TagOrder()), []string{"cp39-cp39-a_1", "cp39-cp39-b", "cp39-none-any", "py3-none-a_1", "py3-none-b"})
	if n := (Report{Tags: []string{"cp39-cp39-*"}}).TagOrder().Len(); n != 0 {
		t.Errorf("%d tags without a platform", n)
	}
}

func TestEnvironment(t *testing.T) {
	r := readRecorded(t, "pp39-linux-x86_64").Report
	env := reflect.ValueOf(r.Environment())
	for i := range env.NumField() {
		name, field := env.Type().Field(i).Name, env.Field(i)
		if field.Kind() == reflect.String && field.String() == "" {
			t.Errorf("%s is empty", name)
		}
	}
	if got := r.Environment(); got.ImplementationVersion != "7.3.11" || got.PythonFullVersion != "3.9.16" || got.PlatformPythonImplementation != "PyPy" {
		t.Errorf("got %+v", got)
	}
}

func BenchmarkTagOrder(b *testing.B) {
	r := recordedReport(b, "cp311-linux-x86_64")
	for b.Loop() {
		r.TagOrder()
	}
}
