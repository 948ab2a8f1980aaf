package archive

import (
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// entry is one member of an archive that the tests make by hand, right by
// default and wrong where the fix functions make it so.
type entry struct {
	name       string
	data       string // what is stored, or what deflate packs
	method     uint16
	mode       uint32 // Unix mode, by default that of a file, or of a folder
	descriptor bool
	trailer    func([]byte) []byte // changes the data descriptor
	extra      []byte              // in both headers
	local      func(b []byte)
	central    func(b []byte)
	gap        int  // bytes of nothing before the local header
	at         *int // offset of the local header to give in the directory
}

// fixed offsets in a local header, and in one of the directory.
const (
	localFlags, localMethod, localCRC, localCompressed, localSize           = 6, 8, 14, 18, 22
	centralFlags, centralMethod, centralCRC, centralCompressed, centralSize = 8, 10, 16, 20, 24
	centralDisk, centralOffset                                              = 34, 42
)

func put16(at int, v uint16) func([]byte) { return func(b []byte) { le.PutUint16(b[at:], v) } }
func put32(at int, v uint32) func([]byte) { return func(b []byte) { le.PutUint32(b[at:], v) } }
func both(fs ...func([]byte)) func([]byte) {
	return func(b []byte) {
		for _, f := range fs {
			f(b)
		}
	}
}

func makeZip(entries ...entry) []byte {
	var out, central []byte
	for _, e := range entries {
		out = append(out, make([]byte, e.gap)...)
		offset := len(out)
		if e.at != nil {
			offset = *e.at
		}
		out, central = e.append(out, central, offset)
	}
	end := directoryEnd{records: uint64(len(entries)), offset: uint64(len(out)), size: uint64(len(central))}
	return appendEnd(append(out, central...), end)
}

// describe is the data descriptor: signature, CRC-32, two sizes.
func (e entry) describe(crc, compressed, size uint32) []byte {
	b := le.AppendUint32(nil, 0x08074b50)
	for _, field := range []uint32{crc, compressed, size} {
		b = le.AppendUint32(b, field)
	}
	if e.trailer != nil {
		b = e.trailer(b)
	}
	return b
}

func (e entry) append(out, central []byte, offset int) ([]byte, []byte) {
	raw := []byte(e.data)
	if e.method == methodDeflate {
		raw = deflated(raw)
	}
	crc, mode := crc32.ChecksumIEEE([]byte(e.data)), e.mode
	switch {
	case mode != 0:
	case strings.HasSuffix(e.name, "/"):
		mode = 0o040755
	default:
		mode = 0o100644
	}
	var flags uint16
	if e.descriptor {
		flags = flagDescriptor
	}
	common := func(b []byte, crc uint32, compressed, size int) []byte {
		b = le.AppendUint16(b, 20)
		b = le.AppendUint16(b, flags)
		b = le.AppendUint16(b, e.method)
		b = le.AppendUint32(b, dosDate<<16)
		b = le.AppendUint32(b, crc)
		b = le.AppendUint32(b, uint32(compressed))
		b = le.AppendUint32(b, uint32(size))
		b = le.AppendUint16(b, uint16(len(e.name)))
		return le.AppendUint16(b, uint16(len(e.extra)))
	}
	local := le.AppendUint32(nil, localSignature)
	if e.descriptor {
		local = common(local, 0, 0, 0)
	} else {
		local = common(local, crc, len(raw), len(e.data))
	}
	local = append(append(local, e.name...), e.extra...)
	dir := le.AppendUint16(le.AppendUint32(nil, centralSignature), 3<<8|20)
	dir = common(dir, crc, len(raw), len(e.data))
	dir = append(dir, make([]byte, 6)...)
	dir = le.AppendUint32(dir, mode<<16)
	dir = le.AppendUint32(dir, uint32(offset))
	dir = append(append(dir, e.name...), e.extra...)
	if e.local != nil {
		e.local(local)
	}
	if e.central != nil {
		e.central(dir)
	}
	out = append(append(out, local...), raw...)
	if e.descriptor {
		out = append(out, e.describe(crc, uint32(len(raw)), uint32(len(e.data)))...)
	}
	return out, append(central, dir...)
}

// deflated packs data even where that makes it larger. It is not the standard
// library's deflate, whose bytes may change with the Go release.
func deflated(data []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, deflateLevel)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

func open(t testing.TB, data []byte) (*Reader, error) {
	t.Helper()
	return NewReader(bytes.NewReader(data), int64(len(data)), "test.zip", Limits{})
}

func mustOpen(t testing.TB, data []byte) *Reader {
	t.Helper()
	r, err := open(t, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func writeTemp(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
