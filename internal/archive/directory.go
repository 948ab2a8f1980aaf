package archive

import (
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
)

// Compression methods that can be read.
const (
	methodStore   = 0
	methodDeflate = 8
	methodBzip2   = 12
	methodZstd    = 93
)

var methodNames = map[uint16]string{
	methodStore: "store", 1: "shrink", 6: "implode", methodDeflate: "deflate", 9: "deflate64", methodBzip2: "bzip2",
	14: "LZMA", methodZstd: "zstd", 95: "xz", 98: "PPMd", 99: "AES",
}

// Flag bits.
const (
	flagEncrypted  = 1<<0 | 1<<6 | 1<<13
	flagDescriptor = 1 << 3
	flagPatch      = 1 << 5
	flagUTF8       = 1 << 11
)

// record is one entry of the directory, a file or a folder.
type record struct {
	Member
	header     int64 // offset of the local header
	descriptor int64 // bytes of the data descriptor behind the data
	flags      uint16
	folder     bool
	bad        bool // told already, so that one mistake is not told thrice
}

// readDirectory finds and reads the directory. Members that are wrong are told
// to p; an error is for an archive of which nothing can be said.
func readDirectory(r io.ReaderAt, size int64, limits Limits, p *problems) ([]record, directoryEnd, error) {
	t, err := readTail(r, size)
	if err != nil {
		return nil, directoryEnd{}, err
	}
	end, err := t.end(r)
	if err != nil {
		return nil, end, err
	}
	if end.records > uint64(limits.Members) {
		return nil, end, fmt.Errorf("it has %d members, more than %d", end.records, limits.Members)
	}
	if end.size > uint64(limits.directoryBytes()) {
		return nil, end, fmt.Errorf("its directory has %d bytes, more than %d", end.size, limits.directoryBytes())
	}
	data, err := t.slice(r, int64(end.offset), int64(end.size))
	if err != nil {
		return nil, end, err
	}
	records, err := parseDirectory(data, int(end.records), p)
	return records, end, err
}

func parseDirectory(data []byte, count int, p *problems) ([]record, error) {
	records := make([]record, 0, min(count, len(data)/centralLen))
	for range count {
		if len(data) < centralLen || le.Uint32(data) != centralSignature {
			return nil, fmt.Errorf("%w, or damaged: its directory ends after %d of %d members", ErrFormat, len(records), count)
		}
		nameLen, extraLen, commentLen := int(le.Uint16(data[28:])), int(le.Uint16(data[30:])), int(le.Uint16(data[32:]))
		whole := centralLen + nameLen + extraLen + commentLen
		if len(data) < whole {
			return nil, fmt.Errorf("%w, or damaged: its directory ends inside member %d of %d", ErrFormat, len(records)+1, count)
		}
		name := string(data[centralLen : centralLen+nameLen])
		rec := parseRecord(data[:centralLen], name, data[centralLen+nameLen:centralLen+nameLen+extraLen], p)
		records = append(records, rec)
		data = data[whole:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%w, or damaged: its directory goes on after its %d members", ErrFormat, count)
	}
	return records, nil
}

func parseRecord(b []byte, name string, extra []byte, p *problems) record {
	rec := record{flags: le.Uint16(b[8:])}
	rec.Name, rec.folder = strings.CutSuffix(name, "/")
	rec.Method = le.Uint16(b[10:])
	rec.CRC32 = le.Uint32(b[16:])
	rec.CompressedSize = int64(le.Uint32(b[20:]))
	rec.Size = int64(le.Uint32(b[24:]))
	rec.header = int64(le.Uint32(b[42:]))
	reason := readExtra(extra, name, &rec.Size, &rec.CompressedSize, &rec.header)
	if reason == "" && le.Uint16(b[34:]) != 0 {
		reason = "it lies on another disk"
	}
	if reason == "" {
		reason = rec.setMode(le.Uint32(b[38:]))
	}
	if reason != "" {
		rec.bad = true
		p.add(name, "%s", reason)
	}
	return rec
}

// setMode reads the Unix mode that stands in the upper half of the attributes.
// Python on Windows writes one too, so the creator does not matter; where there
// is none, the file is a plain one.
func (rec *record) setMode(attributes uint32) (reason string) {
	const typeMask, regular, folder, link = 0o170000, 0o100000, 0o040000, 0o120000
	mode := attributes >> 16
	rec.Mode = normalMode(fs.FileMode(mode & 0o777))
	switch kind := mode & typeMask; {
	case kind == 0, kind == regular && !rec.folder, kind == folder && rec.folder:
		return ""
	case kind == link:
		return "it is a symbolic link"
	case kind == folder, kind == regular:
		return "its mode and its name disagree on whether it is a folder"
	}
	return "it is neither a file nor a folder"
}

// normalMode keeps of a mode whether anyone may execute the file.
func normalMode(mode fs.FileMode) fs.FileMode {
	if mode&0o111 != 0 {
		return 0o755
	}
	return 0o644
}

// readExtra takes from the extra fields what 32 bits could not say; fields are
// those of the header, in the order of the standard.
func readExtra(extra []byte, name string, fields ...*int64) (reason string) {
	for len(extra) >= 4 {
		id, size := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if len(extra) < 4+size {
			return "its extra fields are damaged"
		}
		data := extra[4 : 4+size]
		extra = extra[4+size:]
		switch id {
		case zip64Extra:
			for _, field := range fields {
				if *field != max32 {
					continue
				}
				if len(data) < 8 || le.Uint64(data) > 1<<62 {
					return "its 64-bit sizes are damaged"
				}
				*field, data = int64(le.Uint64(data)), data[8:]
			}
			fields = nil
		case unicodePathExtra:
			if otherName(data, name) {
				return "an extra field gives it another name"
			}
		}
	}
	for _, field := range fields {
		if *field == max32 {
			return "its 64-bit sizes are missing"
		}
	}
	return ""
}

// otherName: Info-ZIP's Unicode path counts for programs that know it, Python
// among them, where its checksum is that of the name in the header.
func otherName(data []byte, name string) bool {
	return len(data) >= 5 && data[0] == 1 && le.Uint32(data[1:]) == crc32.ChecksumIEEE([]byte(name)) && string(data[5:]) != name
}
