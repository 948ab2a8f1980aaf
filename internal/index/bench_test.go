package index_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
)

// BenchmarkWarmMetadata reads the metadata of a hundred wheels, each with
// twenty requirements, as a second run does.
func BenchmarkWarmMetadata100(b *testing.B) {
	var files []indextest.File
	for i := range 100 {
		var lines []string
		for j := range 20 {
			lines = append(lines, fmt.Sprintf("Requires-Dist: project-%d (<%d.0,>=1.%d) ; python_version < \"3.%d\" and extra == 'x'", j, i+2, j, j))
		}
		f := demo(fmt.Sprintf("1.%d", i), "py3-none-any", lines...)
		f.Metadata = append(f.Metadata, strings.Repeat("A long description.\n", 500)...)
		files = append(files, f)
	}
	s := indextest.New(b, indextest.Options{Metadata: indextest.Unannounced}, files...)
	dir := b.TempDir()
	read := func() {
		c := newClient(b, s, withCache(b, dir))
		for _, f := range project(b, c, "demo").Files() {
			if _, err := c.Metadata(b.Context(), f); err != nil {
				b.Fatal(err)
			}
		}
	}
	read()
	s.Forget()
	for b.Loop() {
		read()
	}
	if len(s.Log()) > 0 {
		b.Errorf("%d requests", len(s.Log()))
	}
}

// BenchmarkWarmProject lists a project of the size of numpy from the cache.
func BenchmarkWarmProject(b *testing.B) {
	var files []indextest.File
	for minor := range 50 {
		for py := range 100 {
			files = append(files, indextest.File{Name: fmt.Sprintf("demo-1.%d-cp3%d-cp3%d-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", minor, py, py), RequiresPython: fmt.Sprintf(">=3.%d", py)})
		}
	}
	s := indextest.New(b, indextest.Options{}, files...)
	dir := b.TempDir()
	project(b, newClient(b, s, withCache(b, dir)), "demo")
	for b.Loop() {
		p := project(b, newClient(b, s, withCache(b, dir)), "demo")
		var newest []index.File
		for _, r := range p.Releases[len(p.Releases)-2:] {
			newest = append(newest, r.Files()...)
		}
		if len(newest) != 200 {
			b.Fatal(len(newest))
		}
	}
}
