package extension_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
)

const minimal = `extension:
  name: demo
  version: "1.0.0"
  api_level: "1.4.0"
`

func parse(t *testing.T, text string) extension.Manifest {
	t.Helper()
	m, _, err := extension.ParseManifest("extension.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

func TestManifestDefaults(t *testing.T) {
	m := parse(t, minimal)
	if !m.ZipSafe || m.ZipSafeSet || m.RequiresPython.String() != ">=2.7" || m.PythonExtraPaths != nil {
		t.Errorf("defaults: %+v", m)
	}
	if some, _ := m.RequiresPython.AdmitsMinor(2, 6); some {
		t.Error("2.6 is admitted")
	}
	if !bytes.Equal(m.Packed(), []byte(minimal)) || !bytes.Equal(m.Raw, []byte(minimal)) {
		t.Errorf("packed %q", m.Packed())
	}
}

func TestManifest(t *testing.T) {
	m := parse(t, `
extension:
  name: Sample_ext.two
  version: "2.1.0-rc.3"
  api_level: "1.5.0"
  requires_python: ">=3.8,!=3.9.1*"
  python_extra_paths: "${extension_zip}/lib:${extension_zip}/test/lib:/opt/x:C:\\y"
  zip_safe: False
  description: one line
owner: {name: John Doe, organization: "Example, Inc.", email: jd@example.test}
comments: |
  Two
  lines
bundle:
  platforms: [linux/amd64, win_amd64, musllinux_1_2_aarch64]
  pythons: ["3.13", "3.9..3.11", cp314t]
  requirements: reqs/base.txt
  exclude: ["*.tmp", tests]
  index:
    url: https://me:pw@index.test/simple
    extra: [https://index.test/more]
    find_links: [wheels]
    no_index: true
    pins: {My_Project: https://index.test/mine}
  policy:
    pre: true
    only_binary: ":all:"
    no_binary: [Foo.Bar]
    align: all
    prefer: specific
    allow_missing: yes
    exclude_newer: 2026-11-20
    constraints: ["numpy<2", "foo==1.0; python_version > '3.9'"]
`)
	if m.Project() != "sample-ext-two" || m.Version.PEP440.String() != "2.1.0rc3" || m.APILevel != (extension.APILevel{Major: 1, Minor: 5}) {
		t.Errorf("%+v", m)
	}
	if m.ZipSafe || !m.ZipSafeSet || m.Comments != "Two\nlines\n" || m.Owner.Organization != "Example, Inc." {
		t.Errorf("%+v", m)
	}
	if got := strings.Join(m.PythonExtraPaths, "|"); got != `${extension_zip}/lib|${extension_zip}/test/lib|/opt/x|C:\y` {
		t.Errorf("paths %s", got)
	}
	b := m.Bundle
	var platforms, pythons []string
	for _, p := range b.Platforms {
		platforms = append(platforms, p.String())
	}
	for _, p := range b.Pythons {
		pythons = append(pythons, p.String())
	}
	if got := strings.Join(platforms, " "); got != "manylinux_2_28_x86_64 win_amd64 musllinux_1_2_aarch64" {
		t.Errorf("platforms %s", got)
	}
	if got := strings.Join(pythons, " "); got != "3.9 3.10 3.11 3.13 3.14t" {
		t.Errorf("pythons %s", got)
	}
	if !cmp.Equal(b.Requirements, []string{"reqs/base.txt"}) || !cmp.Equal(b.Exclude, []string{"*.tmp", "tests"}) {
		t.Errorf("%+v", b)
	}
	if i := b.Index; i.URL != "https://me:pw@index.test/simple" || len(i.Extra) != 1 || i.FindLinks[0] != "wheels" || !i.NoIndex || !i.NoIndexSet || i.Pins["my-project"] != "https://index.test/mine" {
		t.Errorf("index %+v", i)
	}
	p := b.Policy
	if binary, source := p.Formats.Allows("foo-bar"); binary || !source {
		t.Error("foo-bar may be binary")
	}
	if binary, source := p.Formats.Allows("other"); !binary || source {
		t.Error("other may be source")
	}
	if !p.Releases.AllReleases.All || !p.AllowMissing || p.Align != extension.AlignAll || p.Prefer != extension.PreferSpecific || len(p.Constraints) != 2 {
		t.Errorf("policy %+v", p)
	}
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC); !p.ExcludeNewer.At(time.Now()).Equal(want) {
		t.Errorf("exclude_newer %v", p.ExcludeNewer)
	}
}

// Row 26: name, version and api_level are required, zip_safe needs API level
// 1.4.0, python_extra_paths may hold ${extension_zip}: a corpus of bad files, each with
// its message. The golden files are written with -update.
func TestCore26BadManifests(t *testing.T) {
	goldenErrors(t, "testdata/errors/manifest.txt", func(name string, data []byte) ([]fault.Warning, error) {
		_, warnings, err := extension.ParseManifest(name, data)
		return warnings, err
	})
}

// What the real UIP-CLI 2.1.1 writes for a new extension is read without a
// word, and packed as it is.
func TestManifestsOfUIP(t *testing.T) {
	files, _ := filepath.Glob("testdata/manifests/uip-*.yml")
	if len(files) == 0 {
		t.Fatal("no manifests")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, warnings, err := extension.ParseManifest(file, data)
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", file, err, warnings)
		}
		if !bytes.Equal(m.Packed(), data) {
			t.Errorf("%s: packed %q", file, m.Packed())
		}
	}
}

