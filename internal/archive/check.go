package archive

import (
	"cmp"
	"io"
	"slices"
	"strings"
)

// checkMembers tells everything that is wrong with single members as the
// directory has them.
func checkMembers(records []record, limits Limits, p *problems) {
	var total int64
	for i := range records {
		rec := &records[i]
		if rec.bad {
			continue
		}
		reason := CheckName(rec.Name)
		if reason == "" {
			reason = rec.checkKind()
		}
		if reason == "" {
			reason = rec.checkSize(limits)
		}
		if reason != "" {
			rec.bad = true
			p.add(rec.Name, "%s", reason)
			continue
		}
		total += rec.Size
	}
	if total > limits.Bytes {
		p.add("", "its members have %d bytes, more than %d", total, limits.Bytes)
	}
}

func (rec *record) checkKind() string {
	switch {
	case rec.flags&flagEncrypted != 0:
		return "it is encrypted"
	case rec.flags&flagPatch != 0:
		return "it is a patch of another file"
	case rec.folder && rec.Size != 0:
		return "it is a folder with data"
	case newDecompressor(rec.Method) == nil && rec.Method != methodStore:
		if name := methodNames[rec.Method]; name != "" {
			return "it is compressed by " + name + ", which axle does not read"
		}
		return "it is compressed by an unknown method"
	}
	return ""
}

func (rec *record) checkSize(limits Limits) string {
	switch {
	case rec.Method == methodStore && rec.Size != rec.CompressedSize:
		return "its two sizes differ, though it is not compressed"
	case rec.Method == methodDeflate && rec.Size/maxDeflateRatio > rec.CompressedSize:
		return "its size lies: so little data cannot be so large"
	case rec.Size > limits.MemberBytes:
		return "it is larger than the limit"
	case rec.Size > ratioFrom && rec.Size/limits.Ratio > rec.CompressedSize:
		return "it is a bomb: many times its compressed size"
	}
	return ""
}

// maxDeflateRatio is more than the format can reach: 258 bytes for two bits.
const maxDeflateRatio = 1033

// checkNames tells which members cannot lie in one folder, on some system.
func checkNames(records []record, p *problems) {
	keys := make([]string, len(records))
	files := make(map[string]int, len(records))
	folders := map[string]string{}
	for i := range records {
		rec := &records[i]
		if rec.bad {
			continue
		}
		key := FoldName(rec.Name)
		addFolders(folders, key, rec)
		if rec.folder {
			continue
		}
		keys[i] = key
		first, taken := files[key]
		switch {
		case !taken:
			files[key] = i
		case records[first].Name == rec.Name:
			p.add(rec.Name, "it comes twice")
		default:
			p.add(rec.Name, "its name differs from %s in case or Unicode form only", quoteName(records[first].Name))
		}
	}
	for i, key := range keys {
		if inside, ok := folders[key]; ok && key != "" {
			p.add(records[i].Name, "it is a file, and a folder in %s", quoteName(inside))
		}
	}
}

// addFolders notes each folder above a member, and the member that first
// showed it.
func addFolders(folders map[string]string, key string, rec *record) {
	if rec.folder {
		key += "/"
	}
	for cut := strings.LastIndexByte(key, '/'); cut > 0; cut = strings.LastIndexByte(key[:cut], '/') {
		if _, known := folders[key[:cut]]; known {
			return
		}
		folders[key[:cut]] = rec.Name
	}
}

// checkLayout reads every local header, finds where the data begins, and tells
// members that overlap each other or the directory.
func checkLayout(r io.ReaderAt, records []record, directory int64, p *problems) error {
	order := make([]*record, len(records))
	for i := range records {
		order[i] = &records[i]
	}
	slices.SortStableFunc(order, func(a, b *record) int { return cmp.Compare(a.header, b.header) })
	var local localReader
	var free int64 // the first byte that no member has
	for _, rec := range order {
		if rec.bad {
			continue
		}
		reason, err := local.check(r, rec, directory)
		if err != nil {
			return err
		}
		if reason == "" && rec.header < free {
			reason = "it overlaps another member"
		}
		if reason != "" {
			p.add(rec.Name, "%s", reason)
			continue
		}
		free = rec.offset + rec.CompressedSize + rec.descriptor
	}
	return nil
}

