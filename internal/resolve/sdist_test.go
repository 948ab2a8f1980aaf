package resolve

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// counted counts what is built to know its metadata.
type counted struct {
	Builder
	built atomic.Int32
}

func (c *counted) Metadata(ctx context.Context, f index.File) (wheel.Metadata, error) {
	c.built.Add(1)
	return c.Builder.Metadata(ctx, f)
}

// A source that the user gave is built without being allowed, and with wheels
// alone being wanted; those that others require are not.
func TestGivenSource(t *testing.T) {
	server := indextest.Synth(t, []byte(`{"name": "given", "index": {
		"lib": {"1.0": {"sdist": true, "wheels": [], "requires": ["other"]}, "2.0": {"wheels": ["py3-none-any"]}},
		"other": {"1.0": {"sdist": true, "wheels": []}, "0.9": {"wheels": ["py3-none-any"]}}}}`))
	client := newClient(t, server)
	p, err := client.Project(t.Context(), "lib")
	if err != nil {
		t.Fatal(err)
	}
	given := p.Releases[0].Files()[0]
	r, err := pep508.Parse("lib")
	if err != nil {
		t.Fatal(err)
	}
	builder := &counted{Builder: sdistBuilder{client}}
	request := Request{
		Targets:      parseTargets(t, "cp311@linux/amd64", "cp311@windows/amd64"),
		Requirements: []Requirement{{Requirement: r, Origin: "requirements.txt:1", File: &given}},
	}
	result, err := Resolve(t.Context(), client, request, Options{Builder: builder, Formats: Formats{OnlyBinaryAll: true}})
	if err != nil || len(result.Solutions) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, s := range result.Solutions {
		if len(s.Pins) != 2 || s.Pins[0].File.Filename.Text != "lib-1.0.tar.gz" || s.Pins[1].File.Filename.Text != "other-0.9-py3-none-any.whl" {
			t.Errorf("%s: %+v", s.Target, s.Pins)
		}
	}
	if n := builder.built.Load(); n != 1 {
		t.Errorf("%d sources were built", n)
	}
}

// Nothing is built on the mere chance that it will be tried.
func TestSourcesAreNotBuiltAhead(t *testing.T) {
	server := indextest.Synth(t, []byte(`{"name": "ahead", "index": {"lib": {"1.0": {"wheels": ["py3-none-any"]}, "2.0": {"sdist": true, "wheels": []}}}}`))
	client := newClient(t, server)
	request := Request{Targets: parseTargets(t, "cp311@linux/amd64")}
	c := newRun(client, request, &Options{Sdists: true, Builder: sdistBuilder{client}}).cells[0]
	p, err := c.ask(t.Context(), "lib").wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for choice, want := range map[int]int{p.find(pep440.MustParse("2.0")): 0, p.find(pep440.MustParse("1.0")): 1} {
		before := len(c.library.metadata)
		c.foresee(t.Context(), p, choice)
		if got := len(c.library.metadata) - before; got != want {
			t.Errorf("version %s: %d asked ahead", p.version(choice), got)
		}
	}
}
