package inspect

import (
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/wheeltest"
)

func TestPairs(t *testing.T) {
	list := func(tags ...string) (all []Package) {
		for _, tag := range tags {
			all = append(all, Package{File: "demo-1.0.0-" + tag + ".whl"})
		}
		return all
	}
	for _, c := range []struct {
		name     string
		from, to []Package
		want     map[string]string
	}{
		{"equal tags", list("py3-none-any", "cp39-abi3-win_amd64"), list("cp39-abi3-win_amd64"), map[string]string{"cp39-abi3-win_amd64": "cp39-abi3-win_amd64"}},
		{"another floor", list("cp39-cp39-manylinux_2_17_x86_64"), list("cp39-cp39-manylinux_2_28_x86_64"), map[string]string{"cp39-cp39-manylinux_2_28_x86_64": "cp39-cp39-manylinux_2_17_x86_64"}},
		{"without a floor, and of macOS", list("cp39-cp39-linux_x86_64", "cp39-cp39-macosx_11_0_arm64"), list("cp39-cp39-manylinux2014_x86_64", "cp39-cp39-macosx_12_0_arm64"),
			map[string]string{"cp39-cp39-manylinux2014_x86_64": "cp39-cp39-linux_x86_64", "cp39-cp39-macosx_12_0_arm64": "cp39-cp39-macosx_11_0_arm64"}},
		{"several platforms", list("cp39-abi3-manylinux_2_17_x86_64.win_amd64"), list("cp39-abi3-manylinux_2_28_x86_64.win_amd64"),
			map[string]string{"cp39-abi3-manylinux_2_28_x86_64.win_amd64": "cp39-abi3-manylinux_2_17_x86_64.win_amd64"}},
		{"another system, processor or Python", list("cp39-cp39-manylinux_2_17_x86_64"), list("cp39-cp39-manylinux_2_17_aarch64", "cp39-cp39-musllinux_1_2_x86_64", "cp310-cp310-manylinux_2_17_x86_64"), nil},
		{"two that it may be", list("cp39-cp39-manylinux_2_17_x86_64", "cp39-cp39-manylinux_2_5_x86_64"), list("cp39-cp39-manylinux_2_28_x86_64"), nil},
		{"the equal one first", list("cp39-cp39-manylinux_2_17_x86_64"), list("cp39-cp39-manylinux_2_5_x86_64", "cp39-cp39-manylinux_2_17_x86_64"),
			map[string]string{"cp39-cp39-manylinux_2_17_x86_64": "cp39-cp39-manylinux_2_17_x86_64"}},
	} {
		got := pairs(c.from, c.to)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		for tags, was := range c.want {
			if got[tags] != was {
				t.Errorf("%s: %s stands for %q, want %q", c.name, tags, got[tags], was)
			}
		}
	}
}

// TestHash: a file with the same size and CRC-32 and other bytes is found once
// all are read.
func TestHash(t *testing.T) {
	// Two texts with one CRC-32.
	texts := []string{"plumless", "buckeroo"}
	var sides []Side
	for _, text := range texts {
		zip, err := Zip(t.Context(), extensionZip(t, map[string]string{
			"extension.yml": "extension: {name: demo, version: 1.0.0, api_level: 1.4.0, zip_safe: false}\n", "data.txt": text,
			"dep/demo-1.0.0-py3-none-any.whl": string(wheeltest.Make(t, "demo-1.0.0-py3-none-any.whl", map[string]string{"more.txt": text})),
		}, "data.txt", "dep/demo-1.0.0-py3-none-any.whl", "extension.yml"))
		if err != nil {
			t.Fatal(err)
		}
		sides = append(sides, Side{Zip: &zip})
	}
	found := func(list []FileChange) (names []string) {
		for _, c := range list {
			names = append(names, c.Path)
		}
		return names
	}
	d, err := Compare(sides[0], sides[1], MatrixOptions{})
	if err != nil || len(d.Own) > 0 || d.Empty() {
		t.Errorf("by CRC-32: %v, %v; empty %v", found(d.Own), err, d.Empty())
	}
	for _, s := range sides {
		if err := s.Zip.Hash(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d, err = Compare(sides[0], sides[1], MatrixOptions{})
	if err != nil || !slices.Equal(found(d.Own), []string{"data.txt"}) || !slices.Contains(found(d.Files), "more.txt") {
		t.Errorf("by SHA-256: %v and %v, %v", found(d.Own), found(d.Files), err)
	}
}

func TestKeysOfComparison(t *testing.T) {
	from := map[string]string{"a": "1", "b": "2", "c": "3", "e": ""}
	to := map[string]string{"a": "1", "b": "3", "d": "line\nmore", "f": ""}
	want := []string{"b 2 -> 3", "c 3 is gone", "d line … is new"}
	var got []string
	for _, c := range changes(from, to) {
		got = append(got, c.Name+" "+c.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestChangesOfPackage(t *testing.T) {
	p := PackageChange{What: []Change{{"alpha", "1", "2"}, {"Needs", "glibc 2.17", "glibc 2.28"}, {"Trimmed", "", "tests"}}}
	if got, want := p.what(), "Needs glibc 2.17 -> glibc 2.28, Trimmed tests is new, alpha 1 -> 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, name := range []string{"b", "c", "d", "e", "f"} {
		p.What = append(p.What, Change{name, "1", ""})
	}
	if got, want := p.what(), "Needs glibc 2.17 -> glibc 2.28, Trimmed tests is new, alpha 1 -> 2, b 1 is gone, c 1 is gone, d 1 is gone, and 2 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	facts := (Package{Needs: []string{"x"}, RequiresPython: "x", Trimmed: "x", Generator: "x", Problem: "x"}).facts()
	for name := range facts {
		if !slices.Contains(packageFacts, name) {
			t.Errorf("%s is told as if it were a distribution", name)
		}
	}
}
