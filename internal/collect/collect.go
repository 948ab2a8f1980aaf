// Package collect brings the files of a lock onto this machine: pins of all
// targets in, verified files out.
//
// A file that several targets want is asked for once. Files of an index come
// from a [Fetcher], whose promise it is that the bytes at the path it returns
// have the digest that the pin names; files of the developer's own folders are
// hashed here, and so are files whose pin names no digest. Every failure is
// reported, in the order of the files, not only the first; the result is
// complete or there is none. The order of the result never depends on timing.
package collect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
)

// Fetcher brings one file of an index onto this machine. The file at path has
// the digest f.SHA256 where that is not empty, and stays there until the build
// ends.
type Fetcher interface {
	Fetch(ctx context.Context, f lock.File) (path string, err error)
}

// defaultWorkers is how many files are under way at once. An index serves
// several downloads faster than one; beyond this only memory grows.
const defaultWorkers = 8

// Options change how files are collected. The zero value works.
type Options struct {
	// Workers is how many files are under way at once; 0 stands for 8.
	Workers int
	// Done, when not nil, is told of each file that is there, in any order
	// and from several goroutines.
	Done func(File)
}

// File is a wheel that lies on this machine, with bytes that were verified.
type File struct {
	lock.File
	// Local is where it lies.
	Local string
	// Sum is its SHA-256 in lower-case hexadecimal, always known.
	Sum string
}

// Files are the files of a lock, each once, in the order of [lock.Lock.Files].
type Files []File

// Collect brings every file of the solutions onto this machine. A file that
// cannot be had is an error with the code of its cause, or [fault.Resolution];
// a file with another digest than its pin names one with [fault.Mismatch].
func Collect(ctx context.Context, solutions []lock.Solution, fetcher Fetcher, opt Options) (Files, error) {
	wanted := lock.Lock{Solutions: solutions}.Files()
	files, errs := make(Files, len(wanted)), make([]error, len(wanted))
	var group errgroup.Group
	group.SetLimit(cmp.Or(max(opt.Workers, 0), defaultWorkers))
	for i, f := range wanted {
		group.Go(func() error {
			files[i], errs[i] = collect(ctx, f, fetcher)
			if errs[i] == nil && opt.Done != nil {
				opt.Done(files[i])
			}
			return nil
		})
	}
	_ = group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := problems(wanted, errs); err != nil {
		return nil, err
	}
	return files, nil
}

// problems names the file in every error that befell one, unless it says so
// itself.
func problems(wanted []lock.File, errs []error) error {
	var list fault.List
	for i, err := range errs {
		if err == nil {
			continue
		}
		var coded interface{ ExitCode() int }
		if !errors.As(err, &coded) {
			err = fault.WithCode(err, fault.Resolution)
		}
		if name := wanted[i].Filename.Text; !strings.Contains(err.Error(), name) {
			err = fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, err)
	}
	return list.Err()
}

func collect(ctx context.Context, f lock.File, fetcher Fetcher) (File, error) {
	if err := ctx.Err(); err != nil {
		return File{}, err
	}
	if f.Path != "" {
		return verify(ctx, f, f.Path)
	}
	path, err := fetcher.Fetch(ctx, f)
	if err != nil {
		return File{}, err
	}
	if f.SHA256 == "" {
		return verify(ctx, f, path)
	}
	return File{File: f, Local: path, Sum: f.SHA256}, nil
}

// verify hashes the file at path and holds it against what the pin says.
func verify(ctx context.Context, f lock.File, path string) (File, error) {
	sum, size, err := hashFile(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, fault.WithHints(fault.Errorf(fault.Resolution, "%s is not there: %w", path, err),
			"put the file back, or lock again without it")
	case err != nil:
		return File{}, err
	case f.SHA256 != "" && f.SHA256 != sum:
		return File{}, fault.New(fault.Mismatch,
			fmt.Sprintf("%s has the SHA-256 %s, where %s is locked", path, sum, f.SHA256),
			"lock again if the file was changed on purpose")
	case f.Size != 0 && f.Size != size:
		return File{}, fault.New(fault.Mismatch, fmt.Sprintf("%s has %d bytes, where %d are locked", path, size, f.Size))
	}
	return File{File: f, Local: path, Sum: sum}, nil
}

func hashFile(ctx context.Context, path string) (sum string, size int64, err error) {
	in, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	h := sha256.New()
	if size, err = io.Copy(h, reader{ctx, in}); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// reader stops at the next read once the context has ended.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
