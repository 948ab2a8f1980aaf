package archive

import (
	"errors"
	"io"
	"io/fs"
)

var errTODO = errors.New("not implemented")

// Limits bound what an archive may hold; zero fields stand for the defaults.
type Limits struct {
	Members     int   // files and folders (200,000)
	Bytes       int64 // of all members, uncompressed (8 GiB)
	MemberBytes int64 // of one member, uncompressed (Bytes)
	Ratio       int64 // of a large member's size to its compressed size (200)
}

// Member is one file of an archive.
type Member struct {
	Name           string
	Mode           fs.FileMode // permission bits only, 0644 or 0755
	Size           int64
	CompressedSize int64
	CRC32          uint32
	Method         uint16

	offset int64
}

// Reader reads an archive that was checked when it was opened.
type Reader struct{}

func OpenReader(path string, limits Limits) (*Reader, error) { return nil, errTODO }

// NewReader reads an archive of size bytes; name stands for its path in errors.
func NewReader(r io.ReaderAt, size int64, name string, limits Limits) (*Reader, error) {
	return nil, errTODO
}

// OpenNested opens the archive that is a member of outer, in place where it is stored uncompressed.
func OpenNested(outer *Reader, member string, limits Limits) (*Reader, error) { return nil, errTODO }

// ReadMember reads one member of an archive of which only a part is near: the
// directory and that member are read, nothing else.
func ReadMember(r io.ReaderAt, size int64, name string, pick func(names []string) (string, error), limits Limits) ([]byte, error) {
	return nil, errTODO
}

func (r *Reader) Close() error                            { return nil }
func (r *Reader) Path() string                            { return "" }
func (r *Reader) Members() []Member                       { return nil } // files, in the order of the archive
func (r *Reader) Names() []string                         { return nil }
func (r *Reader) Member(name string) (Member, bool)       { return Member{}, false }
func (r *Reader) Open(name string) (io.ReadCloser, error) { return nil, errTODO }
func (r *Reader) ReadFile(name string) ([]byte, error)    { return nil, errTODO }
