package resolve

import (
	"context"
	"path"
	"path/filepath"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// remembering is a source that has been asked everything before: what is left
// is the resolver's own time.
type remembering struct {
	source   Source
	projects sync.Map
	metadata sync.Map
}

type answered[T any] struct {
	value T
	err   error
}

func (r *remembering) Project(ctx context.Context, name pep508.Name) (*index.Project, error) {
	if a, ok := r.projects.Load(name); ok {
		return a.(answered[*index.Project]).value, a.(answered[*index.Project]).err
	}
	p, err := r.source.Project(ctx, name)
	if ctx.Err() == nil {
		r.projects.Store(name, answered[*index.Project]{p, err})
	}
	return p, err
}

func (r *remembering) Metadata(ctx context.Context, f index.File) (wheel.Metadata, error) {
	if a, ok := r.metadata.Load(f.URL); ok {
		return a.(answered[wheel.Metadata]).value, a.(answered[wheel.Metadata]).err
	}
	m, err := r.source.Metadata(ctx, f)
	if ctx.Err() == nil {
		r.metadata.Store(f.URL, answered[wheel.Metadata]{m, err})
	}
	return m, err
}

func BenchmarkHeavy(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(conformance.Dir(b, "resolver/heavy"), "*.json"))
	for _, file := range files {
		set := readSet(b, file)
		b.Run(set.Name, func(b *testing.B) {
			var zips []string
			for _, name := range set.Index {
				zips = append(zips, path.Join("heavy", name))
			}
			source := &remembering{source: newClient(b, replay(b, zips...))}
			request := Request{
				Requirements: parseRequirements(b, set.Requirements),
				Targets:      []target.Target{set.cell(b)},
			}
			benchmark(b, source, request, Options{ExcludeNewer: set.Cutoff})
		})
	}
}

func benchmark(b *testing.B, source Source, request Request, o Options) {
	resolve := func() {
		if _, err := Resolve(context.Background(), source, request, o); err != nil {
			b.Fatal(err)
		}
	}
	resolve()
	b.ReportAllocs()
	for b.Loop() {
		resolve()
	}
}

// BenchmarkMatrix is four well-known projects on one target and on all.
func BenchmarkMatrix(b *testing.B) {
	source := &remembering{source: newClient(b, replay(b, "index.zip"))}
	targets := matrix(b)
	request := Request{Requirements: parseRequirements(b, []string{"requests", "PyYAML", "cryptography", "numpy"})}
	for _, n := range []int{1, 24} {
		b.Run(map[int]string{1: "one", 24: "all"}[n], func(b *testing.B) {
			request.Targets = targets[:n]
			benchmark(b, source, request, Options{})
		})
	}
}

// BenchmarkWarm is what a process with a filled cache does: everything is read
// from the cache anew.
func BenchmarkWarm(b *testing.B) {
	server := replay(b, "index.zip", "heavy/index-more.zip")
	store, err := cache.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	run := func(b *testing.B, request Request, o Options) {
		resolve := func() {
			client, err := index.New(index.Config{Indexes: []index.Index{{URL: server.Simple()}}}, index.ClientOptions{Transport: server.Transport(), Cache: store})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Resolve(context.Background(), client, request, o); err != nil {
				b.Fatal(err)
			}
		}
		resolve()
		b.ReportAllocs()
		for b.Loop() {
			resolve()
		}
	}
	targets := matrix(b)
	request := Request{Requirements: parseRequirements(b, []string{"requests", "PyYAML", "cryptography", "numpy"})}
	for _, n := range []int{1, 24} {
		request.Targets = targets[:n]
		b.Run(map[int]string{1: "one", 24: "all"}[n], func(b *testing.B) { run(b, request, Options{}) })
	}
	files, _ := filepath.Glob(filepath.Join(conformance.Dir(b, "resolver/heavy"), "*.json"))
	for _, file := range files {
		set := readSet(b, file)
		request := Request{Requirements: parseRequirements(b, set.Requirements), Targets: []target.Target{set.cell(b)}}
		b.Run(set.Name, func(b *testing.B) { run(b, request, Options{ExcludeNewer: set.Cutoff}) })
	}
}
