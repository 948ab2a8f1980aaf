package archive

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/axlepack/axle/internal/fault"
)

// Writer writes an archive whose bytes depend on the calls alone, see the
// package comment. The caller gives the order, and each name once. After an
// error the archive is not to be used; every later call returns that error.
type Writer struct {
	w       io.Writer
	offset  int64
	central []byte // the directory so far
	members uint64
	names   map[string]bool
	header  []byte // for reuse
	err     error
}

// NewWriter writes an archive to w. Headers are small writes: w should have a
// buffer, as those that WriteFile and WriteHashed pass have.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: w, names: map[string]bool{}}
}

// Add writes a file, deflated where that makes it smaller.
func (w *Writer) Add(name string, mode fs.FileMode, data []byte) error {
	m := Member{Name: name, Mode: mode, Size: int64(len(data)), CRC32: crc32.ChecksumIEEE(data)}
	if packed, ok := deflate(data); ok {
		m.Method, data = methodDeflate, packed
	}
	m.CompressedSize = int64(len(data))
	if err := w.begin(m); err != nil {
		return err
	}
	return w.write(data)
}

// deflateLevel trades time for size on the little that is new in a package.
const deflateLevel = 6

var deflaters = sync.Pool{New: func() any {
	d, err := flate.NewWriter(nil, deflateLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return d
}}

func deflate(data []byte) (packed []byte, smaller bool) {
	if len(data) == 0 {
		return nil, false
	}
	d := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(d)
	var out bytes.Buffer
	d.Reset(&out)
	_, err := d.Write(data)
	if err == nil {
		err = d.Close()
	}
	return out.Bytes(), err == nil && out.Len() < len(data)
}

// CopyRaw copies a member of another archive under a new name and mode, still
// compressed. One that is neither stored nor deflated is compressed again.
func (w *Writer) CopyRaw(src *Reader, m Member, name string, mode fs.FileMode) error {
	if m.Method != methodStore && m.Method != methodDeflate {
		data, err := src.readAll(m)
		if err != nil {
			return w.fail(err)
		}
		return w.Add(name, mode, data)
	}
	from := m.offset
	m.Name, m.Mode = name, mode
	if err := w.begin(m); err != nil {
		return err
	}
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	for left := m.CompressedSize; left > 0; {
		chunk := buf[:min(left, copyBuffer)]
		if n, err := src.src.ReadAt(chunk, from); n < len(chunk) {
			return w.fail(src.problem(m, noEOF(err)))
		}
		if err := w.write(chunk); err != nil {
			return err
		}
		from += int64(len(chunk))
		left -= int64(len(chunk))
	}
	return nil
}

const copyBuffer = 256 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Stored writes a file of mode 0644 uncompressed, whose size and CRC-32 are
// known. Data of another size or CRC-32 is an error.
func (w *Writer) Stored(name string, size int64, crc uint32, r io.Reader) error {
	m := Member{Name: name, Size: size, CompressedSize: size, CRC32: crc}
	if err := w.begin(m); err != nil {
		return err
	}
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	var sum uint32
	for left := size; left > 0; {
		n, err := r.Read(buf[:min(left, copyBuffer)])
		sum = crc32.Update(sum, crc32.IEEETable, buf[:n])
		left -= int64(n)
		if werr := w.write(buf[:n]); werr != nil {
			return werr
		}
		if err != nil && left > 0 {
			return w.fail(fmt.Errorf("%s: %d bytes short: %w", name, left, noEOF(err)))
		}
	}
	if n, _ := io.ReadFull(r, buf[:1]); n > 0 || sum != crc {
		return w.fail(fmt.Errorf("%s: %w", name, errChanged))
	}
	return nil
}

var errChanged = errors.New("the data is not that whose sums were given")

// StoredFile is Stored for a whole file.
func (w *Writer) StoredFile(name, path string, sums Sums) error {
	file, err := os.Open(path)
	if err != nil {
		return w.fail(err)
	}
	defer func() { _ = file.Close() }()
	return w.Stored(name, sums.Size, sums.CRC32, file)
}

// begin checks a member, writes its local header and notes it for the
// directory.
func (w *Writer) begin(m Member) error {
	if w.err != nil {
		return w.err
	}
	if reason := CheckName(m.Name); reason != "" {
		return w.fail(fault.Errorf(fault.BadInput, "%s: %s", quoteName(m.Name), reason))
	}
	if w.names[m.Name] {
		return w.fail(fault.Errorf(fault.BadInput, "%s: it is already in the archive", quoteName(m.Name)))
	}
	w.names[m.Name] = true
	w.members++
	m.Mode = normalMode(m.Mode)
	m.offset = w.offset // of the header, here
	w.central = appendCentral(w.central, m)
	w.header = appendLocal(w.header[:0], m)
	return w.write(w.header)
}

func (w *Writer) write(b []byte) error {
	if w.err != nil {
		return w.err
	}
	n, err := w.w.Write(b)
	w.offset += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return w.fail(err)
}

func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return err
}

// Close writes the directory. It does not close the writer below.
func (w *Writer) Close() error {
	directory := directoryEnd{records: w.members, offset: uint64(w.offset), size: uint64(len(w.central))}
	if err := w.write(appendEnd(w.central, directory)); err != nil {
		return err
	}
	w.err = errClosed
	return nil
}

var errClosed = errors.New("the archive is written and closed")
