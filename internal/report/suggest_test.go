package report

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/target"
)

// drawn makes a matrix of a picture: a row for each Python, below a line of
// platforms; x is served, - a hole, . not asked for.
func drawn(t *testing.T, picture string) Matrix {
	t.Helper()
	m := Matrix{Extension: "x", Version: "1", Cells: map[target.Target]Cell{}}
	for i, line := range strings.Split(strings.TrimSpace(picture), "\n") {
		fields := strings.Fields(line)
		if i == 0 {
			for _, name := range fields {
				p, err := target.ParsePlatform(name)
				if err != nil {
					t.Fatal(err)
				}
				m.Platforms = append(m.Platforms, p)
			}
			continue
		}
		py, err := target.ParsePython(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		m.Pythons = append(m.Pythons, py)
		for k, mark := range fields[1:] {
			at := target.Target{Python: py, Platform: m.Platforms[k]}
			switch mark {
			case "x":
				m.Cells[at] = Cell{Package: -1}
			case "-":
				m.Cells[at] = Cell{Package: -1, Problem: errors.New("kiln: no file for " + at.String())}
			}
		}
	}
	return m
}

func TestSuggest(t *testing.T) {
	for name, c := range map[string]struct {
		picture, python, platforms, allPlatforms, allPythons string
		cells                                                int
		relaxations                                          []string
	}{
		"all": {"linux/amd64 win_amd64\n3.9 x x\n3.10 x x", ">=3.9,<3.11", "linux/amd64 windows/amd64", "", "", 4, nil},
		"a missing minor": {"linux/amd64 win_amd64\n3.9 x x\n3.10 - x\n3.11 x x", ">=3.9,<3.12,!=3.10.*", "linux/amd64 windows/amd64", "", "windows/amd64", 4,
			[]string{"3.10 +1 cp310@manylinux_2_28_x86_64"}},
		"an old minor": {"linux/amd64\n3.8 -\n3.9 x\n3.10 x", ">=3.9,<3.11", "linux/amd64", "", "", 2, []string{"3.8 +0 cp38@manylinux_2_28_x86_64"}},
		"a bad platform": {"linux/amd64 win_amd64\n3.9 x -\n3.10 x -\n3.11 x x", ">=3.9,<3.12", "linux/amd64", ">=3.11,<3.12", "", 3,
			[]string{"windows/amd64 +1 cp39@win_amd64 cp310@win_amd64"}},
		"as wide either way: platforms": {"linux/amd64 win_amd64\n3.9 x -\n3.10 x x", ">=3.10,<3.11", "linux/amd64 windows/amd64", "", "linux/amd64", 2,
			[]string{"3.9 +1 cp39@win_amd64"}},
		"a build of a minor": {"linux/amd64\n3.12 x\n3.13 x\ncp313t -", ">=3.12,<3.13", "linux/amd64", "", "", 1, []string{"3.13 +1 cp313t@manylinux_2_28_x86_64"}},
		"across 2 and 3":     {"linux/amd64\n2.7 x\n3.6 x", ">=2.7,<3.7,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*", "linux/amd64", "", "", 2, nil},
		"not asked for":      {"linux/amd64 win_amd64\n3.9 x .\n3.10 x x", ">=3.10,<3.11", "linux/amd64 windows/amd64", "", "linux/amd64", 2, []string{"3.9 +1"}},
		"nothing":            {"linux/amd64\n3.9 -", "", "", "", "", 0, []string{"3.9 +0 cp39@manylinux_2_28_x86_64"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := Suggest(drawn(t, c.picture))
			if s.RequiresPython != c.python || strings.Join(s.Platforms, " ") != c.platforms || s.Cells != c.cells {
				t.Errorf("got %q on %q, %d cells", s.RequiresPython, s.Platforms, s.Cells)
			}
			if s.AllPlatforms != c.allPlatforms || strings.Join(s.AllPythons, " ") != c.allPythons {
				t.Errorf("for all platforms %q, for all Pythons %q", s.AllPlatforms, s.AllPythons)
			}
			var got []string
			for _, r := range s.Relaxations {
				line := r.Python + r.Platform + " +" + string(rune('0'+r.Gained))
				for _, h := range r.Holes {
					line += " " + strings.Join(h.Targets, " ")
				}
				got = append(got, line)
			}
			if !slices.Equal(got, c.relaxations) {
				t.Errorf("relaxations %q, want %q", got, c.relaxations)
			}
		})
	}
}

func TestSuggestText(t *testing.T) {
	var b strings.Builder
	if err := Suggest(rich(t)).Text(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "suggestion.txt", b.String())
}

// TestSuggestPatches: patch releases that a package does not admit are left out
// of what is wholly covered.
func TestSuggestPatches(t *testing.T) {
	m := drawn(t, "linux/amd64 win_amd64\n3.9 x x\n3.10 x x\n3.11 x x")
	m.Packages = []Package{{RequiresPython: ">=3.9.2,<3.10"}, {RequiresPython: ">=3.10.1,<3.11,!=3.10.3"}, {RequiresPython: ">=3.11,<=3.11.4"}, {}}
	for at, c := range m.Cells {
		if c.Package = at.Python.Minor - 9; at.Platform.Family == target.Windows {
			c.Package = 3
		}
		m.Cells[at] = c
	}
	s := Suggest(m)
	if want := ">=3.9.2,<=3.11.4,!=3.10.0,!=3.10.3"; s.RequiresPython != want {
		t.Errorf("got %s, want %s", s.RequiresPython, want)
	}
	if len(s.Alone) != 2 || s.Alone[1].RequiresPython != ">=3.9,<3.12" {
		t.Errorf("alone: %+v", s.Alone)
	}
}
