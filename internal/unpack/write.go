package unpack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	archiver "github.com/mholt/archiver/v4"

	"github.com/axlepack/axle/internal/archive"
)

// writer is the second pass.
type writer struct {
	plan *plan
	root *os.Root
	left int64 // bytes that may still be written, whatever the headers say
	buf  []byte
}

func (w *writer) folders() error {
	for _, folder := range slices.Sorted(maps.Keys(w.plan.folders)) {
		if err := w.root.Mkdir(folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// file writes a member that the first pass took for a file.
func (w *writer) file(ctx context.Context, f archiver.FileInfo) error {
	name := memberName(f)
	size, planned := w.plan.files[name]
	if !planned || f.IsDir() || f.LinkTarget != "" {
		return nil
	}
	data, err := f.Open()
	if err != nil {
		return w.problem(name, err)
	}
	defer func() { _ = data.Close() }()
	mode := fs.FileMode(0o644)
	if f.Mode()&0o111 != 0 {
		mode = 0o755
	}
	return w.write(ctx, name, mode, size, data)
}

// write writes exactly size bytes, or fails.
func (w *writer) write(ctx context.Context, name string, mode fs.FileMode, size int64, data io.Reader) error {
	file, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("%s: %w", w.plan.path, err)
	}
	written, err := w.copy(ctx, file, data, size)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err == nil && written != size {
		err = w.problem(name, errors.New("its size lies"))
	}
	return err
}

func (w *writer) copy(ctx context.Context, file io.Writer, data io.Reader, size int64) (written int64, err error) {
	for written <= size {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		n, err := data.Read(w.buf)
		if w.left -= int64(n); w.left < 0 {
			return written, w.problem("", errors.New("its files are larger than the limit"))
		}
		written += int64(n)
		if _, err := file.Write(w.buf[:n]); err != nil {
			return written, err
		}
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, w.problem("", fmt.Errorf("the archive is damaged: %w", err))
		}
	}
	return written, nil
}

// copies puts a copy in the place of each link.
func (w *writer) copies(ctx context.Context) error {
	for _, link := range slices.Sorted(maps.Keys(w.plan.links)) {
		target, _ := w.plan.resolve(link)
		data, err := w.root.Open(target)
		if err != nil {
			return err
		}
		var mode fs.FileMode
		if info, err := data.Stat(); err == nil {
			mode = info.Mode().Perm()
		}
		err = w.write(ctx, link, mode, w.plan.files[target], data)
		_ = data.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) problem(member string, err error) error {
	return &archive.Problem{Archive: w.plan.path, Member: member, Reason: err.Error(), Err: err}
}
