package merge

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// TestRow24: each breaking point is found, with its reason.
func TestRow24(t *testing.T) {
	files := map[string][]string{
		"3.9":  {"numpy-2.0-cp39-cp39-PLATFORM.whl >=3.9", "tomli-2-py3-none-any.whl", "top-1-py3-none-any.whl", "old-1-py3-none-any.whl <3.10", "sub-1-py3-none-any.whl"},
		"3.10": {"numpy-2.2-cp310-cp310-PLATFORM.whl >=3.10", "tomli-2-py3-none-any.whl", "top-1-py3-none-any.whl", "old-2-py3-none-any.whl", "sub-1-py3-none-any.whl"},
		"3.11": {"numpy-2.2-cp311-cp311-PLATFORM.whl >=3.10", "top-2-py3-none-any.whl", "old-2-py3-none-any.whl"},
		"3.13": {"numpy-2.2-cp313-cp313-PLATFORM.whl >=3.10", "top-2-py3-none-any.whl", "old-2-py3-none-any.whl", "fresh-1-py3-none-any.whl"},
	}
	platforms := map[string]string{"linux/amd64": "manylinux_2_17_x86_64", "win_amd64": "win_amd64"}
	solutions, _ := matrix(t, "3.9 3.10 3.11 3.13", "linux/amd64 win_amd64", func(p, platform string) []string {
		var out []string
		for _, f := range files[p] {
			out = append(out, strings.Replace(f, "PLATFORM", platforms[platform], 1))
		}
		return out
	})
	for _, s := range solutions {
		for i := range s.Pins {
			if s.Pins[i].Project == "sub" {
				s.Pins[i].Via = []pep508.Name{"top"}
			}
			if s.Pins[i].Project == "fresh" {
				s.Pins[i].Via = []pep508.Name{"numpy", "old"}
			}
		}
	}
	p, err := NewPlan(solutions, one)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range p.Dependencies {
		got = append(got, d.String())
		for _, b := range d.Breaks {
			if len(b.Platforms) != 2 {
				t.Errorf("%s: on %v", b, b.Platforms)
			}
			got = append(got, "  "+b.String())
		}
	}
	want := []string{
		"numpy has a file of its own for each Python and platform",
		"  numpy at 3.10: 2.0 → 2.2 (requires-python >=3.10)",
		"  numpy at 3.11: another file of 2.2 (new file)",
		"  numpy at 3.13: another file of 2.2 (new file)",
		"old has 2 files",
		"  old at 3.10: 1 → 2 (requires-python <3.10)",
		"top has 2 files",
		"  top at 3.11: 1 → 2 (new version)",
		"fresh has one file for all",
		"  fresh at 3.13: needs 1 (marker of numpy)",
		"sub has one file for all",
		"  sub at 3.11: no longer needed (requirer top)",
		"tomli has one file for all",
		"  tomli at 3.11: no longer needed (marker)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := p.Dependencies[0]; d.Files != 8 || d.Bytes != 8000 {
		t.Errorf("numpy: %d files, %d bytes", d.Files, d.Bytes)
	}
}

// TestRow20: the plan says which dependency forces a package for each Python
// and platform, and which does not.
func TestRow20(t *testing.T) {
	solutions, _ := matrix(t, "3.10 3.11 3.12 3.13", "linux/amd64 win_amd64", func(p, platform string) []string {
		cp := strings.Replace(p, "3.", "cp3", 1)
		tag := strings.Replace(platform, "linux/amd64", "manylinux_2_17_x86_64", 1)
		return []string{"numpy-2-" + cp + "-" + cp + "-" + tag + ".whl", "crypt-1-cp38-abi3-" + tag + ".whl", requests}
	})
	p, err := NewPlan(solutions, one)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range p.Dependencies {
		got = append(got, d.String())
	}
	want := []string{"numpy has a file of its own for each Python and platform", "crypt has a file of its own for each platform", "requests has one file for all"}
	if !slices.Equal(got, want) || len(p.Packages) != 8 {
		t.Errorf("%d packages, %q", len(p.Packages), got)
	}
}

// withBinaries is one opened wheel that holds these native files.
func withBinaries(t *testing.T, name string, binaries ...native.Facts) (*Wheels, lock.File) {
	t.Helper()
	f := pinOf(t, name).File
	one := &Wheel{Source: Source{File: f}, Contents: Contents{Binaries: binaries}}
	return &Wheels{list: []*Wheel{one}, byKey: map[string]*Wheel{f.Key(): one}}, f
}

func elf(name, arch string, minor int) native.Facts {
	return native.Facts{Name: name, Format: native.ELF, Images: []native.Image{{Arch: arch, System: "linux", Libc: native.Glibc, Glibc: [2]int{2, minor}}}}
}

