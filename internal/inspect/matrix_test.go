package inspect

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/selector"
)

const pure = "demo-1.0.0-py3-none-any.whl"

// zipOf is an extension zip with these packages, and what lies beside its modules.
func zipOf(t *testing.T, zipSafe string, packages, beside map[string]string) string {
	t.Helper()
	members := map[string]string{"extension.yml": strings.Replace(manifest, "%s", zipSafe, 1), "extension.py": "print()\n"}
	order := []string{"extension.py", "extension.yml"}
	for name, data := range beside {
		members[name], order = data, append(order, name)
	}
	for name, data := range packages {
		members["dep/"+name], order = data, append(order, "dep/"+name)
	}
	return extensionZip(t, members, order...)
}

// judged is the matrix of a zip for one Python and platform.
func judged(t *testing.T, file string) report.Matrix {
	t.Helper()
	found, err := Zip(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := found.Judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := found.Matrix(MatrixOptions{Pythons: []string{"3.10"}, Platforms: []string{"linux/amd64"}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// isHole checks that every drawing and the check say that nothing serves the
// one cell, and why.
func isHole(t *testing.T, m report.Matrix, why string) {
	t.Helper()
	if err := m.Check(); fault.ExitCode(err) != fault.NoPackage {
		t.Errorf("check: %v", err)
	}
	cell := m.Cells[m.Targets()[0]]
	if cell.Problem == nil || cell.Package >= 0 || len(m.Packages) > 0 {
		t.Fatalf("it is served: %+v", cell)
	}
	var text, markdown, html strings.Builder
	document, err := json.Marshal(m)
	if err != nil || m.Text(&text) != nil || m.Markdown(&markdown) != nil || m.HTML(&html) != nil {
		t.Fatal(err)
	}
	for name, drawing := range map[string]string{"text": text.String(), "JSON": string(document), "Markdown": strings.ReplaceAll(markdown.String(), `\_`, "_"), "HTML": html.String()} {
		if !strings.Contains(drawing, why) {
			t.Errorf("%s does not say %q:\n%s", name, why, drawing)
		}
	}
}

// verifyRefuses says whether axle verify has an error of the zip.
func verifyRefuses(t *testing.T, file string) bool {
	t.Helper()
	v, err := selector.VerifyZip(t.Context(), file, selector.VerifyZipOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Err() != nil
}

// TestMatrixOfBroken: a package that agents refuse serves nothing, whatever its
// name says.
func TestMatrixOfBroken(t *testing.T) {
	data := wheeltest.Make(t, pure, map[string]string{"palette.py": "COLOURS = 3\n"})
	whole := zipOf(t, "false", map[string]string{pure: string(data)}, nil)
	if m := judged(t, whole); m.Check() != nil || verifyRefuses(t, whole) {
		t.Fatal(m.Check())
	}
	for _, f := range wheeltest.Faults {
		t.Run(string(f), func(t *testing.T) {
			file := zipOf(t, "false", map[string]string{pure: string(wheeltest.Break(t, data, f))}, nil)
			if !verifyRefuses(t, file) {
				t.Error("axle verify has nothing against it")
			}
			isHole(t, judged(t, file), pure+" is refused: ")
		})
	}
}

// TestMatrixOfRenamed: binaries say what a package is for, not its name.
func TestMatrixOfRenamed(t *testing.T) {
	const name = "demo-1.0.0-cp310-cp310-manylinux_2_17_x86_64.whl"
	windows := wheeltest.Make(t, "demo-1.0.0-cp310-cp310-win_amd64.whl", map[string]string{"palette.py": ""})
	isHole(t, judged(t, zipOf(t, "false", map[string]string{name: string(windows)}, nil)), name+" is refused: its name says cp310-cp310-manylinux_2_17_x86_64, and its WHEEL ")
	for _, c := range []struct{ member, data, why string }{
		{"kiln/_heat.cp310-win_amd64.pyd", wheeltest.PE(), "kiln/_heat.cp310-win_amd64.pyd: "},
		{"kiln/_heat.cpython-310-x86_64-linux-gnu.so", wheeltest.ELF("2.34"), "needs glibc 2.34"},
		{"kiln/_heat.cpython-39-x86_64-linux-gnu.so", wheeltest.ELF("2.12"), "kiln/_heat.cpython-39-x86_64-linux-gnu.so: "},
	} {
		file := zipOf(t, "false", map[string]string{name: string(wheeltest.Make(t, name, map[string]string{c.member: c.data}))}, nil)
		if !verifyRefuses(t, file) {
			t.Errorf("%s: axle verify has nothing against it", c.member)
		}
		isHole(t, judged(t, file), c.why)
	}
}

// TestMatrixOfNextBest: an agent takes the next best package where it sees what
// is wrong before it chooses, and refuses the zip where it sees it afterwards.
func TestMatrixOfNextBest(t *testing.T) {
	const best = "demo-1.0.0-py310-none-any.whl"
	files := map[string]string{"palette.py": "COLOURS = 3\n"}
	for f, served := range map[wheeltest.Fault]bool{wheeltest.NoRecord: true, wheeltest.OtherName: true, wheeltest.WrongHash: true, wheeltest.Missing: false, wheeltest.Unrecorded: false} {
		m := judged(t, zipOf(t, "false", map[string]string{
			best: string(wheeltest.Break(t, wheeltest.Make(t, best, files), f)), pure: string(wheeltest.Make(t, pure, files)),
		}, nil))
		if got := m.Check() == nil; got != served || served && m.Packages[0].File != pure {
			t.Errorf("%s: served %v, want %v: %v", f, got, served, m.Packages)
		}
	}
}

// TestMatrixOfZipSafe: agents ignore packages where zip_safe is true, and what
// is in them is needed all the same.
func TestMatrixOfZipSafe(t *testing.T) {
	packages := map[string]string{pure: string(wheeltest.Make(t, pure, map[string]string{
		"palette.py": "COLOURS = 3\n", "palette-1.0.dist-info/METADATA": metadata("palette", "1.0", ""),
		"palette-1.0.dist-info/RECORD": "palette.py,,\npalette-1.0.dist-info/METADATA,,\npalette-1.0.dist-info/RECORD,,\n",
	}))}
	beside := map[string]string{
		"palette.py": "COLOURS = 3\n", "palette-1.0.dist-info/METADATA": metadata("palette", "1.0", ""), "palette-1.0.dist-info/RECORD": "palette.py,,\n",
	}
	isHole(t, judged(t, zipOf(t, "true", packages, nil)), "zip_safe is true, so agents ignore the packages, and palette is not beside the modules")
	for name, packages := range map[string]map[string]string{"beside the modules": packages, "without packages": nil} {
		m := judged(t, zipOf(t, "true", packages, beside))
		if err := m.Check(); err != nil || len(m.Packages) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	beside["kiln/_heat.so"] = wheeltest.ELF("2.12")
	isHole(t, judged(t, zipOf(t, "true", nil, beside)), "kiln/_heat.so: Python cannot load it from a zip")
}

// TestCompareZipSafe: what moves from beside the modules into a package is
// neither new nor gone.
func TestCompareZipSafe(t *testing.T) {
	dist := func(version string) map[string]string {
		return map[string]string{"palette.py": "", "palette-1.0.dist-info/METADATA": metadata("palette", version, ""), "palette-1.0.dist-info/RECORD": "palette.py,,\n"}
	}
	side := func(file string) Side {
		zip, err := Zip(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		return Side{Zip: &zip}
	}
	for version, want := range map[string]string{"1.0": "[]", "2.0": "[palette 1.0 -> 2.0]"} {
		safe := side(zipOf(t, "true", nil, dist("1.0")))
		packed := side(zipOf(t, "false", map[string]string{pure: string(wheeltest.Make(t, pure, dist(version)))}, nil))
		d, err := Compare(safe, packed, MatrixOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(d.Changes); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
		if len(d.Changes) > 0 && len(d.Changes[0].Targets) == 0 {
			t.Error("it does not say for which targets")
		}
	}
}