// localReader reads local headers; its buffer serves for all.
type localReader struct{ buf [512]byte }

// check compares the local header of rec with the directory and sets where the
// data begins. An error is one of reading.
func (l *localReader) check(r io.ReaderAt, rec *record, directory int64) (reason string, err error) {
	if rec.header > directory-localLen {
		return "it lies outside the archive", nil
	}
	b, err := l.read(r, rec.header, min(directory-rec.header, int64(len(l.buf))))
	if err != nil {
		return "", err
	}
	nameLen, extraLen := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	rec.offset = rec.header + localLen + int64(nameLen) + int64(extraLen)
	switch {
	case le.Uint32(b) != localSignature:
		return "its local header is missing", nil
	case rec.offset > directory || rec.CompressedSize > directory-rec.offset:
		return "it is cut off, or its compressed size lies", nil
	}
	if whole := localLen + nameLen + extraLen; whole > len(b) {
		if b, err = l.read(r, rec.header, int64(whole)); err != nil {
			return "", err
		}
	}
	reason = rec.compareLocal(b[:localLen+nameLen+extraLen], nameLen)
	if reason == "" && rec.flags&flagDescriptor != 0 {
		return l.checkDescriptor(r, rec, directory)
	}
	return reason, nil
}

// checkDescriptor: what a program that reads an archive from its beginning
// takes for the CRC-32 and the sizes of a streamed member must be what the
// directory says. The signature is left out by some, and the sizes have 64 bits
// where a writer wants it (APPNOTE 4.3.9).
func (l *localReader) checkDescriptor(r io.ReaderAt, rec *record, directory int64) (reason string, err error) {
	at := rec.offset + rec.CompressedSize
	b, err := l.read(r, at, min(directory-at, 4+4+16))
	if err != nil {
		return "", err
	}
	signature := int64(0)
	if len(b) >= 4 && le.Uint32(b) == descriptorSignature {
		b, signature = b[4:], 4
	}
	switch {
	case len(b) < 12:
		return "its data descriptor is cut off", nil
	case le.Uint32(b) != rec.CRC32:
		return "its data descriptor has another CRC-32", nil
	case int64(le.Uint32(b[4:])) == rec.CompressedSize && int64(le.Uint32(b[8:])) == rec.Size:
		rec.descriptor = signature + 12
	case len(b) >= 20 && le.Uint64(b[4:]) == uint64(rec.CompressedSize) && le.Uint64(b[12:]) == uint64(rec.Size):
		rec.descriptor = signature + 20
	default:
		return "its data descriptor has other sizes", nil
	}
	return "", nil
}

func (l *localReader) read(r io.ReaderAt, offset, size int64) ([]byte, error) {
	b := l.buf[:]
	if size > int64(len(b)) {
		b = make([]byte, size)
	}
	if n, err := r.ReadAt(b[:size], offset); n < int(size) {
		return nil, noEOF(err)
	}
	return b[:size], nil
}

// compareLocal: a program that reads an archive from its beginning must see the
// same members as one that reads the directory.
func (rec *record) compareLocal(b []byte, nameLen int) (reason string) {
	name := rec.Name
	if rec.folder {
		name += "/"
	}
	flags := le.Uint16(b[6:])
	size, compressed := int64(le.Uint32(b[22:])), int64(le.Uint32(b[18:]))
	zip64 := size == max32 || compressed == max32
	switch reason := readExtra(b[localLen+nameLen:], name, &size, &compressed); {
	case string(b[localLen:localLen+nameLen]) != name:
		return "its local header has another name"
	case flags&flagEncrypted != 0:
		return "its local header says that it is encrypted"
	case (flags^rec.flags)&flagDescriptor != 0:
		return "its local header and the directory disagree on whether a data descriptor follows it"
	case le.Uint16(b[8:]) != rec.Method:
		return "its local header has another compression method"
	case reason != "":
		return reason
	case flags&flagDescriptor != 0 && (size|compressed == 0 || zip64):
		return "" // the sizes follow the data; those of the directory count
	case size != rec.Size || compressed != rec.CompressedSize:
		return "its local header has other sizes"
	case flags&flagDescriptor == 0 && le.Uint32(b[14:]) != rec.CRC32:
		return "its local header has another CRC-32"
	}
	return ""
}
