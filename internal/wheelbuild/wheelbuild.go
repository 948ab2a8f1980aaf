package wheelbuild

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/unpack"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

// Files brings source distributions onto this machine. *index.Client does.
type Files interface {
	Download(ctx context.Context, f index.File) (index.Fetched, error)
}

// Requirements finds what build environments are made of.
type Requirements interface {
	// Resolve pins requirements, and all that they require, for a target: each
	// to a wheel.
	Resolve(ctx context.Context, on target.Target, requires []pep508.Requirement) ([]lock.Pin, error)
	// Fetch brings such a wheel onto this machine.
	Fetch(ctx context.Context, f lock.File) (path string, err error)
}

// Options say with what to build. Interpreters, Files, Requirements and Cache
// are required.
type Options struct {
	// Interpreters are those of this machine. Where several do equally well,
	// the first is taken.
	Interpreters []interpreters.Interpreter
	// Wanted are the Pythons of the matrix: what serves all of them is built
	// with one of them where there is one.
	Wanted       []target.Python
	Files        Files
	Requirements Requirements
	// Cache keeps metadata and wheels.
	Cache *cache.Store
	// Env is the environment of backends, "KEY=VALUE", but for what the package
	// withholds; nil stands for that of this process.
	Env []string
	// TempDir is where builds take place; "" is the system's folder.
	TempDir string
	// Timeout is how long one call of a backend may take; 0 is half an hour.
	Timeout time.Duration
	// Workers is how many backends run at once; 0 is 2: many use all
	// processors by themselves.
	Workers int
	// Limits bound what a source distribution may hold.
	Limits unpack.Limits
	// Started is told of each wheel that really has to be built, perhaps from
	// several goroutines; what it returns is told how that ended.
	Started func(source, python string) (ended func(error))
}

const (
	defaultTimeout = 30 * time.Minute
	defaultWorkers = 2
)

// Builder builds. It is safe for concurrent use.
type Builder struct {
	options  Options
	machines []*machine
	places   chan struct{} // one for each backend that may run
	sources  memo[*opened]
	metadata memo[wheel.Metadata]
	wheels   memo[*built]
}

// New makes a builder.
func New(o Options) *Builder {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.Limits.Members = cmp.Or(o.Limits.Members, mostFiles)
	o.Limits.Bytes = cmp.Or(o.Limits.Bytes, int64(mostBytes))
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Started == nil {
		o.Started = func(string, string) func(error) { return func(error) {} }
	}
	return &Builder{
		options:  o,
		machines: best(machines(o.Interpreters), o.Wanted),
		places:   make(chan struct{}, cmp.Or(max(o.Workers, 0), defaultWorkers)),
	}
}

// Metadata gives the metadata of the wheels that are made of a source. Errors:
// a source that is no such thing ([fault.BadInput]), no interpreter that can
// build it ([fault.NoInterpreter]), a [*BuildError], and those of Files and
// Requirements.
func (b *Builder) Metadata(ctx context.Context, s Source) (wheel.Metadata, error) {
	return b.metadata.do(ctx, s.id(), func() (wheel.Metadata, error) {
		source, err := b.open(ctx, s)
		if err != nil {
			return wheel.Metadata{}, err
		}
		data := source.about.Metadata
		if data == nil {
			if data, err = b.prepared(ctx, source); err != nil {
				return wheel.Metadata{}, err
			}
		}
		m, err := wheel.ParseMetadata(data)
		if err == nil {
			err = source.isOf(m)
		}
		return m, named(s, err)
	})
}

// isOf holds metadata against the name and version that the source's file has.
func (s Source) isOf(m wheel.Metadata) error {
	n := s.File.Sdist
	if n.Name != "" && n.Name != m.Name || !n.Version.IsZero() && !n.Version.Equal(m.Version) {
		return fault.Errorf(fault.BadInput, "its metadata is that of %s %s", m.Name, m.Version)
	}
	return nil
}

// candidates are the interpreters to build with what serves everybody: the
// best, and the oldest of those wanted.
func (b *Builder) candidates(source *opened) ([]*machine, error) {
	python := source.requiresPython()
	fit := admitted(b.machines, python)
	if len(fit) == 0 {
		return nil, b.noMachine(source.String(), python)
	}
	list := fit[:1]
	for _, m := range fit[1:] {
		if m.target.Python.Impl == fit[0].target.Python.Impl && slices.Contains(b.options.Wanted, m.target.Python) && m.version.Compare(list[len(list)-1].version) < 0 {
			list = append(list[:1:1], m)
		}
	}
	return list, nil
}
