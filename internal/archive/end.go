package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Signatures and fixed lengths of APPNOTE.TXT 6.3.
const (
	localSignature      = 0x04034b50
	descriptorSignature = 0x08074b50
	centralSignature    = 0x02014b50
	endSignature        = 0x06054b50
	end64Signature      = 0x06064b50
	locator64Signature  = 0x07064b50

	localLen     = 30
	centralLen   = 46
	endLen       = 22
	end64Len     = 56
	locator64Len = 20

	max16 = 1<<16 - 1
	max32 = 1<<32 - 1

	zip64Extra       = 0x0001
	unicodePathExtra = 0x7075
)

var le = binary.LittleEndian

// directoryEnd is where the directory of an archive lies.
type directoryEnd struct {
	records      uint64
	offset, size uint64
}

// tail is the end of an archive, which holds the end records and mostly the
// whole directory.
type tail struct {
	data   []byte
	offset int64 // of data in the archive
}

func readTail(r io.ReaderAt, size int64) (tail, error) {
	t := tail{offset: max(0, size-(endLen+max16+locator64Len+end64Len))}
	t.data = make([]byte, size-t.offset)
	n, err := r.ReadAt(t.data, t.offset)
	if n < len(t.data) {
		return t, fmt.Errorf("read the end: %w", noEOF(err))
	}
	return t, nil
}

// noEOF makes an end that comes too early an error that says so.
func noEOF(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// slice is a part of the archive out of the tail, or read from r.
func (t tail) slice(r io.ReaderAt, offset, size int64) ([]byte, error) {
	if from := offset - t.offset; from >= 0 && from+size <= int64(len(t.data)) {
		return t.data[from : from+size], nil
	}
	data := make([]byte, size)
	if n, err := r.ReadAt(data, offset); n < len(data) {
		return nil, noEOF(err)
	}
	return data, nil
}

// end finds the directory. There is one reading of an archive only: the comment
// ends where the file does, the directory ends where the end record begins, and
// the 64-bit record, where there is one, agrees with the other.
func (t tail) end(r io.ReaderAt) (directoryEnd, error) {
	at := bytes.LastIndex(t.data, le.AppendUint32(nil, endSignature))
	if at < 0 || len(t.data)-at < endLen {
		return directoryEnd{}, fmt.Errorf("%w, or cut off: it has no end record", ErrFormat)
	}
	b := t.data[at:]
	if comment := int(le.Uint16(b[20:])); endLen+comment != len(b) {
		return directoryEnd{}, fmt.Errorf("%w, or cut off: its end record is not at its end", ErrFormat)
	}
	end := directoryEnd{
		records: uint64(le.Uint16(b[10:])),
		size:    uint64(le.Uint32(b[12:])),
		offset:  uint64(le.Uint32(b[16:])),
	}
	disks := le.Uint16(b[4:]) | le.Uint16(b[6:])
	if disks != 0 || le.Uint16(b[8:]) != le.Uint16(b[10:]) {
		return end, fmt.Errorf("%w of one part: it is split over disks", ErrFormat)
	}
	endOffset := t.offset + int64(at)
	if at >= locator64Len && le.Uint32(t.data[at-locator64Len:]) == locator64Signature {
		var err error
		if endOffset, err = t.end64(r, &end, endOffset-locator64Len); err != nil {
			return end, err
		}
	}
	if end.offset > uint64(endOffset) || end.size != uint64(endOffset)-end.offset {
		return end, fmt.Errorf("%w, or damaged: its directory is not where its end record says", ErrFormat)
	}
	return end, nil
}

// end64 reads the 64-bit end record, which lies just before its locator, and
// returns its offset.
func (t tail) end64(r io.ReaderAt, end *directoryEnd, locatorOffset int64) (int64, error) {
	damaged := fmt.Errorf("%w, or damaged: its 64-bit end record is wrong", ErrFormat)
	locator, err := t.slice(r, locatorOffset, locator64Len)
	if err != nil {
		return 0, err
	}
	offset := int64(le.Uint64(locator[8:]))
	if offset < 0 || offset > locatorOffset-end64Len || le.Uint32(locator[4:]) != 0 || le.Uint32(locator[16:]) > 1 {
		return 0, damaged
	}
	b, err := t.slice(r, offset, end64Len)
	if err != nil {
		return 0, err
	}
	length := le.Uint64(b[4:])
	if le.Uint32(b) != end64Signature || length != uint64(locatorOffset-offset-12) ||
		le.Uint32(b[16:])|le.Uint32(b[20:]) != 0 || le.Uint64(b[24:]) != le.Uint64(b[32:]) {
		return 0, damaged
	}
	end64 := directoryEnd{records: le.Uint64(b[32:]), size: le.Uint64(b[40:]), offset: le.Uint64(b[48:])}
	if !agrees(end.records, max16, end64.records) || !agrees(end.size, max32, end64.size) || !agrees(end.offset, max32, end64.offset) {
		return 0, damaged
	}
	*end = end64
	return offset, nil
}

// agrees: a field of the old record is the value, or says that the new one has it.
func agrees(field, unknown, value uint64) bool { return field == value || field == unknown }
