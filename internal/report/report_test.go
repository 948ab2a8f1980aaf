package report

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

var update = flag.Bool("update", false, "write golden files anew")

func pin(t *testing.T, file string) lock.Pin {
	t.Helper()
	f, err := wheel.ParseFilename(file)
	if err != nil {
		t.Fatal(err)
	}
	return lock.Pin{Project: f.Name, Version: f.Version, File: lock.File{Filename: f, URL: "http://index.test/" + file}}
}

// sample is a matrix with a package shared by two Pythons, one of its own for
// a third, and holes for one platform.
func sample(t *testing.T) Matrix {
	t.Helper()
	var targets []target.Target
	var l lock.Lock
	for _, platform := range []string{"linux/amd64", "windows/amd64"} {
		p, err := target.ParsePlatform(platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, python := range []string{"3.10", "3.11", "3.9"} {
			py, err := target.ParsePython(python)
			if err != nil {
				t.Fatal(err)
			}
			tgt := target.Target{Python: py, Platform: p}
			targets = append(targets, tgt)
			if platform == "windows/amd64" && python != "3.9" {
				l.Failures = append(l.Failures, lock.Failure{Target: tgt, Err: errors.New("kiln: no version has a file for " + tgt.String())})
				continue
			}
			file := "kiln-1.0-cp39-cp39-manylinux_2_17_x86_64.whl"
			switch {
			case platform == "windows/amd64":
				file = "kiln-1.0-cp39-cp39-win_amd64.whl"
			case python != "3.9":
				file = "kiln-1.0-cp310-abi3-manylinux_2_17_x86_64.whl"
			}
			l.Solutions = append(l.Solutions, lock.Solution{Target: tgt, Pins: []lock.Pin{pin(t, file)}, Notes: []string{"a note for every target"}})
		}
	}
	opt := merge.Options{Name: "sample_ext", Version: pep440.MustParse("1.0.0")}
	for _, f := range l.Failures {
		opt.Holes = append(opt.Holes, f.Target)
	}
	plan, err := merge.NewPlan(l.Solutions, opt)
	if err != nil {
		t.Fatal(err)
	}
	return New("sample_ext", "1.0.0", targets, l, plan)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := sample(t).Text(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "matrix.txt", b.String())
}

func TestJSON(t *testing.T) {
	text, err := json.MarshalIndent(sample(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "matrix.json", string(text)+"\n")
}

func TestCheckNamesEveryHole(t *testing.T) {
	err := sample(t).Check()
	if fault.ExitCode(err) != fault.NoPackage {
		t.Fatalf("exit code %d, want %d", fault.ExitCode(err), fault.NoPackage)
	}
	for _, hole := range []string{"cp310@win_amd64", "cp311@win_amd64"} {
		if !strings.Contains(err.Error(), hole) {
			t.Errorf("%q does not name %s", err, hole)
		}
	}
	if strings.Contains(err.Error(), "cp39@win_amd64") {
		t.Errorf("%q names a target that is served", err)
	}
}

func TestLetter(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := letter(i); got != want {
			t.Errorf("letter(%d) = %s, want %s", i, got, want)
		}
	}
}
