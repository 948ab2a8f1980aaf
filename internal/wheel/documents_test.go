package wheel

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

const oldMetadata = "\ufeffMetadata-Version: 2.1\r\n" +
	"NAME: Demo.Tool\r\n" +
	"Name: second\r\n" +
	"Version: 1.0\r\n" +
	"Summary: does\r\n  many\r\n\tthings – in UTF-8\r\n" +
	"License: line one\r\n        line two\r\n" +
	"Classifier: Programming Language :: Python\r\n" +
	"Requires-Dist: requests (>=2.0)\r\n" +
	"Requires-Dist: colorama;\r\n  sys_platform == \"win32\"\r\n" +
	"Requires-Dist: six (~~1)\r\n" +
	"Requires-Python: >=2.7,\r\n" +
	"Provides-Extra: Some_Extra\r\n" +
	"Dynamic: Requires-Dist\r\n" +
	"License-File: LICENSE\r\n" +
	"\r\n" +
	"Requires-Dist: not-a-header\r\n"

func TestParseMetadata(t *testing.T) {
	m, err := ParseMetadata([]byte(oldMetadata))
	if err != nil {
		t.Fatal(err)
	}
	var requires []string
	for _, r := range m.RequiresDist {
		requires = append(requires, r.String())
	}
	got := []any{m.MetadataVersion, m.Name, m.NameText, m.Version.String(), m.Summary, m.License, m.RequiresPython.String(), m.ProvidesExtra, m.Dynamic, m.LicenseFiles, requires}
	want := []any{"2.1", pep508.Name("demo-tool"), "Demo.Tool", "1.0", "does many things – in UTF-8", "line one\nline two", ">=2.7", []pep508.Name{"some-extra"},
		[]string{"Requires-Dist"}, []string{"LICENSE"}, []string{"requests>=2.0", `colorama; sys_platform == "win32"`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(m.Invalid) != 1 || !strings.HasPrefix(m.Invalid[0], "Requires-Dist: six (~~1): ") {
		t.Errorf("invalid: %q", m.Invalid)
	}
}

func TestParseMetadataRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "METADATA: Name: ",
		"Version: 1.0\n":                     "METADATA: Name: ",
		"Name: -x-\nVersion: 1.0\n":          "METADATA: Name: ",
		"Name: x\n":                          "METADATA: Version: ",
		"Name: x\n\nVersion: 1.0\n":          "METADATA: Version: ",
		"Name: x\nVersion: abc\n":            "METADATA: Version: ",
		"Name: x\nno header\nVersion: 1.0\n": "METADATA: Version: ",
	} {
		_, err := ParseMetadata([]byte(in))
		if err == nil || !strings.HasPrefix(err.Error(), want) || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: %v", in, err)
		}
	}
	m, err := ParseMetadata([]byte("Name: x\nVersion: 1\nRequires-Python: ???\n"))
	if err != nil || len(m.Invalid) != 1 || !strings.HasPrefix(m.Invalid[0], "Requires-Python: ???: ") {
		t.Errorf("%q, %v", m.Invalid, err)
	}
}

// equalMetadata compares as the fields compare, which is by text.
func equalMetadata(a, b Metadata) bool {
	text := func(m Metadata) []any {
		var requires []string
		for _, r := range m.RequiresDist {
			requires = append(requires, r.String())
		}
		return []any{m.MetadataVersion, m.Name, m.NameText, m.Version.String(), m.Summary, requires, m.RequiresPython.String(), m.ProvidesExtra, m.Dynamic, m.License, m.LicenseExpression, m.LicenseFiles}
	}
	return reflect.DeepEqual(text(a), text(b))
}

func TestMetadataMarshal(t *testing.T) {
	m, err := ParseMetadata([]byte(oldMetadata))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseMetadata(m.Marshal())
	if err != nil || !equalMetadata(m, again) || len(again.Invalid) > 0 {
		t.Errorf("%s\n%+v, %v", m.Marshal(), again, err)
	}
	evil := Metadata{NameText: "x", Version: pep440.MustParse("1"), Summary: "a\nRequires-Dist: evil\n\nbody\rName: y"}
	got, err := ParseMetadata(evil.Marshal())
	if err != nil || got.NameText != "x" || len(got.RequiresDist) > 0 {
		t.Errorf("a summary made other fields: %+v, %v\n%s", got, err, evil.Marshal())
	}
}

