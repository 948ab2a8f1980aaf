package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/lock"
)

// realMatrix is what the tests read of a matrix.
type realMatrix struct {
	Matrix struct {
		Packages []struct {
			File      string
			Size      int64
			Estimated bool `json:"size_estimated"`
		}
		Cells []struct {
			Target, Package, Floor, Problem string
			Size                            int64
			Causes                          []lock.Cause
		}
		Dependencies []struct {
			Project  string
			Licences []string
			Carried  int64 `json:"bytes_carried"`
			Changes  []struct{ Reason string }
		}
		Served []struct{ Profile, Python, Package, Problem string }
	}
}

// TestMatrixReal holds every hole, size, licence and breaking point of real
// projects against what is known of them: wheels for one system alone, source
// alone, versions that dropped old Pythons.
func TestMatrixReal(t *testing.T) {
	dir := realProject(t, `extension: {name: real_ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.8,<3.13", zip_safe: false}
bundle: {platforms: [linux/amd64, windows/amd64, macos/arm64], pythons: ["3.8", "3.11", "3.12"], profiles: [rhel9]}`, "",
		"numpy", "cryptography", "PyYAML", "pydantic", "lxml", `pywin32; python_version == "3.12"`, `psycopg2; python_version == "3.12"`, `docopt; python_version == "3.11"`)
	out, _, code := realAxle(t, "-q", "matrix", "--json", dir)
	var m realMatrix
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 {
		t.Fatalf("%v, exit code %d", err, code)
	}
	for _, p := range m.Matrix.Packages {
		if p.Size < 10<<20 || !p.Estimated { // numpy alone is more
			t.Errorf("%s: %d bytes, estimated: %v", p.File, p.Size, p.Estimated)
		}
	}
	got := map[string]string{}
	for _, c := range m.Matrix.Cells {
		switch {
		case c.Problem == "" && (c.Package == "" || c.Size == 0 || c.Floor == ""):
			t.Errorf("%s is served by %q, of %d bytes, which needs %q", c.Target, c.Package, c.Size, c.Floor)
		case c.Problem == "":
			got[c.Target] = "served"
			continue
		}
		var causes []string
		for _, cause := range c.Causes {
			if len(cause.Requirements) == 0 || !strings.HasPrefix(cause.Requirements[0], "requirements.txt:") {
				t.Errorf("%s: the requirements are %q", c.Target, cause.Requirements)
			}
			source, _, _ := strings.Cut(cause.Source, " ")
			newest, _, _ := strings.Cut(cause.Newest, " ")
			causes = append(causes, strings.TrimSpace(fmt.Sprintf("%s %s newest:%s source:%s %s", cause.Kind, cause.Projects[0], newest, source, cause.Build)))
		}
		slices.Sort(causes)
		got[c.Target] = strings.Join(causes, "; ")
	}
	docopt := "no-wheel docopt newest: source:docopt --build-sdists=docopt"
	psycopg2, pywin32 := "no-wheel psycopg2 newest: source:psycopg2 --build-sdists=psycopg2", "no-wheel pywin32 newest: source:"
	for at, want := range map[string]string{
		"cp38@manylinux_2_28_x86_64": "served", "cp38@win_amd64": "served", "cp38@macosx_11_0_arm64": "no-wheel pyyaml newest: source:pyyaml --build-sdists=pyyaml",
		"cp311@manylinux_2_28_x86_64": docopt, "cp311@win_amd64": docopt, "cp311@macosx_11_0_arm64": docopt,
		"cp312@manylinux_2_28_x86_64": psycopg2 + "; " + pywin32, "cp312@win_amd64": "served", "cp312@macosx_11_0_arm64": psycopg2 + "; " + pywin32,
	} {
		if got[at] != want {
			t.Errorf("%s: %s, want %s", at, got[at], want)
		}
	}
	m.check(t)
	if _, stderr, code := realAxle(t, "-q", "matrix", "--check", dir); code != 5 || !strings.Contains(stderr, "rhel9 (/usr/bin/python3.11)") {
		t.Errorf("exit code %d, want 5 and the agent:\n%s", code, stderr)
	}
	if out, _, _ := realAxle(t, "-q", "matrix", "--markdown", dir); len(out) > 65536 || !strings.Contains(out, "psycopg2 has source") && !strings.Contains(out, "has source: --build-sdists=psycopg2") {
		t.Errorf("a comment of %d bytes:\n%.2000s", len(out), out)
	}
	if out, _, _ := realAxle(t, "-q", "matrix", "--suggest", dir); !strings.Contains(out, `requires_python: ">=3.8,<3.9"`) {
		t.Errorf("suggested:\n%s", out)
	}
}

// check holds dependencies and profiles against what is known of them.
func (m realMatrix) check(t *testing.T) {
	t.Helper()
	reasons := map[string]bool{}
	for _, d := range m.Matrix.Dependencies {
		if len(d.Licences) == 0 || d.Carried == 0 {
			t.Errorf("%s: licences %q, %d bytes", d.Project, d.Licences, d.Carried)
		}
		for _, c := range d.Changes {
			reasons[d.Project+" "+c.Reason] = true
		}
	}
	for _, want := range []string{"numpy requires-python", "cryptography requires-python", "pyyaml new file", "pywin32 marker"} {
		if !reasons[want] {
			t.Errorf("no breaking point is %q: %v", want, reasons)
		}
	}
	for _, s := range m.Matrix.Served {
		if s.Profile != "rhel9" || (s.Package == "") != (s.Problem != "") {
			t.Errorf("%+v", s)
		}
	}
	if len(m.Matrix.Served) == 0 {
		t.Error("no interpreter of the profile is told of")
	}
}
