package archive

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/axlepack/axle/internal/inflate"
)

// newDecompressor is nil for a method that cannot be read, or needs none.
func newDecompressor(method uint16) func(io.Reader) (io.ReadCloser, error) {
	switch method {
	case methodDeflate:
		return inflated
	case methodBzip2:
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }
	case methodZstd:
		return unzstd
	}
	return nil
}

var decoders = sync.Pool{New: func() any { return new(inflate.Decoder) }}

func inflated(r io.Reader) (io.ReadCloser, error) {
	d := decoders.Get().(*inflate.Decoder)
	d.Reset(r)
	return &borrowed{d}, nil
}

// borrowed gives its decoder back when it is closed, once.
type borrowed struct{ *inflate.Decoder }

// Close implements io.Closer.
func (b *borrowed) Close() error {
	if b.Decoder != nil {
		b.Reset(nil)
		decoders.Put(b.Decoder)
		b.Decoder = nil
	}
	return nil
}

// maxZstdWindow is what the format asks every decoder to take.
const maxZstdWindow = 8 << 20

func unzstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// Open opens a file for reading. Its size and CRC-32 are checked by the time
// the end is read.
func (r *Reader) Open(name string) (io.ReadCloser, error) {
	m, err := r.find(name)
	if err != nil {
		return nil, err
	}
	return r.open(m)
}

func (r *Reader) open(m Member) (*checkedReader, error) {
	section := io.NewSectionReader(r.src, m.offset, m.CompressedSize)
	if m.Method == methodStore {
		return r.checked(m, section, io.NopCloser(nil)), nil
	}
	data, err := newDecompressor(m.Method)(section)
	if err != nil {
		return nil, r.problem(m, err)
	}
	return r.checked(m, data, data), nil
}

func (r *Reader) checked(m Member, data io.Reader, closer io.Closer) *checkedReader {
	return &checkedReader{archive: r, member: m, data: data, closer: closer, left: m.Size}
}

var (
	errLonger  = errors.New("its size lies: there is more data")
	errShorter = errors.New("its size lies: there is less data")
	errCRC     = errors.New("its CRC-32 is wrong: the archive is damaged")
)

// checkedReader ends where the directory says, or fails.
type checkedReader struct {
	archive *Reader
	member  Member
	data    io.Reader
	closer  io.Closer
	left    int64
	crc     uint32
	err     error
}

// Read implements io.Reader.
func (c *checkedReader) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if c.left == 0 {
		c.err = c.end()
		return 0, c.err
	}
	n, err := c.data.Read(p[:min(int64(len(p)), c.left)])
	return n, c.took(p[:n], err)
}

// took notes what was read, and the error of reading it.
func (c *checkedReader) took(p []byte, err error) error {
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p)
	c.left -= int64(len(p))
	switch {
	case c.left < 0:
		c.err = c.archive.problem(c.member, errLonger)
	case err == io.EOF && c.left > 0:
		c.err = c.archive.problem(c.member, errShorter)
	case err != nil && err != io.EOF:
		c.err = c.archive.problem(c.member, fmt.Errorf("its data is damaged: %w", err))
	}
	return c.err
}

// next returns the next part of the data, which is valid until the next call.
// It is in buf where the decompressor does not lend its own buffer. The last
// part comes alone, before io.EOF.
func (c *checkedReader) next(buf []byte) ([]byte, error) {
	lender, ok := c.data.(interface{ Next() ([]byte, error) })
	if !ok {
		n, err := io.ReadFull(c, buf)
		if n > 0 && (err == io.EOF || err == io.ErrUnexpectedEOF) {
			err = nil
		}
		return buf[:n], err
	}
	if c.err != nil {
		return nil, c.err
	}
	if c.left == 0 {
		c.err = c.end()
		return nil, c.err
	}
	p, err := lender.Next()
	return p, c.took(p, err)
}

// Close implements io.Closer.
func (c *checkedReader) Close() error {
	c.err = fs.ErrClosed
	return c.closer.Close()
}

// end is io.EOF where all is well.
func (c *checkedReader) end() error {
	var one [1]byte
	switch n, err := io.ReadFull(c.data, one[:]); {
	case n > 0:
		return c.archive.problem(c.member, errLonger)
	case err != io.EOF:
		return c.archive.problem(c.member, fmt.Errorf("its data is damaged: %w", err))
	case c.crc != c.member.CRC32:
		return c.archive.problem(c.member, errCRC)
	}
	return io.EOF
}

// ReadFile reads a whole file.
func (r *Reader) ReadFile(name string) ([]byte, error) {
	m, err := r.find(name)
	if err != nil {
		return nil, err
	}
	return r.readAll(m)
}

// trustedSize is how much is allocated on the word of a directory. Deflate's
// bound makes a larger lie impossible for small archives.
const trustedSize = 64 << 20

func (r *Reader) readAll(m Member) ([]byte, error) {
	data, err := r.open(m)
	if err != nil {
		return nil, err
	}
	defer func() { _ = data.Close() }()
	b := bytes.NewBuffer(make([]byte, 0, min(m.Size, trustedSize)+bytes.MinRead))
	if _, err := b.ReadFrom(data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
