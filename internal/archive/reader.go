package archive

import (
	"io"
	"io/fs"
	"os"
	"slices"
)

// Member is one file of an archive.
type Member struct {
	Name           string
	Mode           fs.FileMode // 0644 or 0755
	Size           int64       // in bytes
	CompressedSize int64
	CRC32          uint32
	Method         uint16 // 0 stored, 8 deflated

	offset int64 // of the data
}

// Reader reads an archive that was checked when it was opened.
type Reader struct {
	path    string
	src     io.ReaderAt
	size    int64
	limits  Limits
	close   func() error
	members []Member
	folders []string
	byName  map[string]int
}

// OpenReader opens the archive at path and checks all of it. Errors are one
// [Problem] each, or a [fault.List] of them.
func OpenReader(path string, limits Limits) (*Reader, error) {
	return OpenNamed(path, path, limits)
}

// OpenNamed is OpenReader for a file that errors call by another name than its
// path: one in a cache, where the path says nothing.
func OpenNamed(path, name string, limits Limits) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &Problem{Archive: name, Reason: "it is not a file"}
	}
	var r *Reader
	if err == nil {
		r, err = NewReader(file, info.Size(), name, limits)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	r.close = file.Close
	return r, nil
}

// NewReader reads an archive of size bytes and checks all of it; path stands
// for it in errors. Closing the Reader does not close src.
func NewReader(src io.ReaderAt, size int64, path string, limits Limits) (*Reader, error) {
	limits = limits.withDefaults()
	p := problems{archive: path}
	records, end, err := readDirectory(src, size, limits, &p)
	if err == nil {
		checkMembers(records, limits, &p)
		checkNames(records, &p)
		err = checkLayout(src, records, int64(end.offset), &p)
	}
	if err != nil {
		return nil, &Problem{Archive: path, Reason: err.Error(), Err: err}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	r := &Reader{path: path, src: src, size: size, limits: limits}
	r.setMembers(records)
	return r, nil
}

func (r *Reader) setMembers(records []record) {
	r.members = make([]Member, 0, len(records))
	r.byName = make(map[string]int, len(records))
	for i := range records {
		if records[i].folder {
			r.folders = append(r.folders, records[i].Name)
			continue
		}
		r.byName[records[i].Name] = len(r.members)
		r.members = append(r.members, records[i].Member)
	}
	slices.Sort(r.folders)
	r.folders = slices.Compact(r.folders)
}

// Close closes the file below. Open members cannot be read any more.
func (r *Reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// Path is the path the archive was opened by; that of a nested one is
// "outer.zip!member".
func (r *Reader) Path() string { return r.path }

// Size is that of the archive in bytes.
func (r *Reader) Size() int64 { return r.size }

// Raw is the archive itself, byte by byte.
func (r *Reader) Raw() io.Reader { return io.NewSectionReader(r.src, 0, r.size) }

// Members are the files in the order of the directory. The caller must not
// change them.
func (r *Reader) Members() []Member { return r.members }

// Folders are the folders that have an entry of their own, sorted.
func (r *Reader) Folders() []string { return r.folders }

// Names are those of the files, in the order of the directory.
func (r *Reader) Names() []string {
	names := make([]string, len(r.members))
	for i := range r.members {
		names[i] = r.members[i].Name
	}
	return names
}

// Member finds a file by its exact name.
func (r *Reader) Member(name string) (Member, bool) {
	i, ok := r.byName[name]
	if !ok {
		return Member{}, false
	}
	return r.members[i], true
}

func (r *Reader) find(name string) (Member, error) {
	m, ok := r.Member(name)
	if !ok {
		return m, &Problem{Archive: r.path, Member: name, Reason: "no such member", Err: fs.ErrNotExist}
	}
	return m, nil
}

func (r *Reader) problem(m Member, err error) error {
	return &Problem{Archive: r.path, Member: m.Name, Reason: err.Error(), Err: err}
}
