package archive

import "unicode/utf8"

const (
	dosDate = 1<<5 | 1 // 1980-01-01, the first there is

	madeByUnix   = 3 << 8
	versionPlain = 20 // folders and deflate
	versionZip64 = 45

	modeRegular = 0o100000
)

// appendLocal appends the local header of m.
func appendLocal(b []byte, m Member) []byte {
	var extra []byte
	size, compressed := m.Size, m.CompressedSize
	version := uint16(versionPlain)
	if size >= max32 || compressed >= max32 {
		// In a local header both are in the extra field, or none.
		extra = appendZip64(extra, size, compressed)
		size, compressed, version = max32, max32, versionZip64
	}
	b = le.AppendUint32(b, localSignature)
	b = appendCommon(b, m, version, compressed, size, len(extra))
	b = append(b, m.Name...)
	return append(b, extra...)
}

// appendCentral appends the directory's entry for m, whose offset is that of
// its local header.
func appendCentral(b []byte, m Member) []byte {
	var large []int64
	size, compressed, offset := m.Size, m.CompressedSize, m.offset
	version := uint16(versionPlain)
	if size >= max32 || compressed >= max32 {
		version = versionZip64
	}
	for _, field := range []*int64{&size, &compressed, &offset} {
		if *field >= max32 {
			large = append(large, *field)
			*field = max32
		}
	}
	var extra []byte
	if large != nil {
		extra = appendZip64(extra, large...)
		version = versionZip64
	}
	b = le.AppendUint32(b, centralSignature)
	b = le.AppendUint16(b, madeByUnix|version)
	b = appendCommon(b, m, version, compressed, size, len(extra))
	b = append(b, make([]byte, 6)...) // no comment, first disk, no internal attributes
	b = le.AppendUint32(b, (modeRegular|uint32(m.Mode))<<16)
	b = le.AppendUint32(b, uint32(offset))
	b = append(b, m.Name...)
	return append(b, extra...)
}

// appendCommon appends the fields that both headers have.
func appendCommon(b []byte, m Member, version uint16, compressed, size int64, extra int) []byte {
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, nameFlags(m.Name))
	b = le.AppendUint16(b, m.Method)
	b = le.AppendUint16(b, 0) // midnight
	b = le.AppendUint16(b, dosDate)
	b = le.AppendUint32(b, m.CRC32)
	b = le.AppendUint32(b, uint32(compressed))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint16(b, uint16(len(m.Name)))
	return le.AppendUint16(b, uint16(extra))
}

// nameFlags says that a name is UTF-8 where it matters.
func nameFlags(name string) uint16 {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return flagUTF8
		}
	}
	return 0
}

func appendZip64(b []byte, fields ...int64) []byte {
	b = le.AppendUint16(b, zip64Extra)
	b = le.AppendUint16(b, uint16(8*len(fields)))
	for _, field := range fields {
		b = le.AppendUint64(b, uint64(field))
	}
	return b
}

// appendEnd appends the end records.
func appendEnd(b []byte, d directoryEnd) []byte {
	if d.records >= max16 || d.size >= max32 || d.offset >= max32 {
		b = appendEnd64(b, d)
	}
	records := uint16(min(d.records, max16))
	b = le.AppendUint32(b, endSignature)
	b = le.AppendUint32(b, 0) // disks
	b = le.AppendUint16(b, records)
	b = le.AppendUint16(b, records)
	b = le.AppendUint32(b, uint32(min(d.size, max32)))
	b = le.AppendUint32(b, uint32(min(d.offset, max32)))
	return le.AppendUint16(b, 0) // no comment
}

func appendEnd64(b []byte, d directoryEnd) []byte {
	b = le.AppendUint32(b, end64Signature)
	b = le.AppendUint64(b, end64Len-12)
	b = le.AppendUint16(b, madeByUnix|versionZip64)
	b = le.AppendUint16(b, versionZip64)
	b = le.AppendUint64(b, 0) // disks
	b = le.AppendUint64(b, d.records)
	b = le.AppendUint64(b, d.records)
	b = le.AppendUint64(b, d.size)
	b = le.AppendUint64(b, d.offset)
	b = le.AppendUint32(b, locator64Signature)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint64(b, d.offset+d.size)
	return le.AppendUint32(b, 1) // one disk
}