func TestPacked(t *testing.T) {
	const before = "# The demo extension.\n\nextension: # here\n  name: demo\n  version: \"1.0.0\" # SemVer\n  api_level: \"1.4.0\"\n\n# What to build.\n"
	const section = "bundle:\n  # all of them\n  platforms: [linux/amd64,\n    win_amd64]\n  index:\n    url: https://me:secret@index.test/simple\n"
	const after = "\n# Ours.\nowner:\n  name: me\ncomments: |\n  bundle: not this one\n"
	m := parse(t, before+section+after)
	if got := string(m.Packed()); got != before+after {
		t.Errorf("packed:\n%s", cmp.Diff(before+after, got))
	}
	again := parse(t, string(m.Packed()))
	if len(again.Bundle.Platforms) != 0 || again.Owner.Name != "me" {
		t.Errorf("read again: %+v", again)
	}
	if _, _, err := extension.ParseManifest("e.yml", []byte(`{"extension": {"name": "demo", "version": "1.0.0", "api_level": "1.4.0"}, "bundle": {"platforms": ["win_amd64"]}}`)); err == nil {
		t.Error("a section in braces was cut out")
	}
	parse(t, `{"extension": {"name": "demo", "version": "1.0.0", "api_level": "1.4.0"}}`)
}

func TestManifestProblem(t *testing.T) {
	m := parse(t, minimal+"  zip_safe: true\n")
	err := m.Problem("extension.zip_safe", "cannot be true", "set it to false")
	if err.Error() != "extension.yml:5:13: extension.zip_safe: cannot be true" || fault.ExitCode(err) != fault.BadInput {
		t.Error(err)
	}
	var p *fault.Problem
	if !errors.As(m.Problem("extension.requires_python", "x", ""), &p) || p.Line != 2 {
		t.Errorf("a key that is not written is shown at %+v", p)
	}
	if err := (extension.Manifest{}).Problem("bundle", "x", ""); err.Error() != "extension.yml: bundle: x" {
		t.Error(err)
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]string{
		"1.0.0": "1.0.0", "0.0.0": "0.0.0", "10.20.30": "10.20.30",
		"1.0.0-rc.1": "1.0.0rc1", "1.0.0-rc1": "1.0.0rc1", "1.0.0-RC.1": "1.0.0rc1",
		"1.0.0-alpha": "1.0.0a0", "1.0.0-alpha.2": "1.0.0a2", "1.0.0-a.2": "1.0.0a2", "1.0.0-beta.10": "1.0.0b10", "1.0.0-pre.1": "1.0.0rc1",
		"1.0.0-dev.3": "1.0.0.dev3", "1.0.0-dev": "1.0.0.dev0", "1.0.0-rc.1.dev.2": "1.0.0rc1.dev2",
		"1.0.0-post.1": "1.0.0.post1", "1.0.0-1": "1.0.0.post1",
		"1.0.0+build.5": "1.0.0+build.5", "1.0.0-rc.1+exp.sha-5114f85": "1.0.0rc1+exp.sha.5114f85",
	} {
		v, err := extension.ParseVersion(text)
		if err != nil || v.PEP440.String() != want || v.String() != text {
			t.Errorf("%s: %v %v, want %s", text, v.PEP440, err, want)
			continue
		}
		for _, spelling := range []string{text, want, strings.ReplaceAll(text, "-", "_")} {
			if !v.Matches(spelling) && spelling != "1.0.0_1" {
				t.Errorf("%s does not match %s", text, spelling)
			}
		}
		if v.Matches("9.9.9") || v.Matches("nonsense") {
			t.Errorf("%s matches anything", text)
		}
	}
	for text, hint := range map[string]string{
		"1.0":              "write it as 1.0.0",
		"1":                "write it as 1.0.0",
		"v1.2.3":           "write it as 1.2.3",
		"01.2.3":           "write it as 1.2.3",
		"1.0.0rc1":         "write it as 1.0.0-rc.1",
		"1.0b2":            "write it as 1.0.0-beta.2",
		"1.0.0.dev4":       "write it as 1.0.0-dev.4",
		"1.2.3.4":          "write it as 1.2.3",
		"1.0.0-rc.01":      "write it as 1.0.0-rc.1",
		" 1.0.0":           "write it as 1.0.0",
		"":                 "write it as MAJOR.MINOR.PATCH, for example 1.0.0 or 1.0.0-rc.1",
		"latest":           "write it as MAJOR.MINOR.PATCH, for example 1.0.0 or 1.0.0-rc.1",
		"1.0.0-snapshot":   "after the dash say alpha, beta, rc or dev and a number: 1.0.0-rc.1",
		"1.0.0-alpha.1.2":  "after the dash say alpha, beta, rc or dev and a number: 1.0.0-rc.1",
		"1.0.0-0.3.7":      "after the dash say alpha, beta, rc or dev and a number: 1.0.0-rc.1",
		"1.0.0-x-y-z.--+1": "after the dash say alpha, beta, rc or dev and a number: 1.0.0-rc.1",
	} {
		v, err := extension.ParseVersion(text)
		if err == nil || strings.Join(fault.Hints(err), "") != hint {
			t.Errorf("%q: %v, %v, hints %q, want %q", text, v, err, fault.Hints(err), hint)
		}
		if fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: exit code %d", text, fault.ExitCode(err))
		}
	}
}

