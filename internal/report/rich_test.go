package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// hostile is text that would break out of any drawing that forgets to escape.
const hostile = "</script><img src=x onerror=alert(1)> | `x` @somebody ]]> &amp;"

// rich is a matrix with everything that can be drawn: sizes, several packages,
// holes with hostile reasons, and breaking points of every kind.
func rich(t *testing.T) Matrix {
	t.Helper()
	all := targets(t, `cp39@linux/amd64 cp39@linux/arm64 cp39@windows/amd64 cp39@macos/arm64
		cp310@linux/amd64 cp310@linux/arm64 cp310@windows/amd64 cp310@macos/arm64
		cp311@linux/amd64 cp311@linux/arm64 cp311@windows/amd64 cp311@macos/arm64
		cp312@linux/amd64 cp312@linux/arm64 cp312@windows/amd64 cp312@macos/arm64
		cp313@linux/amd64 cp313@linux/arm64 cp313@windows/amd64 cp313@macos/arm64`)
	var l lock.Lock
	for _, at := range all {
		if at.Python.Minor == 9 && at.Platform.Family == target.Windows || at.Python.Minor == 13 && at.Platform.Arch == "arm64" && at.Platform.Family == target.MacOS {
			l.Failures = append(l.Failures, lock.Failure{Target: at, Err: caused{fault.New(fault.Resolution,
				"kiln: no version has a file for "+at.String()+"\n  requirements.txt:1 requires kiln "+hostile, "leave Python "+at.Python.String()+" out of the build")}})
			continue
		}
		l.Solutions = append(l.Solutions, lock.Solution{Target: at, Pins: richPins(t, at)})
	}
	l.Solutions[0].Notes = []string{"kiln is 1.0, not 2.0 " + hostile}
	opt := merge.Options{Name: "sample_ext", Version: pep440.MustParse("1.0.0")}
	for _, f := range l.Failures {
		opt.Holes = append(opt.Holes, f.Target)
	}
	plan, err := merge.NewPlan(l.Solutions, opt)
	if err != nil {
		t.Fatal(err)
	}
	m := New("sample_ext", "1.0.0", all, l, plan)
	m.Served = []Served{
		{Profile: "rhel9", Path: "/usr/bin/python3", Python: "3.9.18", Target: "cp39@manylinux_2_28_x86_64", Package: m.Packages[0].File},
		{Profile: "rhel|8", Path: "/usr/bin/python3.11", Python: "3.11.7", Target: "cp311@manylinux_2_17_x86_64", Problem: "no package " + hostile},
	}
	return m
}

// caused is an error that knows its causes, as those of the resolver.
type caused struct{ error }

func (c caused) Unwrap() error { return c.error }

func (caused) Causes() []lock.Cause {
	return []lock.Cause{
		{Kind: "no-wheel", Projects: []string{"kiln"}, Requirements: []string{"requirements.txt:1 requires kiln " + hostile}, Newest: "kiln 0.9", Source: "kiln 2.0", Build: "--build-sdists=kiln"},
		{Kind: "no-wheel", Projects: []string{"oven"}, Requirements: []string{"requirements.txt:2 requires oven"}},
	}
}

// richPins: kiln has a file for each target, and another version from 3.11 on;
// glaze an abi3 one; palette is pure; hearth is wanted before 3.12 alone.
func richPins(t *testing.T, at target.Target) []lock.Pin {
	tag := map[target.OS]string{target.Manylinux: "manylinux_2_17_", target.Windows: "win_", target.MacOS: "macosx_11_0_"}[at.Platform.Family] + at.Platform.Arch
	version := "1.0"
	if at.Python.Minor >= 11 {
		version = "2.0"
	}
	py := at.Python.Tag()
	pins := []lock.Pin{
		pin(t, fmt.Sprintf("kiln-%s-%s-%s-%s.whl", version, py, py, strings.Replace(tag, "2_17", "2_28", 1))),
		pin(t, "glaze-4.1-cp39-abi3-"+tag+".whl"),
		pin(t, "palette-1.2.0-py3-none-any.whl"),
	}
	if at.Python.Minor < 12 {
		hearth := pin(t, "hearth-0.3-py3-none-any.whl")
		hearth.Via = []pep508.Name{"glaze"}
		pins = append(pins, hearth)
	}
	sizes := map[pep508.Name]int64{"kiln": 18 << 20, "glaze": 5 << 20, "palette": 70 << 10, "hearth": 9 << 10}
	for i := range pins {
		pins[i].File.Size = sizes[pins[i].Project]
		if pins[i].Project == "kiln" && version == "2.0" {
			pins[i].RequiresPython = pep440.MustParseSpecifierSet(">=3.11")
		}
	}
	slices.SortFunc(pins, func(a, b lock.Pin) int { return cmp.Compare(a.Project, b.Project) })
	return pins
}

func TestMarkdown(t *testing.T) {
	for name, m := range map[string]Matrix{"matrix.md": sample(t), "rich.md": rich(t)} {
		var b strings.Builder
		if err := m.Markdown(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

// TestMarkdownFitsAComment: the table stays, reasons are left out, and it says
// how many.
func TestMarkdownFitsAComment(t *testing.T) {
	m := rich(t)
	for at, c := range m.Cells {
		if c.Hole() {
			c.Problem = fault.New(fault.Resolution, at.Python.String()+strings.Repeat("x", maxComment))
			m.Cells[at] = c
		}
	}
	var b strings.Builder
	if err := m.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 || !strings.Contains(b.String(), "| 3.13 |") || !strings.Contains(b.String(), "2 parts left out") {
		t.Errorf("%d bytes:\n%.3000s", b.Len(), b.String())
	}
}

// TestCosts: what a dependency adds is told from what others make of it.
func TestCosts(t *testing.T) {
	var got []string
	m := rich(t)
	for _, c := range m.Costs {
		got = append(got, fmt.Sprintf("%s %d files %s in %d, %s repeated, %d fewer", c.Project, c.Files, Size(c.Bytes), c.Packages, Size(c.Repeated()), c.Saved))
	}
	// kiln has 18 files in 18 packages. Without it there would be one before and
	// one from 3.12 on for each of the 4 platforms; without glaze, kiln's remain.
	want := []string{
		"kiln 18 files 324.0 MiB in 18, 0 B repeated, 10 fewer",
		"glaze 4 files 20.0 MiB in 18, 70.0 MiB repeated, 0 fewer",
		"palette 1 files 70.0 KiB in 18, 1.2 MiB repeated, 0 fewer",
		"hearth 1 files 9.0 KiB in 11, 90.0 KiB repeated, 0 fewer",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
