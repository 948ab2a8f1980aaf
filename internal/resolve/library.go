package resolve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// Source is where projects and their metadata come from. Both methods are
// called from several goroutines at once; *index.Client is one.
type Source interface {
	// Project lists a project. The error is an *index.NotFoundError when
	// there is no such project; any other error ends the resolution.
	Project(ctx context.Context, name pep508.Name) (*index.Project, error)
	// Metadata reads the metadata of a wheel.
	Metadata(ctx context.Context, f index.File) (wheel.Metadata, error)
}

// Builder gives the metadata of a source distribution, which takes running
// its build backend.
type Builder interface {
	Metadata(ctx context.Context, sdist index.File) (wheel.Metadata, error)
}

// library is what all targets of a run share: each project is listed and
// prepared once, each metadata file read once, whoever asks first.
type library struct {
	source  Source
	builder Builder
	given   map[pep508.Name]bool // projects of which the user gave the file

	mu       sync.Mutex
	projects map[pep508.Name]*promise[*project]
	metadata map[string]*promise[*metadata]
	directs  map[string]*promise[*project]
	tagSets  map[string]int32
	pythons  map[string]int32
}

func newLibrary(source Source, builder Builder) *library {
	return &library{
		source: source, builder: builder,
		projects: map[pep508.Name]*promise[*project]{},
		metadata: map[string]*promise[*metadata]{},
		directs:  map[string]*promise[*project]{},
		tagSets:  map[string]int32{},
		pythons:  map[string]int32{},
	}
}

// promise is a value on its way.
type promise[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (p *promise[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-p.done:
		return p.value, p.err
	default:
	}
	select {
	case <-p.done:
		return p.value, p.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// arrived says that there is nothing to wait for.
func (p *promise[T]) arrived() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// ask begins to make a value, unless that was done before.
func ask[K comparable, T any](l *library, m map[K]*promise[T], key K, make func() (T, error)) *promise[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := m[key]
	if !ok {
		p = &promise[T]{done: newDone()}
		m[key] = p
		go func() {
			defer close(p.done)
			p.value, p.err = make()
		}()
	}
	return p
}

func newDone() chan struct{} { return make(chan struct{}) }

// project asks for a project; the answer may be waited for later.
func (l *library) project(ctx context.Context, name pep508.Name) *promise[*project] {
	return ask(l, l.projects, name, func() (*project, error) {
		listing, err := l.source.Project(ctx, name)
		var missing *index.NotFoundError
		if errors.As(err, &missing) {
			return missingProject(name, err), nil
		}
		if err != nil {
			return nil, err
		}
		return newProject(l, name, listing), nil
	})
}

// meta asks for the metadata of a file. What is wrong with the file itself is
// part of the answer; an error is trouble with getting it.
func (l *library) meta(ctx context.Context, name pep508.Name, f *index.File, env *pep508.Environment) *promise[*metadata] {
	return ask(l, l.metadata, fileKey(f), func() (*metadata, error) {
		read := l.source.Metadata
		if !f.IsWheel {
			if l.builder == nil {
				return &metadata{broken: "no source distribution can be built here"}, nil
			}
			read = l.builder.Metadata
		}
		m, err := read(ctx, *f)
		if isBroken(err) {
			return &metadata{broken: err.Error()}, nil
		}
		if err != nil {
			return nil, err
		}
		out := newMetadata(name, f, m)
		if env != nil {
			l.askRequired(ctx, out, env)
		}
		return out, nil
	})
}

// Answers by which an index says that it does not have a file (RFC 9110).
const http404, http410 = 404, 410

// askRequired begins to list the projects that a distribution requires where
// the first asker stands, so that they are here when the solver comes to them.
func (l *library) askRequired(ctx context.Context, m *metadata, env *pep508.Environment) {
	for _, d := range m.requires {
		if !l.given[d.Name] && (d.marker == "" || d.Marker.Eval(*env)) {
			l.project(ctx, d.Name)
		}
	}
}

// isBroken tells that a file is of no use to anyone, or listed but not there,
// from trouble with getting it.
func isBroken(err error) bool {
	var status *index.StatusError
	if errors.As(err, &status) {
		return status.Status == http404 || status.Status == http410
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if c, ok := err.(interface{ ExitCode() int }); ok && c.ExitCode() == fault.BadInput {
			return true
		}
	}
	return false
}

func fileKey(f *index.File) string {
	if sum := f.SHA256(); sum != "" {
		return sum
	}
	return f.URL + " " + f.Path
}

// number gives equal texts the same small number.
func (l *library) number(m map[string]int32, text string) int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := m[text]
	if !ok {
		n = int32(len(m))
		m[text] = n
	}
	return n
}

// metadata is what the solver needs of a METADATA file.
type metadata struct {
	// broken says why the file cannot be used; empty when it can.
	broken         string
	requiresPython pep440.SpecifierSet
	licence        string
	requires       []dependency
	extras         map[pep508.Name]bool // those the file provides or names
}

// dependency is one Requires-Dist.
type dependency struct {
	pep508.Requirement
	marker string // the text of the marker, to remember its value by
	spec   string // the text of the specifier
	text   string // the requirement without its marker
	// override is where the user wrote it, for one that replaces others.
	override string
}

func newDependency(r pep508.Requirement) dependency {
	d := dependency{Requirement: r, spec: r.Specifier.String()}
	d.text = fmt.Sprint(r.Name, r.Extras, r.URL, d.spec)
	if !r.Marker.IsZero() {
		d.marker = r.Marker.String()
	}
	return d
}

func newMetadata(name pep508.Name, f *index.File, m wheel.Metadata) *metadata {
	out := &metadata{requiresPython: m.RequiresPython, licence: m.Licence(), extras: map[pep508.Name]bool{}}
	switch {
	case len(m.Invalid) > 0:
		out.broken = "its metadata cannot be read: " + strings.Join(m.Invalid, "; ")
	case m.Name != "" && m.Name != name:
		out.broken = "its metadata is that of " + string(m.Name)
	case !m.Version.IsZero() && !m.Version.Equal(f.Version()):
		out.broken = "its metadata is that of version " + m.Version.String()
	}
	for _, e := range m.ProvidesExtra {
		out.extras[e] = true
	}
	for _, r := range m.RequiresDist {
		for _, e := range r.Marker.NamedExtras() {
			out.extras[e] = true
		}
		out.requires = append(out.requires, newDependency(r))
	}
	return out
}