func TestAPILevels(t *testing.T) {
	for _, text := range []string{"1.4.0", "0.0.0", "2.10.33"} {
		if a, err := extension.ParseAPILevel(text); err != nil || a.String() != text {
			t.Errorf("%s: %v %v", text, a, err)
		}
	}
	for _, text := range []string{"", "1", "1.4", "1.4.0.0", "01.4.0", "1.4.x", "1.4.0-rc.1", "v1.4.0", "1.4.999999", "-1.4.0"} {
		if a, err := extension.ParseAPILevel(text); err == nil {
			t.Errorf("%q: %v", text, a)
		}
	}
	a := extension.APILevel{Major: 1, Minor: 4}
	for level, want := range map[extension.APILevel]bool{{Major: 1, Minor: 3, Patch: 9}: false, {Major: 1, Minor: 4}: true, {Major: 1, Minor: 4, Patch: 1}: true, {Major: 2}: true, {Minor: 9}: false} {
		if level.AtLeast(a) != want {
			t.Errorf("%v at least %v: %v", level, a, !want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"a", "sample_ext", "Sample-Ext.2", "0x", strings.Repeat("a", 100)} {
		if err := extension.CheckName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, hint := range map[string]string{
		"": "", "my ext": "write it as my_ext", "_x": "write it as x", "x-": "write it as x", "ü": "", "größe": "write it as gr_e",
		"a/b": "write it as a_b", "con": "call it con_ext", "LPT1.x": "call it LPT1.x_ext", strings.Repeat("a", 101): "",
	} {
		err := extension.CheckName(name)
		if err == nil || strings.Join(fault.Hints(err), "") != hint {
			t.Errorf("%q: %v %q", name, err, fault.Hints(err))
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(minimal + "bundle:\n  platforms: [linux/amd64]\n  pythons: 3.9..3.11\n"))
	f.Add([]byte(minimal + "  zip_safe: 'no'\n  python_extra_paths: ${extension_zip}:x\n"))
	for _, file := range readCases(f, "testdata/errors/manifest.txt") {
		f.Add([]byte(file.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, warnings, err := extension.ParseManifest("extension.yml", data)
		var b strings.Builder
		fault.Print(&b, err)
		for _, w := range warnings {
			_ = w.String()
		}
		if err != nil {
			return
		}
		if m.Name == "" || m.Version.Text == "" || m.Project() == "" {
			t.Fatalf("taken without its keys: %q", data)
		}
		if _, err := pep440.Parse(m.Version.PEP440.String()); err != nil {
			t.Fatal(err)
		}
		again, _, err := extension.ParseManifest("extension.yml", m.Packed())
		if err != nil || again.Name != m.Name || again.Version.Text != m.Version.Text || again.Comments != m.Comments || again.ZipSafe != m.ZipSafe {
			t.Fatalf("packed to %q: %v", m.Packed(), err)
		}
	})
}