func macho(name, arch string, major, minor int) native.Facts {
	return native.Facts{Name: name, Format: native.MachO, Images: []native.Image{{Arch: arch, System: "macos", MacOS: [2]int{major, minor}}}}
}

func TestNeed(t *testing.T) {
	for _, test := range []struct {
		wheel, on string
		binaries  []native.Facts
		want      string
	}{
		{"a-1-cp311-cp311-manylinux_2_17_x86_64.whl", "linux/amd64", []native.Facts{elf("a.so", "x86_64", 14), elf("b.so", "x86_64", 34), elf("c.so", "x86_64", 17)}, "manylinux_2_34_x86_64 b.so hard"},
		{"a-1-cp311-cp311-manylinux_2_17_x86_64.whl", "linux/amd64", []native.Facts{elf("a.so", "aarch64", 34), macho("b", "x86_64", 14, 0)}, ""},
		{"a-1-cp311-cp311-musllinux_1_1_x86_64.whl", "alpine/amd64", []native.Facts{elf("a.so", "x86_64", 34)}, ""},
		{"a-1-cp311-cp311-macosx_11_0_universal2.whl", "macos/arm64", []native.Facts{macho("a.so", "arm64", 13, 3), macho("b.so", "x86_64", 14, 0)}, "macosx_13_0_arm64 a.so soft"},
		{"a-1-cp311-cp311-macosx_10_9_x86_64.whl", "macos/amd64", []native.Facts{macho("a.so", "x86_64", 10, 13)}, "macosx_10_13_x86_64 a.so soft"},
		{"a-1-cp311-cp311-win_amd64.whl", "win_amd64", []native.Facts{{Name: "a.pyd", Format: native.PE, Images: []native.Image{{Arch: "amd64", System: "windows"}}}}, ""},
	} {
		w, f := withBinaries(t, test.wheel, test.binaries...)
		need, ok := w.Need(f, mustTarget(t, "3.11@"+test.on).Platform)
		got := ""
		if ok {
			got = need.Least.String() + " " + need.Member + map[bool]string{true: " hard", false: " soft"}[need.Hard]
		}
		if got != test.want {
			t.Errorf("%s on %s: %q, want %q", test.wheel, test.on, got, test.want)
		}
	}
	w, _ := withBinaries(t, "a-1-py3-none-any.whl")
	if _, ok := w.Need(pinOf(t, "b-1-py3-none-any.whl").File, target.Platform{}); ok {
		t.Error("a file that was not opened needs something")
	}
}

func TestBinary(t *testing.T) {
	launcher := native.Facts{Name: "setuptools/cli.EXE", Format: native.PE}
	w, _ := withBinaries(t, "setuptools-80-py3-none-any.whl", launcher)
	if name, ok := w.All()[0].Binary(); ok {
		t.Errorf("%s counts as a binary", name)
	}
	w, _ = withBinaries(t, "setuptools-80-py3-none-any.whl", launcher, elf("a.so", "x86_64", 17))
	if name, ok := w.All()[0].Binary(); name != "a.so" || !ok {
		t.Errorf("got %q", name)
	}
	w, _ = withBinaries(t, "ruff-1-py3-none-win_amd64.whl", launcher)
	if _, ok := w.All()[0].Binary(); !ok {
		t.Error("a program in a wheel for Windows is no data")
	}
}

// TestCheckBinaries: a wheel for another system is refused; a floor is left to
// the plan; a file that may be data is only told.
func TestCheckBinaries(t *testing.T) {
	w, _ := withBinaries(t, "a-1-cp311-cp311-win_amd64.whl", elf("a.cpython-311-x86_64-linux-gnu.so", "x86_64", 17))
	_, err := w.Check()
	if fault.ExitCode(err) != fault.BadInput || !strings.HasPrefix(err.Error(), "a-1-cp311-cp311-win_amd64.whl: a.cpython-311-x86_64-linux-gnu.so: is an ELF file") {
		t.Errorf("a renamed wheel: %v", err)
	}
	w, _ = withBinaries(t, "a-1-cp311-cp311-manylinux_2_17_x86_64.whl", elf("a.so", "x86_64", 34))
	if warnings, err := w.Check(); err != nil || len(warnings) > 0 {
		t.Errorf("a high floor: %v, %v", warnings, err)
	}
	var helpers []native.Facts
	for _, name := range []string{"a.so", "b.so", "c.so", "d.so", "e.so"} {
		helpers = append(helpers, elf(name, "aarch64", 17))
	}
	w, _ = withBinaries(t, "a-1-cp311-cp311-manylinux_2_17_x86_64.whl", append(helpers, elf("z.so", "x86_64", 17))...)
	if warnings, err := w.Check(); err != nil || len(warnings) != maxFindings {
		t.Errorf("helpers for another machine: %v, %v", warnings, err)
	}
}
