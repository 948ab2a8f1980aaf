package archive

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/wheel"
)

// ExtractOptions say what to extract and how. The zero value takes every
// member and checks sizes and CRC-32.
type ExtractOptions struct {
	// Verify, where it is not nil, is the RECORD that the files must fit: each
	// that is extracted has an entry with its size and hash, and each entry a
	// file. RECORD and its signatures need no hash.
	Verify map[string]wheel.RecordEntry
	// Include, where it is not nil, says which files to take. Entries of Verify
	// for others are not looked at.
	Include func(name string) bool
	// Workers is how many files are written at once; 0 is one for each core.
	Workers int
	// Sync makes files and folders durable before Extract returns.
	Sync bool
	// WriteOut lets the system begin to write large files to the disk while others
	// are extracted, for a sync that follows.
	WriteOut bool
	// ReadOnly leaves out the right to write, where the system has one.
	ReadOnly bool
	// Have, where it is not nil, is asked for each file that has a SHA-256 in
	// Verify. It returns true when it has put a file of that content at path.
	Have func(path string, sum [sha256.Size]byte, size int64, executable bool) bool
}

// Extract writes the files of r below dir, an existing folder that should be
// empty: a file that is already there is an error. What does not fit Verify is
// reported all at once, before anything is written, as far as it shows without
// reading the data; hashes are checked while it is written (exit code 6).
// Files get mode 0644 or 0755 less the user's mask. On an error or when ctx
// ends, what was written so far stays: the caller removes its staging folder.
func Extract(ctx context.Context, r *Reader, dir string, opt ExtractOptions) error {
	files := r.selected(opt.Include)
	checks, err := newVerifier(r, files, opt)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	folders := foldersOf(files)
	for _, folder := range folders {
		if err := root.Mkdir(folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	e := &extraction{archive: r, root: root, dir: dir, checks: checks, batches: batches(files), opt: opt}
	if err := e.run(ctx, opt.Workers); err != nil || !opt.Sync {
		return err
	}
	return syncFolders(root, folders)
}

// selected are the members to extract, largest first, so that no core is left
// alone with a large one at the end.
func (r *Reader) selected(include func(string) bool) []Member {
	files := make([]Member, 0, len(r.members))
	for _, m := range r.members {
		if include == nil || include(m.Name) {
			files = append(files, m)
		}
	}
	slices.SortStableFunc(files, func(a, b Member) int { return cmp.Compare(b.Size, a.Size) })
	return files
}

// foldersOf are the folders that the files need, each after the one it is in.
func foldersOf(files []Member) []string {
	set := map[string]bool{}
	for _, m := range files {
		for dir := path.Dir(m.Name); dir != "." && !set[dir]; dir = path.Dir(dir) {
			set[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

type extraction struct {
	archive *Reader
	root    *os.Root
	dir     string // of root
	checks  *verifier
	batches []batch
	opt     ExtractOptions
	next    atomic.Int64
}

// batch is what one worker does at once: a large file, or small ones of a folder,
// which is opened once for all.
type batch struct {
	folder string // "." at the top
	files  []Member
}

// maxBatch is how many files one worker takes at once.
const maxBatch = 32

// batches are the large ones of the files first, as they come, and then the
// small ones, folder by folder.
func batches(files []Member) []batch {
	var list []batch
	small := files
	for len(small) > 0 && small[0].Size >= largeFile {
		list = append(list, batch{".", small[:1]})
		small = small[1:]
	}
	byFolder := map[string][]Member{}
	for _, m := range small {
		byFolder[path.Dir(m.Name)] = append(byFolder[path.Dir(m.Name)], m)
	}
	for _, folder := range slices.Sorted(maps.Keys(byFolder)) {
		for part := range slices.Chunk(byFolder[folder], maxBatch) {
			list = append(list, batch{folder, part})
		}
	}
	return list
}

func (e *extraction) run(ctx context.Context, workers int) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	for range min(workers, len(e.batches)) {
		group.Go(func() error {
			buf := make([]byte, copyBuffer)
			for i := e.next.Add(1) - 1; i < int64(len(e.batches)); i = e.next.Add(1) - 1 {
				if err := e.extractBatch(ctx, e.batches[i], buf); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (e *extraction) extractBatch(ctx context.Context, b batch, buf []byte) error {
	folder := e.root
	if b.folder != "." && len(b.files) > 1 {
		var err error
		if folder, err = e.root.OpenRoot(b.folder); err != nil {
			return fmt.Errorf("%s: %w", e.archive.path, err)
		}
		defer func() { _ = folder.Close() }()
	}
	for _, m := range b.files {
		name := m.Name
		if folder != e.root {
			name = path.Base(name)
		}
		if err := e.extract(ctx, folder, name, m, buf); err != nil {
			return err
		}
	}
	return nil
}

// extract writes the file m as name in a folder.
func (e *extraction) extract(ctx context.Context, folder *os.Root, name string, m Member, buf []byte) error {
	if e.have(m) {
		return nil
	}
	data, err := e.archive.open(m)
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, e.mode(m))
	if err != nil {
		return fmt.Errorf("%s: %w", e.archive.path, inMember(err, m))
	}
	if err = e.copy(ctx, file, data, m, buf); err == nil && e.opt.Sync {
		err = file.Sync()
	}
	if e.opt.WriteOut && m.Size >= largeFile {
		WriteOut(file)
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}

// inMember makes an error of a file name all of its path.
func inMember(err error, m Member) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: m.Name, Err: p.Err}
	}
	return err
}

// largeFile is from how many bytes on a file is worth a call for its own.
const largeFile = 1 << 20

// have asks whether the file is there already.
func (e *extraction) have(m Member) bool {
	if e.opt.Have == nil {
		return false
	}
	sum, ok := e.checks.entries[m.Name].Hash.SHA256()
	return ok && e.opt.Have(filepath.Join(e.dir, filepath.FromSlash(m.Name)), sum, m.Size, m.Mode&0o100 != 0)
}

// mode is that of a file: on Windows, what cannot be written cannot be removed
// either, and so everything can.
func (e *extraction) mode(m Member) fs.FileMode {
	if e.opt.ReadOnly && runtime.GOOS != "windows" {
		return m.Mode &^ 0o222
	}
	return m.Mode
}

func (e *extraction) copy(ctx context.Context, file io.Writer, data *checkedReader, m Member, buf []byte) error {
	sum := e.checks.hash(m.Name)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := data.next(buf)
		if err == io.EOF {
			return e.checks.verify(e.archive, m, sum)
		}
		if err != nil {
			return err
		}
		sum.Write(p)
		if _, err := file.Write(p); err != nil {
			return err
		}
	}
}

func syncFolders(root *os.Root, folders []string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be synced there
	}
	for _, folder := range append(folders, ".") {
		file, err := root.Open(folder)
		if err != nil {
			return err
		}
		err = file.Sync()
		if cerr := file.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return nil
}
