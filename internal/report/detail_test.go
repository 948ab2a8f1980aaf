package report

import (
	"reflect"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
)

// TestCauses: what an error knows comes through wrapping and lists, whatever its
// text says.
func TestCauses(t *testing.T) {
	newest, source := pep440.MustParse("1.0"), pep440.MustParse("2.0")
	one := &resolve.Error{
		Kind: resolve.NoWheel, Of: "kiln", Projects: []pep508.Name{"ash", "kiln"}, Requirements: []string{"requirements.txt:1 requires kiln<3"},
		Newest: &newest, Source: &source, Build: "--build-sdists=kiln",
	}
	two := &resolve.Error{Kind: resolve.NoProject, Of: "klin"}
	hole := Cell{Package: -1, Problem: fault.WithHints(fault.List{one, two}, "change it")}
	want := []lock.Cause{
		{Kind: "no-wheel", Projects: []string{"kiln", "ash"}, Requirements: one.Requirements, Newest: "kiln 1.0", Source: "kiln 2.0", Build: "--build-sdists=kiln"},
		{Kind: "no-such-project", Projects: []string{"klin"}},
	}
	if got := hole.Causes(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, c := range []Cell{{}, {Package: -1, Problem: fault.New(fault.NoPackage, "kiln 1.0 is the newest version with a file for it")}} {
		if got := c.Causes(); got != nil {
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
		{"x-1-cp39-cp39-win_amd64.whl", "windows/amd64", "Windows", [2]int{}},
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
