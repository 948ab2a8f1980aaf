// Package unpack extracts archives that come from elsewhere (source
// distributions, templates, collected folders): .tar, .tar.gz, .tgz, .tar.bz2,
// .tbz2, .tar.xz, .txz, .tar.zst, .tzst and .zip. It is the one adapter to
// archiver/v4, which links net/http: nothing that runs on an agent may import
// it. Wheels and extension zips are read by package archive.
//
// An archive is not trusted. It is gone through twice: first all its members are
// looked at, and every problem is reported at once (exit code 3), before
// anything is written. The names must be those that package archive accepts, in
// a tar after a leading "./"; nothing comes twice, is told apart by case only,
// or is a file and a folder. A link to a file of the same archive becomes a copy
// of that file, so that what was extracted has no links and is the same on
// every system; every other link (to a folder, to the outside, to nothing) is
// refused, and so are devices. Files get mode 0644 or 0755 less the user's mask.
package unpack

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	archiver "github.com/mholt/archiver/v4"

	"github.com/axlepack/axle/internal/fault"
)

// Limits bound what an archive may hold. A zero field stands for its default.
type Limits struct {
	Members int   // files, folders and links: 200,000
	Bytes   int64 // of all files together, copies of linked ones included: 8 GiB
}

func (l Limits) withDefaults() Limits {
	l.Members = cmp.Or(l.Members, 200_000)
	l.Bytes = cmp.Or(l.Bytes, int64(8<<30))
	return l
}

// formats are the kinds of archive by the end of their name, which alone
// decides. archiver.Identify would try the data against every format it has, in
// no fixed order, with names that merely contain ".br" or ".sz"; and of alpha.9
// it panics without data.
var formats = []struct {
	suffix string
	format archiver.Extractor
}{
	{".tar.gz", tarIn(archiver.Gz{})}, {".tgz", tarIn(archiver.Gz{})},
	{".tar.bz2", tarIn(archiver.Bz2{})}, {".tbz2", tarIn(archiver.Bz2{})},
	{".tar.xz", tarIn(archiver.Xz{})}, {".txz", tarIn(archiver.Xz{})},
	{".tar.zst", tarIn(archiver.Zstd{})}, {".tzst", tarIn(archiver.Zstd{})},
	{".tar", archiver.Tar{}}, {".zip", archiver.Zip{}},
}

func tarIn(c archiver.Compression) archiver.Extractor {
	return archiver.Archive{Compression: c, Extraction: archiver.Tar{}}
}

func formatOf(name string) archiver.Extractor {
	name = strings.ToLower(name)
	for _, f := range formats {
		if strings.HasSuffix(name, f.suffix) {
			return f.format
		}
	}
	return nil
}

// Extract writes the files of the archive at path below dir, an existing folder
// that should be empty: a file that is already there is an error. On an error or
// when ctx ends, what was written so far stays for the caller to remove.
func Extract(ctx context.Context, path, dir string, limits Limits) error {
	format := formatOf(filepath.Base(path))
	if format == nil {
		return fault.New(fault.BadInput, path+": not an archive that axle unpacks",
			"it takes .tar.gz, .tar.bz2, .tar.xz, .tar.zst, .tar and .zip")
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	from := &source{path, file, format}
	plan := newPlan(path, limits.withDefaults())
	if err := from.each(ctx, plan.add); err != nil {
		return err
	}
	if err := plan.check(); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	w := &writer{plan: plan, root: root, left: plan.limits.Bytes, buf: make([]byte, 256<<10)}
	if err := w.folders(); err != nil {
		return err
	}
	if err := from.each(ctx, w.file); err != nil {
		return err
	}
	return w.copies(ctx)
}

// source is an open archive that can be gone through more than once.
type source struct {
	path string
	file interface {
		io.ReadSeeker
		io.ReaderAt // which a zip needs
	}
	format archiver.Extractor
}

// each goes through the members from the first to the last.
func (s *source) each(ctx context.Context, visit archiver.FileHandler) (err error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var own error // what visit says, without what the library puts before it
	err = s.format.Extract(ctx, s.file, func(ctx context.Context, f archiver.FileInfo) error {
		own = visit(ctx, f)
		return own
	})
	switch {
	case own != nil:
		return own
	case err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return err
	}
	return fault.Errorf(fault.BadInput, "%s: the archive is damaged: %w", s.path, err)
}