// recordedMetadata is every METADATA of the recorded index.
func recordedMetadata(t testing.TB) map[string][]byte {
	r, err := zip.OpenReader(conformance.Path(t, "resolver/index.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := map[string][]byte{}
	for _, f := range r.File {
		if !strings.HasPrefix(f.Name, "meta/") {
			continue
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestRecordedMetadata(t *testing.T) {
	all := recordedMetadata(t)
	for name, data := range all {
		m, err := ParseMetadata(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(m.Invalid) > 0 {
			t.Errorf("%s: %q", name, m.Invalid)
		}
		if n := bytes.Count(data, []byte("\nRequires-Dist:")); n != len(m.RequiresDist) {
			t.Errorf("%s: %d requirements of %d", name, len(m.RequiresDist), n)
		}
		if again, err := ParseMetadata(m.Marshal()); err != nil || !equalMetadata(m, again) {
			t.Errorf("%s: not the same again: %v", name, err)
		}
	}
	if len(all) < 1000 {
		t.Errorf("only %d documents", len(all))
	}
}

func BenchmarkParseMetadata(b *testing.B) {
	all := recordedMetadata(b)
	var size int64
	for _, data := range all {
		size += int64(len(data))
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, data := range all {
			_, _ = ParseMetadata(data)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/doc")
}

// A long description and many classifiers cost next to nothing.
func BenchmarkParseMetadataWithBody(b *testing.B) {
	data := []byte("Name: x\nVersion: 1\n" + strings.Repeat("Classifier: a\n", 30) + "\n" + strings.Repeat("text text text\n", 10000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, _ = ParseMetadata(data)
	}
}

func BenchmarkParseFilename(b *testing.B) {
	for b.Loop() {
		_, _ = ParseFilename("numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
	}
}

func TestParseInfo(t *testing.T) {
	i, err := ParseInfo([]byte("Wheel-Version: 1.0\nGenerator: bdist_wheel (0.40)\nRoot-Is-Purelib: True\nTag: py2.py3-none-any\nTag: cp311-cp311-win_amd64\nBuild: 2a\n"))
	if err != nil || i.WheelVersion != "1.0" || i.Generator != "bdist_wheel (0.40)" || !i.RootIsPurelib || i.Build.String() != "2a" {
		t.Errorf("%+v, %v", i, err)
	}
	var tags []string
	for _, tag := range i.Tags {
		tags = append(tags, tag.String())
	}
	if want := []string{"py2-none-any", "py3-none-any", "cp311-cp311-win_amd64"}; !slices.Equal(tags, want) {
		t.Errorf("tags %q", tags)
	}
	if again, err := ParseInfo(i.Marshal()); err != nil || !reflect.DeepEqual(i, again) {
		t.Errorf("%s\n%+v, %v", i.Marshal(), again, err)
	}
	for in, want := range map[string]string{
		"": "WHEEL: Wheel-Version is missing",
		"Wheel-Version: 2.0\nTag: py3-none-any\n":           "WHEEL: Wheel-Version 2.0 is not supported",
		"Wheel-Version: 1.0\n":                              "WHEEL: Tag is missing",
		"Wheel-Version: 1.0\nTag: x\n":                      "WHEEL: tag: ",
		"Wheel-Version: 1.0\nTag: py3-none-any\nBuild: x\n": "WHEEL: build: ",
	} {
		if _, err := ParseInfo([]byte(in)); err == nil || !strings.HasPrefix(err.Error(), want) || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: %v", in, err)
		}
	}
}

var sums = [2]Hash{SHA256([32]byte{}), SHA256([32]byte{255})}

func TestRecord(t *testing.T) {
	const empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
	in := "\"a,\"\"b\"\".py\",sha256=" + empty + ",0\r\n" +
		"demo/x.py,sha256=" + empty + "=,12\n" +
		"demo/x.py,sha256=" + empty + ",12\n" +
		"\n" +
		"\"two\nlines\",SHA512=abc,\n" +
		"mid\"quote,,\n" +
		"demo-1.0.dist-info/RECORD,,"
	r, err := ParseRecord([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	hash := Hash{"sha256", empty}
	want := Record{
		{`a,"b".py`, hash, 0}, {"demo/x.py", hash, 12}, {"two\nlines", Hash{"sha512", "abc"}, -1},
		{`mid"quote`, Hash{}, -1}, {"demo-1.0.dist-info/RECORD", Hash{}, -1},
	}
	if !slices.Equal(r, want) {
		t.Errorf("%+v", r)
	}
	if m := r.Map(); len(m) != 5 || m["demo/x.py"].Size != 12 {
		t.Errorf("%v", m)
	}
	const out = "\"a,\"\"b\"\".py\",sha256=" + empty + ",0\n" +
		"demo/x.py,sha256=" + empty + ",12\n" +
		"\"mid\"\"quote\",,\n" +
		"\"two\nlines\",sha512=abc,\n" +
		"demo-1.0.dist-info/RECORD,,\n"
	if got := string(r.Marshal()); got != out {
		t.Errorf("%s\nwant\n%s", got, out)
	}
	for in, want := range map[string]string{
		"a\n":           "RECORD: row 1: 1 fields",
		"a,b,c,d\n":     "RECORD: row 1: 4 fields",
		"ok,,\n,,\n":    "RECORD: row 2: the path is empty",
		"a,sha256,\n":   "RECORD: row 1: \"sha256\" is no hash",
		"a,,x\n":        "RECORD: row 1: \"x\" is no size",
		"a,,-1\n":       "RECORD: row 1: \"-1\" is no size",
		"a,,1\na,,2\n":  "RECORD: row 2: \"a\" comes twice",
		"ok,,\n\"a,,\n": "RECORD: row 2: a quoted field has no end",
	} {
		if _, err := ParseRecord([]byte(in)); err == nil || !strings.HasPrefix(err.Error(), want) || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// The RECORD of a dependency package lists those of its distributions, with
// hashes; only its own has none.
func TestRecordOfPackage(t *testing.T) {
	r := Record{
		{"pkg-1.0.dist-info/RECORD", Hash{}, -1},
		{"z-1.0.dist-info/RECORD", sums[0], 5},
		{"a-1.0.dist-info/RECORD", sums[1], 5},
	}
	lines := strings.Split(string(r.Marshal()), "\n")
	if !strings.HasPrefix(lines[0], "a-1.0.dist-info/RECORD,sha256=_wAAA") || lines[2] != "pkg-1.0.dist-info/RECORD,," {
		t.Errorf("%q", lines)
	}
}

func TestHash(t *testing.T) {
	for _, h := range sums {
		if sum, ok := h.SHA256(); !ok || SHA256(sum) != h {
			t.Errorf("%s", h)
		}
	}
	for _, h := range []Hash{{}, {"sha512", sums[0].Digest}, {"sha256", "abc"}, {"sha256", "??"}, {"sha256", sums[0].Digest + "A"}} {
		if _, ok := h.SHA256(); ok {
			t.Errorf("%s is taken for a SHA-256", h)
		}
	}
	if s := (Hash{}).String(); s != "" {
		t.Errorf("no hash is %q", s)
	}
}

func TestEntryPoints(t *testing.T) {
	const in = "\ufeffignored = before:any\n" +
		"# a comment\n" +
		"[console_scripts]\n" +
		"  tool = demo.cli : main [extra-one,two]\n" +
		"other=demo\r\n" +
		"\n" +
		"[ plugins.v1 ]\n" +
		"key = not a reference!\n" +
		"[gui_scripts]\n" +
		"win = demo.gui:App.run\n" +
		"[console_scripts]\n" +
		"third = a:b = c\n"
	if _, err := ParseEntryPoints([]byte(in)); err == nil || !strings.HasPrefix(err.Error(), "entry_points.txt:12: third: not of the form") || fault.ExitCode(err) != fault.BadInput {
		t.Errorf("bad script: %v", err)
	}
	if _, err := ParseEntryPoints([]byte("[a]\nno value\n")); err == nil || !strings.Contains(err.Error(), "entry_points.txt:2: no name = value") {
		t.Errorf("no value: %v", err)
	}
	e, err := ParseEntryPoints([]byte(strings.Replace(in, "a:b = c", "a:b", 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := EntryPoints{
		{"console_scripts", "tool", "demo.cli : main [extra-one,two]", "demo.cli", "main", []string{"extra", "one", "two"}},
		{"console_scripts", "other", "demo", "demo", "", nil},
		{" plugins.v1 ", "key", "not a reference!", "", "", nil},
		{"gui_scripts", "win", "demo.gui:App.run", "demo.gui", "App.run", nil},
		{"console_scripts", "third", "a:b", "a", "b", nil},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if n, m := len(e.Console()), len(e.GUI()); n != 3 || m != 1 {
		t.Errorf("%d console scripts, %d others", n, m)
	}
	if got := string(e.Marshal()); !strings.HasPrefix(got, "[console_scripts]\ntool = demo.cli : main [extra-one,two]\nother = demo\nthird = a:b\n\n[ plugins.v1 ]\n") {
		t.Errorf("%s", got)
	}
}

func TestDistInfo(t *testing.T) {
	parse := func(s string) Filename {
		f, err := ParseFilename(s)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	demo := parse("demo_tool-1.0-py3-none-any.whl")
	for _, c := range []struct {
		names []string
		want  string // "error: …" for one
	}{
		{[]string{"demo_tool/__init__.py", "demo_tool-1.0.dist-info/METADATA", "demo_tool-1.0.dist-info/RECORD"}, "demo_tool-1.0.dist-info"},
		{[]string{"Demo.Tool-1.0.0.dist-info/METADATA"}, "Demo.Tool-1.0.0.dist-info"},
		{[]string{"demo-tool-1.0.dist-info/METADATA"}, "demo-tool-1.0.dist-info"},
		{[]string{"requests-2.0.dist-info/METADATA", "demo_tool-1.0.dist-info/METADATA", "vendor/demo_tool-1.0.dist-info/METADATA"}, "demo_tool-1.0.dist-info"},
		{[]string{"demo.py"}, "error: no dist-info folder, so this is no wheel"},
		{[]string{"demo_tool-1.0.dist-info"}, "error: no dist-info folder, so"},
		{[]string{"demo_tool-2.0.dist-info/METADATA"}, "error: no dist-info folder for demo-tool 1.0, only demo_tool-2.0.dist-info"},
		{[]string{"demo_tool-1.0.dist-info/a", "Demo_Tool-1.0.dist-info/a"}, "error: more than one dist-info folder"},
		{[]string{"x.dist-info/a", "-1.dist-info/a", "y-z.dist-info/a"}, "error: no dist-info folder for"},
	} {
		got, err := DistInfo(c.names, demo)
		if want, isErr := strings.CutPrefix(c.want, "error: "); isErr {
			if err == nil || !strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.BadInput {
				t.Errorf("%q: %q, %v, want %q", c.names, got, err, want)
			}
		} else if got != c.want || err != nil {
			t.Errorf("%q: %q, %v, want %q", c.names, got, err, c.want)
		}
	}
}

func FuzzParseMetadata(f *testing.F) {
	f.Add([]byte(oldMetadata))
	f.Add([]byte("Name: x\nVersion: 1\nLicense: a\n  b\r c\n\td\n\nbody"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseMetadata(data)
		if err != nil {
			return
		}
		again, err := ParseMetadata(m.Marshal())
		if err != nil || !equalMetadata(m, again) {
			t.Errorf("%q\nwritten %q\nread %+v, %v\nfrom %+v", data, m.Marshal(), again, err, m)
		}
	})
}

func FuzzParseInfo(f *testing.F) {
	f.Add([]byte("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2.py3-none-any\nBuild: 1a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := ParseInfo(data)
		if err != nil {
			return
		}
		if again, err := ParseInfo(i.Marshal()); err != nil || !reflect.DeepEqual(i, again) {
			t.Errorf("%q\nwritten %q\nread %+v, %v", data, i.Marshal(), again, err)
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte("\"a,\"\"b\",sha256=abc,12\r\nx-1.dist-info/RECORD,,\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRecord(data)
		if err != nil {
			return
		}
		again, err := ParseRecord(r.Marshal())
		if err != nil || !reflect.DeepEqual(r.Map(), again.Map()) || !bytes.Equal(again.Marshal(), r.Marshal()) {
			t.Errorf("%q\nwritten %q\nread %+v, %v", data, r.Marshal(), again, err)
		}
	})
}

func FuzzParseEntryPoints(f *testing.F) {
	f.Add([]byte("[console_scripts]\na = b:c [d]\n[x]\ny = z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEntryPoints(data)
		if err != nil {
			return
		}
		again, err := ParseEntryPoints(e.Marshal())
		if err != nil || !bytes.Equal(again.Marshal(), e.Marshal()) || len(again) != len(e) {
			t.Errorf("%q\nwritten %q\nread %+v, %v", data, e.Marshal(), again, err)
		}
	})
}
