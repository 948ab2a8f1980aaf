package wheelbuild

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/wheel"
)

// The formats of what is remembered of builds.
const (
	metadataSpace = "sdist-metadata-1"
	wheelSpace    = "sdist-wheel-1"
)

// built is a wheel in the cache.
type built struct {
	inspected
	SHA256 string
	Size   int64

	path    string
	machine *machine
}

// prepared is the metadata of a source that does not state it: remembered, or
// what its backend says.
func (b *Builder) prepared(ctx context.Context, source *opened) ([]byte, error) {
	return tryEach(b, source, func(m *machine) ([]byte, error) { return b.preparedBy(ctx, source, m) })
}

// tryEach does something with the interpreter that should build for everybody,
// and where the backend fails under it, with the oldest one that might: many an
// old project cannot be built with a new Python.
func tryEach[T any](b *Builder, source *opened, work func(*machine) (T, error)) (T, error) {
	var none T
	list, err := b.candidates(source)
	if err != nil {
		return none, err
	}
	for _, m := range list {
		value, again := work(m)
		switch {
		case again == nil:
			return value, nil
		case !isBuildError(again):
			return none, again
		case err == nil:
			err = again
		}
	}
	return none, err
}

func (b *Builder) preparedBy(ctx context.Context, source *opened, m *machine) ([]byte, error) {
	w := b.workshop(source, m)
	defer w.close()
	pins, err := w.requires(ctx)
	if err != nil {
		return nil, err
	}
	key := w.key(pins)
	if data, ok := b.options.Cache.Get(metadataSpace, key); ok {
		return data, nil
	}
	unlock, err := b.lock(ctx, metadataSpace+" "+key)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if data, ok := b.options.Cache.Get(metadataSpace, key); ok { // another process was faster
		return data, nil
	}
	data, err := w.metadata(ctx, pins)
	if err != nil {
		return nil, err
	}
	if data == nil { // no such hook: it takes the wheel
		done, err := w.wheel(ctx, pins)
		if err != nil {
			return nil, err
		}
		data = done.Metadata
	}
	_ = b.options.Cache.Set(metadataSpace, key, data) // it is asked again next time
	return data, nil
}

// lock keeps other processes from doing the same meanwhile, where that can be.
func (b *Builder) lock(ctx context.Context, name string) (unlock func(), err error) {
	if unlock, err = b.options.Cache.Lock(ctx, name); err == nil {
		return unlock, nil
	}
	return func() {}, context.Cause(ctx)
}

// ended prefers the reason of a context to what came of it.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// metadata calls prepare_metadata_for_build_wheel; nil where the backend does
// not have it.
func (w *workshop) metadata(ctx context.Context, pins []lock.Pin) ([]byte, error) {
	const hook = "prepare_metadata_for_build_wheel"
	if err := w.prepare(ctx, pins); err != nil {
		return nil, err
	}
	dir, err := w.folder()
	if err != nil {
		return nil, err
	}
	var name string
	if ok, err := w.call(ctx, pins, hook, &name, dir); err != nil || !ok {
		return nil, err
	}
	data, err := []byte(nil), error(nil)
	if _, bad := plainName(name); bad == nil {
		data, err = readDocument(filepath.Join(dir, name), "METADATA")
	}
	if err == nil && data == nil {
		err = w.failed(ctx, hook, fmt.Errorf("it returned %q, where there is no METADATA", name), new(tail))
	}
	return data, err
}

// wheel builds, checks and keeps a wheel, or finds it.
func (w *workshop) wheel(ctx context.Context, pins []lock.Pin) (*built, error) {
	key := w.key(pins)
	if found, ok := w.recall(key); ok {
		return found, nil
	}
	unlock, err := w.builder.lock(ctx, wheelSpace+" "+key)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if found, ok := w.recall(key); ok { // another process was faster
		return found, nil
	}
	path, err := w.build(ctx, pins)
	if err != nil {
		return nil, err
	}
	made, err := inspect(ctx, path, w.machine)
	if err == nil {
		err = w.source.isOf(made.metadata())
	}
	if err != nil {
		return nil, fmt.Errorf("%s, built by %s: %w", w.source, w.source.about.Build.Backend, err)
	}
	return w.keep(ctx, key, path, made)
}

func (w *workshop) recall(key string) (*built, bool) {
	done := &built{machine: w.machine}
	data, ok := w.builder.options.Cache.Get(wheelSpace, key)
	if !ok || json.Unmarshal(data, done) != nil {
		return nil, false
	}
	done.path, ok = w.builder.options.Cache.Blob(done.SHA256)
	return done, ok
}

// keep puts a wheel into the cache.
func (w *workshop) keep(ctx context.Context, key, path string, made inspected) (*built, error) {
	cache := w.builder.options.Cache
	done := &built{inspected: made, machine: w.machine}
	var err error
	done.SHA256, done.Size, done.path, err = cache.Put(ctx, "", func(out io.Writer) error {
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		_, err = io.Copy(out, in)
		return err
	})
	if err != nil {
		return nil, ended(ctx, err)
	}
	data, err := json.Marshal(done)
	if err == nil {
		_ = cache.Set(wheelSpace, key, data) // it is built again next time
	}
	return done, nil
}

// build calls build_wheel and returns the path of the wheel.
func (w *workshop) build(ctx context.Context, pins []lock.Pin) (path string, err error) {
	const hook = "build_wheel"
	ended := w.builder.options.Started(w.source.String(), w.machine.version.String())
	defer func() { ended(err) }()
	if err := w.prepare(ctx, pins); err != nil {
		return "", err
	}
	dir, err := w.folder()
	if err != nil {
		return "", err
	}
	var name string
	ok, err := w.call(ctx, pins, hook, &name, dir)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", w.failed(ctx, hook, fmt.Errorf("the backend does not have it"), new(tail))
	}
	path = filepath.Join(dir, name)
	info, err := os.Lstat(path)
	if _, bad := plainName(name); bad != nil || err != nil || !info.Mode().IsRegular() {
		return "", w.failed(ctx, hook, fmt.Errorf("it returned %q, which is no file that it made", name), new(tail))
	}
	return path, nil
}

// wheelOf builds, or finds, the wheel of a source by one interpreter.
func (b *Builder) wheelOf(ctx context.Context, source *opened, m *machine) (*built, error) {
	return b.wheels.do(ctx, source.id()+"\n"+source.digest+"\n"+m.path, func() (*built, error) {
		w := b.workshop(source, m)
		defer w.close()
		pins, err := w.requires(ctx)
		if err != nil {
			return nil, err
		}
		return w.wheel(ctx, pins)
	})
}

// metadata is that of the wheel, which was read when it was checked.
func (i inspected) metadata() wheel.Metadata {
	m, err := wheel.ParseMetadata(i.Metadata)
	if err != nil {
		panic("wheelbuild: " + err.Error())
	}
	return m
}

var errDiffers = fault.New(fault.Resolution, "its wheel asks for other things than its source said before",
	"state what it requires in pyproject.toml, or give a wheel of it with --find-links")
