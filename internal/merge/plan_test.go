package merge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/target"
)

const (
	four     = "linux/amd64 linux/arm64 win_amd64 macos/arm64"
	sixes    = "3.9 3.10 3.11 3.12 3.13 3.14"
	linux    = "linux/amd64"
	requests = "requests-2.32.3-py3-none-any.whl >=3.8"
)

// minorOf is the number after the dot.
func minorOf(python string) int {
	var n int
	_, after, _ := strings.Cut(strings.TrimSuffix(python, "t"), ".")
	_, _ = fmt.Sscanf(after, "%d", &n)
	return n
}

// TestRow19 and the others of this table are what DESIGN.md calls the traps.
func TestPlans(t *testing.T) {
	native := map[string]string{"linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64", "linux/arm64": "manylinux_2_28_aarch64", "win_amd64": "win_amd64", "macos/arm64": "macosx_11_0_arm64"}
	for _, test := range []struct {
		name               string
		pythons, platforms string
		choose             func(python, platform string) []string
		want               []string
	}{
		{"row 19: one pure set for all", sixes, four,
			func(string, string) []string { return []string{requests, "idna-3.7-py3-none-any.whl"} },
			[]string{"py3-none-any"}},
		{"a member begins at 3.9", sixes, four,
			func(string, string) []string { return []string{requests, "a-1-py39-none-any.whl"} },
			[]string{"py39-none-any"}},
		{"Python 2 and 3", "2.7 3.6 3.7", four,
			func(string, string) []string { return []string{"six-1.16-py2.py3-none-any.whl"} },
			[]string{"py2.py3-none-any"}},
		{"Python 2 and 3, of one kind for each", "2.7 3.6 3.7", four,
			func(p, _ string) []string {
				if p == "2.7" {
					return []string{"six-1.16-py2.py3-none-any.whl"}
				}
				return []string{"six-1.17-py2.py3-none-any.whl"}
			},
			[]string{"py27-none-any", "py36-none-any"}},
		{"row 24, trap: a marker at 3.11 in a pure set", sixes, four,
			func(p, _ string) []string {
				if minorOf(p) < 11 {
					return []string{requests, "tomli-2.0-py3-none-any.whl"}
				}
				return []string{requests}
			},
			[]string{"py311-none-any", "py39-none-any"}},
		{"trap: abi3 below and pure above", sixes, linux,
			func(p, _ string) []string {
				if minorOf(p) < 11 {
					return []string{"c-1-cp38-abi3-manylinux_2_17_x86_64.whl"}
				}
				return []string{requests}
			},
			[]string{"cp310.cp39-cp310.cp39-manylinux_2_17_x86_64", "py311-none-any"}},
		{"trap: py39-none-PLATFORM below and pure above", sixes, linux,
			func(p, _ string) []string {
				if minorOf(p) < 11 {
					return []string{"c-1-py3-none-manylinux_2_17_x86_64.whl"}
				}
				return []string{requests}
			},
			[]string{"cp310.cp39-none-manylinux_2_17_x86_64", "py311-none-any"}},
		{"pure below and abi3 above", sixes, linux,
			func(p, _ string) []string {
				if minorOf(p) >= 11 {
					return []string{"c-1-cp38-abi3-manylinux_2_17_x86_64.whl"}
				}
				return []string{requests}
			},
			[]string{"cp311-abi3-manylinux_2_17_x86_64", "py39-none-any"}},
		{"trap: a hole in the middle of a pure set", sixes, linux,
			func(p, _ string) []string {
				if p == "3.10" {
					return nil
				}
				return []string{requests}
			},
			[]string{"cp311.cp312.cp313.cp314.cp39-none-any"}},
		{"a hole above a pure set", sixes, four,
			func(p, _ string) []string {
				if p == "3.14" {
					return nil
				}
				return []string{requests}
			},
			[]string{"cp310.cp311.cp312.cp313.cp39-none-any"}},
		{"a hole below a pure set", sixes, four,
			func(p, _ string) []string {
				if p == "3.9" {
					return nil
				}
				return []string{requests}
			},
			[]string{"py310-none-any"}},
		{"a hole in the middle of abi3", sixes, linux,
			func(p, _ string) []string {
				if p == "3.10" {
					return nil
				}
				return []string{"c-1-cp38-abi3-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp311.cp312.cp313.cp314.cp39-cp311.cp312.cp313.cp314.cp39-manylinux_2_17_x86_64"}},
		{"a hole platform in a pure set", sixes, four,
			func(_, platform string) []string {
				if platform == "win_amd64" {
					return nil
				}
				return []string{requests}
			},
			[]string{"py3-none-macosx_11_0_arm64.manylinux_2_28_aarch64.manylinux_2_28_x86_64"}},
		{"one hole in a pure matrix", "3.9 3.10", "linux/amd64 win_amd64",
			func(p, platform string) []string {
				if platform == "win_amd64" && p == "3.10" {
					return nil
				}
				return []string{requests}
			},
			[]string{"cp39-none-win_amd64", "py3-none-manylinux_2_28_x86_64"}},
		{"two abi3 sets", sixes, linux,
			func(p, _ string) []string {
				if minorOf(p) < 11 {
					return []string{"c-1-cp38-abi3-manylinux_2_17_x86_64.whl"}
				}
				return []string{"c-2-cp311-abi3-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp311-abi3-manylinux_2_17_x86_64", "cp39-abi3-manylinux_2_17_x86_64"}},
		{"a marker for Windows in a pure set", sixes, four,
			func(_, platform string) []string {
				if platform == "win_amd64" {
					return []string{requests, "colorama-0.4-py2.py3-none-any.whl"}
				}
				return []string{requests}
			},
			[]string{"py3-none-any", "py3-none-win_amd64"}},
		{"row 20: numpy", "3.12 3.13", four,
			func(p, platform string) []string {
				cp := strings.Replace(p, "3.", "cp3", 1)
				return []string{"numpy-2-" + cp + "-" + cp + "-" + native[platform] + ".whl", requests}
			},
			[]string{
				"cp312-cp312-macosx_11_0_arm64", "cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_28_aarch64", "cp312-cp312-win_amd64",
				"cp313-cp313-macosx_11_0_arm64", "cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_28_aarch64", "cp313-cp313-win_amd64",
			}},
		{"row 19: abi3 alone", sixes, four,
			func(_, platform string) []string { return []string{"c-1-cp37-abi3-" + native[platform] + ".whl"} },
			[]string{"cp39-abi3-macosx_11_0_arm64", "cp39-abi3-manylinux_2_17_x86_64", "cp39-abi3-manylinux_2_28_aarch64", "cp39-abi3-win_amd64"}},
		{"the highest floor, and the lowest alternative of each member", "3.11", "linux/amd64",
			func(string, string) []string {
				return []string{"a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", "b-1-cp311-cp311-manylinux_2_5_x86_64.manylinux_2_28_x86_64.whl"}
			},
			[]string{"cp311-cp311-manylinux_2_17_x86_64"}},
		{"the highest floor", "3.11", "linux/amd64",
			func(string, string) []string {
				return []string{"a-1-cp311-cp311-manylinux2014_x86_64.whl", "b-1-cp38-abi3-manylinux_2_28_x86_64.whl"}
			},
			[]string{"cp311-cp311-manylinux_2_28_x86_64"}},
		{"universal2 is shared by both", "3.11 3.12", "macosx_11_0_arm64 macosx_10_15_x86_64",
			func(string, string) []string { return []string{"a-1-cp38-abi3-macosx_10_12_universal2.whl"} },
			[]string{"cp311-abi3-macosx_10_12_x86_64.macosx_11_0_arm64"}},
		{"two floors of one platform", "3.11", "manylinux_2_17_x86_64 manylinux_2_28_x86_64",
			func(_, platform string) []string {
				if strings.Contains(platform, "2_28") {
					return []string{"a-2-cp311-cp311-manylinux_2_24_x86_64.whl"}
				}
				return []string{"a-1-cp311-cp311-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_24_x86_64"}},
		{"two floors of one platform, told apart by the targets", "3.11", "manylinux_2_17_x86_64 manylinux_2_28_x86_64",
			func(_, platform string) []string {
				if strings.Contains(platform, "2_28") {
					return []string{"a-1-cp311-cp311-manylinux_2_12_x86_64.whl"}
				}
				return []string{"a-2-cp311-cp311-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"}},
		{"free-threaded beside the other", "3.14 3.14t", linux,
			func(p, _ string) []string {
				if p == "3.14t" {
					return []string{"a-1-cp314-cp314t-manylinux_2_17_x86_64.whl"}
				}
				return []string{"a-1-cp310-abi3-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp314-abi3-manylinux_2_17_x86_64", "cp314-cp314t-manylinux_2_17_x86_64"}},
		{"the stable ABI of free-threaded Pythons", "3.15t", linux,
			func(string, string) []string { return []string{"a-1-cp315-abi3t-manylinux_2_17_x86_64.whl"} },
			[]string{"cp315-abi3t-manylinux_2_17_x86_64"}},
		{"both stable ABIs in one file, from one Python on", "3.15 3.15t", linux,
			func(string, string) []string { return []string{"a-1-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl"} },
			[]string{"cp315-abi3.abi3t-manylinux_2_17_x86_64"}},
		{"both stable ABIs in one file, from two Pythons on", "3.14 3.15 3.15t", linux,
			func(string, string) []string {
				return []string{"a-1-cp310.cp315-abi3.abi3t-manylinux_2_17_x86_64.whl"}
			},
			[]string{"cp314.cp315-cp314.cp315.cp315t-manylinux_2_17_x86_64"}},
		{"a file counts by the widest of its tags", "3.10 3.11", linux,
			func(string, string) []string { return []string{"a-1-cp310.cp311.py3-none-any.whl"} },
			[]string{"py3-none-any"}},
		{"a free-threaded hole in a pure set", "3.13 3.14 3.14t", "linux/amd64 win_amd64",
			func(p, _ string) []string {
				if p == "3.14t" {
					return nil
				}
				return []string{requests}
			},
			[]string{"cp313.cp314-cp313.cp314-manylinux_2_28_x86_64.win_amd64"}},
		{"PyPy shares what is pure", "3.10 3.11 pp310", linux,
			func(string, string) []string { return []string{requests} },
			[]string{"py3-none-any"}},
		{"a PyPy hole in a pure set", "3.10 3.11 pp310", linux,
			func(p, _ string) []string {
				if p == "pp310" {
					return nil
				}
				return []string{requests}
			},
			[]string{"cp310.cp311-none-any"}},
		{"PyPy with a file of its own", "3.10 3.11 pp310", linux,
			func(p, _ string) []string {
				if p == "pp310" {
					return []string{"a-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl"}
				}
				return []string{requests}
			},
			[]string{"pp310-pypy310_pp73-manylinux_2_17_x86_64", "py310-none-any"}},
		{"equal files at 3.9 and 3.11, others between", "3.9 3.10 3.11", linux,
			func(p, _ string) []string {
				if p == "3.10" {
					return []string{requests, "a-1-py3-none-any.whl"}
				}
				return []string{requests}
			},
			[]string{"cp310-none-any", "py39-none-any"}},
		{"a target that needs nothing", "3.9 3.10", linux,
			func(p, _ string) []string {
				if p == "3.10" {
					return []string{}
				}
				return []string{requests}
			},
			[]string{"py310-none-any", "py39-none-any"}},
		{"all is for Windows: any floor of the others needs nothing", sixes, "linux/amd64 win_amd64",
			func(_, platform string) []string {
				if platform == "win_amd64" {
					return []string{requests}
				}
				return []string{}
			},
			[]string{"py3-none-manylinux_2_5_x86_64", "py3-none-win_amd64"}},
		{"all is for Windows, and a lower floor is a hole", "3.10", "linux/amd64 manylinux_2_17_x86_64 win_amd64",
			func(_, platform string) []string {
				switch platform {
				case "win_amd64":
					return []string{requests}
				case "linux/amd64":
					return []string{}
				}
				return nil
			},
			[]string{"py3-none-manylinux_2_28_x86_64", "py3-none-win_amd64"}},
		{"all is for Linux: any macOS needs nothing", sixes, "linux/amd64 macosx_13_0_x86_64",
			func(_, platform string) []string {
				if platform == "linux/amd64" {
					return []string{"c-1-cp37-abi3-manylinux_2_17_x86_64.whl"}
				}
				return []string{}
			},
			[]string{"cp39-abi3-manylinux_2_17_x86_64", "py3-none-macosx_10_4_x86_64"}},
		{"nobody needs anything", sixes, four, func(string, string) []string { return []string{} }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			solutions, holes := matrix(t, test.pythons, test.platforms, test.choose)
			opt := one
			opt.Holes = holes
			p, err := NewPlan(solutions, opt)
			if err != nil {
				t.Fatal(err)
			}
			if got := namesOf(p); !slices.Equal(got, test.want) {
				t.Errorf("packages:\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
			}
			checkPlan(t, p, solutions, holes)
		})
	}
}

func TestRequiresPython(t *testing.T) {
	for _, test := range []struct{ pythons, member, want string }{
		{"3.9 3.10 3.11", ">=3.8", "<3.12,>=3.9"},
		{"3.9 3.10 3.11", ">=3.9.2,!=3.10.1", "!=3.10.1,<3.12,>=3.9.2"},
		{"3.9 3.10 3.11", ">=3.8,!=3.9.0,!=3.9.1", "<3.12,>=3.9.2"},
		{"3.9 3.11", "", "!=3.10.*,<3.12,>=3.9"},
		{"2.7 3.6", ">=2.7", "!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*,<3.7,>=2.7"},
		{"3.11", "<3.11.5", "<3.11.5,>=3.11"},
		{"3.11 3.12", "<3.12.3,!=3.11.0", "<3.12.3,>=3.11.1"},
	} {
		solutions, _ := matrix(t, test.pythons, linux, func(string, string) []string {
			return []string{"a-1-py2.py3-none-any.whl " + test.member}
		})
		p, err := NewPlan(solutions, one)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Packages[0].RequiresPython.String(); got != test.want {
			t.Errorf("%s with %s: %s, want %s", test.pythons, test.member, got, test.want)
		}
		checkPlan(t, p, solutions, nil)
	}
}

func TestPlanErrors(t *testing.T) {
	at := mustTarget(t, "3.11@linux/amd64")
	newer := mustTarget(t, "3.11@manylinux_2_34_x86_64")
	file := "a-1-cp311-cp311-manylinux_2_17_x86_64.whl"
	for _, test := range []struct {
		name      string
		solutions []lock.Solution
		opt       Options
		code      int
		want      string
	}{
		{"a file for another system", []lock.Solution{solve(t, at, "a-1-cp311-cp311-win_amd64.whl")}, one, fault.BadInput,
			"a-1-cp311-cp311-win_amd64.whl: does not fit cp311@manylinux_2_28_x86_64"},
		{"a hole that cannot be kept", []lock.Solution{solve(t, at, file)},
			Options{Name: one.Name, Version: one.Version, Holes: []target.Target{newer}}, fault.NoPackage,
			"cp311@manylinux_2_34_x86_64: has no solution, and no name keeps the packages of other targets from it"},
		{"a lying binary, told once", []lock.Solution{solve(t, at, "a-1-cp39-abi3-manylinux_2_17_x86_64.whl"), solve(t, mustTarget(t, "3.12@linux/amd64"), "a-1-cp39-abi3-manylinux_2_17_x86_64.whl")},
			Options{Name: one.Name, Version: one.Version, Needs: needs{"a": newer.Platform}}, fault.BadInput,
			"a-1-cp39-abi3-manylinux_2_17_x86_64.whl: a/_c.so needs manylinux_2_34_x86_64, more than manylinux_2_28_x86_64 has, whatever the name of the wheel says"},
		{"a lying binary", []lock.Solution{solve(t, at, file)},
			Options{Name: one.Name, Version: one.Version, Needs: needs{"a": newer.Platform}}, fault.BadInput,
			file + ": a/_c.so needs manylinux_2_34_x86_64, more than manylinux_2_28_x86_64 has, whatever the name of the wheel says"},
		{"a target twice", []lock.Solution{solve(t, at, file), solve(t, at, file)}, one, fault.Internal,
			"cp311@manylinux_2_28_x86_64: is in the matrix twice"},
	} {
		_, err := NewPlan(test.solutions, test.opt)
		if err == nil || err.Error() != test.want || fault.ExitCode(err) != test.code {
			t.Errorf("%s: exit %d, %v; want exit %d, %s", test.name, fault.ExitCode(err), err, test.code, test.want)
		}
	}
}

// needs says what the binaries of each project need.
type needs map[string]target.Platform

func (n needs) Need(f lock.File, _ target.Platform) (Need, bool) {
	p, ok := n[string(f.Filename.Name)]
	return Need{p, string(f.Filename.Name) + "/_c.so", p.Family != target.MacOS}, ok
}

func TestBinariesRaiseTheFloor(t *testing.T) {
	s := solve(t, mustTarget(t, "3.11@linux/amd64"), "a-1-cp311-cp311-manylinux_2_17_x86_64.whl", requests)
	opt := one
	opt.Needs = needs{"a": mustTarget(t, "3.11@manylinux_2_25_x86_64").Platform, "requests": mustTarget(t, "3.11@manylinux_2_34_x86_64").Platform}
	p, err := NewPlan([]lock.Solution{s}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(p); !slices.Equal(got, []string{"cp311-cp311-manylinux_2_25_x86_64"}) {
		t.Errorf("got %v", got)
	}
}

func TestMacOSIsNotHard(t *testing.T) {
	s := solve(t, mustTarget(t, "3.11@macos/arm64"), "a-1-cp311-cp311-macosx_11_0_arm64.whl")
	opt := one
	opt.Needs = needs{"a": mustTarget(t, "3.11@macosx_14_0_arm64").Platform}
	p, err := NewPlan([]lock.Solution{s}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(p); !slices.Equal(got, []string{"cp311-cp311-macosx_11_0_arm64"}) || len(p.Warnings) != 1 {
		t.Errorf("got %v and %v", got, p.Warnings)
	}
}

// TestLocalFiles: a file of the developer's own folders may be for linux_ARCH.
// It says nothing of the C library, so the package is for the target's.
func TestLocalFiles(t *testing.T) {
	s := solve(t, mustTarget(t, "3.11@manylinux_2_34_x86_64"), "a-1-cp311-cp311-linux_x86_64.whl", requests)
	if _, err := NewPlan([]lock.Solution{s}, one); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("from an index: %v", err)
	}
	s.Pins[0].File.Path = "/somewhere"
	p, err := NewPlan([]lock.Solution{s}, one)
	if err != nil || !slices.Equal(namesOf(p), []string{"cp311-cp311-manylinux_2_34_x86_64"}) {
		t.Errorf("got %v, %v", namesOf(p), err)
	}
}

func TestUnmetNeedSaysWhatWouldDo(t *testing.T) {
	at := mustTarget(t, "3.11@linux/amd64")
	opt := one
	opt.Needs = needs{"a": mustTarget(t, "3.11@manylinux_2_34_x86_64").Platform}
	_, err := NewPlan([]lock.Solution{solve(t, at, "a-1-cp311-cp311-manylinux_2_17_x86_64.whl")}, opt)
	var unmet *UnmetNeed
	if !errors.As(err, &unmet) {
		t.Fatalf("got %v", err)
	}
	want := "build for manylinux_2_34_x86_64 instead of manylinux_2_28_x86_64, or take another version of a"
	if hints := fault.Hints(err); len(hints) != 1 || hints[0] != want {
		t.Errorf("hints %q", hints)
	}
}
