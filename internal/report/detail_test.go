package report

import (
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

// TestCause: what a reason says of requirements and versions, and what a hint
// says of source.
func TestCause(t *testing.T) {
	hole := Cell{Package: -1, Problem: fault.New(fault.Resolution, `kiln: no version <3 runs on Python 3.9
  requirements.txt:1 requires oven
  constraints.txt:2 allows only oven<2
  oven 1.0 and 1.1 require kiln<3
  kiln 2.0: requires Python >=3.10
  kiln 1.0 is the newest version with a file for cp39@win_amd64`, "change it", "let it be built on this machine, if you trust it: --build-sdists=kiln")}
	got := hole.Cause()
	want := []string{"requirements.txt:1 requires oven", "constraints.txt:2 allows only oven<2", "oven 1.0 and 1.1 require kiln<3"}
	if got == nil || !slices.Equal(got.Requirements, want) || got.Newest != "kiln 1.0" || got.Sdist != "--build-sdists=kiln" {
		t.Errorf("%+v", got)
	}
	for _, c := range []Cell{{}, {Package: -1, Problem: fault.New(fault.NoPackage, "no package in the zip is for it")}} {
		if got := c.Cause(); got != nil {
			t.Errorf("%v: %+v", c.Problem, got)
		}
	}
}

// TestFloor: what a package needs is that of the platform's own tags, the lowest
// where there are several.
func TestFloor(t *testing.T) {
	for _, c := range []struct {
		file, on, want string
		glibc          [2]int
	}{
		{"x-1-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "linux/amd64", "glibc 2.17", [2]int{}},
		{"x-1-cp39-cp39-manylinux_2_5_x86_64.manylinux_2_28_x86_64.whl", "linux/amd64", "glibc 2.5", [2]int{}},
		{"x-1-cp39-cp39-manylinux_2_28_aarch64.manylinux_2_17_x86_64.whl", "linux/arm64", "glibc 2.28", [2]int{}},
		{"x-1-cp39-cp39-musllinux_1_2_x86_64.whl", "alpine/amd64", "musl 1.2", [2]int{}},
		{"x-1-cp39-cp39-macosx_10_9_universal2.whl", "macos/arm64", "macOS 11.0", [2]int{}},
		{"x-1-cp39-cp39-win_amd64.whl", "windows/amd64", "", [2]int{}},
		{"x-1-py3-none-any.whl", "linux/amd64", "", [2]int{}},
		{"x-1-cp39-cp39-linux_x86_64.whl", "linux/amd64", "glibc 2.34", [2]int{2, 34}},
		{"x-1-cp39-cp39-linux_x86_64.whl", "linux/amd64", "", [2]int{}},
		{"no name", "linux/amd64", "", [2]int{}},
	} {
		on, err := target.ParsePlatform(c.on)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Package{File: c.file, Glibc: c.glibc}).floor(on); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.file, c.on, got, c.want)
		}
	}
}
