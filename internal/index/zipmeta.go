package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"

	"github.com/axlepack/axle/internal/wheel"
)

// Reading one member of a zip file of which only some bytes are at hand. The
// archive package reads whole files on disk; this reads METADATA over the
// network, from the end of the file: end record, directory, member.

// span gives the bytes [from, to) of a file.
type span func(from, to int64) ([]byte, error)

const (
	endSize         = 22
	endSignature    = "PK\x05\x06"
	locatorSize     = 20
	locatorSign     = "PK\x06\x07"
	end64Size       = 56
	end64Signature  = "PK\x06\x06"
	entrySize       = 46
	entrySignature  = "PK\x01\x02"
	memberSize      = 30
	memberSignature = "PK\x03\x04"
	longestComment  = 1 << 16

	longestDirectory = 64 << 20
	longestMetadata  = 32 << 20
)

var errNotZip = errors.New("it is no zip file, or is cut off")

// readWheelMetadata reads METADATA out of a wheel of the given size.
func readWheelMetadata(read span, size int64, name wheel.Filename) ([]byte, error) {
	directory, base, err := readDirectory(read, size)
	if err != nil {
		return nil, err
	}
	entries, names, err := parseDirectory(directory)
	if err != nil {
		return nil, err
	}
	folder, err := wheel.DistInfo(names, name)
	if err != nil {
		return nil, err
	}
	i := slices.Index(names, folder+"/METADATA")
	if i < 0 || slices.Contains(names[i+1:], names[i]) {
		return nil, errors.New("it does not have METADATA once")
	}
	entries[i].offset += base
	return entries[i].read(read, size)
}

// readDirectory finds the central directory. base is where the archive begins
// in the file: bytes may stand before it.
func readDirectory(read span, size int64) (directory []byte, base int64, err error) {
	tailAt := max(0, size-endSize-locatorSize-end64Size)
	end, endAt, err := findEnd(read, size, tailAt)
	if err != nil {
		return nil, 0, err
	}
	length, offset := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if length == 0xffffffff || offset == 0xffffffff || binary.LittleEndian.Uint16(end[10:]) == 0xffff {
		if length, offset, endAt, err = readEnd64(read, endAt); err != nil {
			return nil, 0, err
		}
	}
	if length < 0 || offset < 0 || length > longestDirectory || length > endAt || offset > endAt-length {
		return nil, 0, errNotZip
	}
	directory, err = read(endAt-length, endAt)
	return directory, endAt - length - offset, err
}

// findEnd finds the end record: at the very end, or before a comment.
func findEnd(read span, size, tailAt int64) (end []byte, at int64, err error) {
	for _, from := range []int64{tailAt, max(0, size-endSize-longestComment)} {
		tail, err := read(from, size)
		if err != nil {
			return nil, 0, err
		}
		for i := len(tail) - endSize; i >= 0; i-- {
			if string(tail[i:i+4]) == endSignature && int(binary.LittleEndian.Uint16(tail[i+20:])) == len(tail)-i-endSize {
				return tail[i : i+endSize], from + int64(i), nil
			}
		}
	}
	return nil, 0, errNotZip
}

func readEnd64(read span, endAt int64) (length, offset, at int64, err error) {
	if endAt < locatorSize+end64Size {
		return 0, 0, 0, errNotZip
	}
	at = endAt - locatorSize - end64Size
	b, err := read(at, endAt)
	if err != nil {
		return 0, 0, 0, err
	}
	if string(b[end64Size:end64Size+4]) != locatorSign || string(b[:4]) != end64Signature {
		return 0, 0, 0, errNotZip
	}
	return int64(binary.LittleEndian.Uint64(b[40:])), int64(binary.LittleEndian.Uint64(b[48:])), at, nil
}

// zipEntry is a member as the directory describes it.
type zipEntry struct {
	flags, method      uint16
	crc                uint32
	compressed, length int64
	offset             int64
	nameLength         int
}

func parseDirectory(b []byte) (entries []zipEntry, names []string, err error) {
	for len(b) >= entrySize && string(b[:4]) == entrySignature {
		e := zipEntry{
			flags: binary.LittleEndian.Uint16(b[8:]), method: binary.LittleEndian.Uint16(b[10:]), crc: binary.LittleEndian.Uint32(b[16:]),
			compressed: int64(binary.LittleEndian.Uint32(b[20:])), length: int64(binary.LittleEndian.Uint32(b[24:])),
			offset: int64(binary.LittleEndian.Uint32(b[42:])), nameLength: int(binary.LittleEndian.Uint16(b[28:])),
		}
		extra := entrySize + e.nameLength
		next := extra + int(binary.LittleEndian.Uint16(b[30:])) + int(binary.LittleEndian.Uint16(b[32:]))
		if next > len(b) {
			return nil, nil, errNotZip
		}
		e.widen(b[extra : extra+int(binary.LittleEndian.Uint16(b[30:]))])
		entries = append(entries, e)
		names = append(names, string(b[entrySize:extra]))
		b = b[next:]
	}
	if len(b) > 0 {
		return nil, nil, errNotZip
	}
	return entries, names, nil
}

// widen takes numbers that do not fit 32 bits from the extra field for them.
func (e *zipEntry) widen(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+n > len(extra) {
			return
		}
		field := extra[4 : 4+n]
		extra = extra[4+n:]
		if id != 1 {
			continue
		}
		for _, value := range []*int64{&e.length, &e.compressed, &e.offset} {
			if *value == 0xffffffff && len(field) >= 8 {
				*value = int64(binary.LittleEndian.Uint64(field))
				field = field[8:]
			}
		}
	}
}

// localSlack is more than the extra field of a member usually has, so that one
// read gets header and data.
const localSlack = 256

func (e *zipEntry) read(read span, size int64) ([]byte, error) {
	if e.flags&1 != 0 || e.length < 0 || e.length > longestMetadata || e.compressed < 0 || e.compressed > longestMetadata || e.offset < 0 || e.offset > size-memberSize {
		return nil, errNotZip
	}
	need := memberSize + int64(e.nameLength) + e.compressed
	b, err := read(e.offset, min(size, e.offset+need+localSlack))
	if err != nil {
		return nil, err
	}
	if len(b) < memberSize || string(b[:4]) != memberSignature {
		return nil, errNotZip
	}
	skip := memberSize + int64(binary.LittleEndian.Uint16(b[26:])) + int64(binary.LittleEndian.Uint16(b[28:]))
	if int64(len(b)) < skip+e.compressed {
		if e.offset+skip+e.compressed > size {
			return nil, errNotZip
		}
		if b, err = read(e.offset, e.offset+skip+e.compressed); err != nil {
			return nil, err
		}
	}
	return e.inflate(b[skip : skip+e.compressed])
}

func (e *zipEntry) inflate(b []byte) ([]byte, error) {
	switch e.method {
	case 0:
	case 8:
		var err error
		if b, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), e.length+1)); err != nil {
			return nil, fmt.Errorf("METADATA: %w", err)
		}
	default:
		return nil, fmt.Errorf("METADATA: compression method %d is not supported", e.method)
	}
	if int64(len(b)) != e.length || crc32.ChecksumIEEE(b) != e.crc {
		return nil, errors.New("METADATA: checksum or size is wrong")
	}
	return b, nil
}

// fileSpan reads from a file on disk.
func fileSpan(file io.ReaderAt) span {
	return func(from, to int64) ([]byte, error) {
		b := make([]byte, to-from)
		_, err := file.ReadAt(b, from)
		if errors.Is(err, io.EOF) {
			err = errNotZip
		}
		return b, err
	}
}
