package archive

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// Verify reads all files of r on all cores, and holds them against their sizes
// and CRC-32 and, where it is not nil, against a RECORD. All problems are
// reported at once. Nothing is written.
func Verify(ctx context.Context, r *Reader, entries map[string]wheel.RecordEntry) error {
	files := r.selected(nil)
	checks, err := newVerifier(r, files, ExtractOptions{Verify: entries})
	found := make([]error, len(files))
	e := &extraction{archive: r, checks: checks}
	var next atomic.Int64
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		group.Go(func() error {
			buf := make([]byte, copyBuffer)
			for i := next.Add(1) - 1; i < int64(len(files)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				found[i] = e.read(ctx, files[i], buf)
			}
			return nil
		})
	}
	_ = group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	list := problemsOf(err)
	for _, err := range found {
		if err != nil {
			list = append(list, err)
		}
	}
	return list.Err()
}

// read reads one file for what is wrong with it.
func (e *extraction) read(ctx context.Context, m Member, buf []byte) error {
	data, err := e.archive.open(m)
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	return e.copy(ctx, io.Discard, data, m, buf)
}

// problemsOf are the errors of a list, or the one that it is.
func problemsOf(err error) fault.List {
	var list fault.List
	if err == nil || errors.As(err, &list) {
		return list
	}
	return fault.List{err}
}
