package wheeltest

import (
	"bytes"
	"encoding/binary"
)

// ELF makes a shared library for Linux on x86_64 that wants the C library in
// this version of glibc, such as "2.34".
func ELF(glibc string) string {
	const (
		header, entry = 64, 56
		base          = header + 2*entry
		strtab        = "\x00libc.so.6\x00GLIBC_"
	)
	le := binary.LittleEndian
	strs := strtab + glibc + "\x00"
	version := "GLIBC_" + glibc
	names, need := base, base+(len(strs)+7)/8*8
	var needs bytes.Buffer
	for _, v := range []any{
		uint16(1), uint16(1), uint32(1), uint32(16), uint32(0), // of libc.so.6, one version
		elfHash(version), uint16(0), uint16(2), uint32(11), uint32(0),
	} {
		_ = binary.Write(&needs, le, v)
	}
	dynamic := need + needs.Len()
	var tags bytes.Buffer
	for _, v := range []int{
		1, 1, // DT_NEEDED
		5, names, 10, len(strs), // DT_STRTAB, DT_STRSZ
		0x6ffffffe, need, 0x6fffffff, 1, // DT_VERNEED, DT_VERNEEDNUM
		0, 0,
	} {
		_ = binary.Write(&tags, le, uint64(v))
	}
	size := dynamic + tags.Len()
	out := make([]byte, size)
	copy(out, "\x7fELF\x02\x01\x01")
	le.PutUint16(out[16:], 3)  // a shared object
	le.PutUint16(out[18:], 62) // x86_64
	le.PutUint32(out[20:], 1)
	le.PutUint64(out[32:], header)
	le.PutUint16(out[52:], header)
	le.PutUint16(out[54:], entry)
	le.PutUint16(out[56:], 2)
	segment := func(at int, kind uint32, offset, length int) {
		le.PutUint32(out[at:], kind)
		for i, v := range []int{offset, offset, offset, length, length} { // where in the file, in memory
			le.PutUint64(out[at+8+8*i:], uint64(v))
		}
	}
	segment(header, 1, 0, size)                   // PT_LOAD
	segment(header+entry, 2, dynamic, tags.Len()) // PT_DYNAMIC
	copy(out[names:], strs)
	copy(out[need:], needs.Bytes())
	copy(out[dynamic:], tags.Bytes())
	return string(out)
}

// elfHash is the hash of a version's name in ELF files.
func elfHash(name string) (h uint32) {
	for _, c := range []byte(name) {
		h = h<<4 + uint32(c)
		high := h & 0xf0000000
		h = (h ^ high>>24) &^ high
	}
	return h
}

// PE makes a library for Windows on a processor of 64 bits (amd64).
func PE() string {
	le := binary.LittleEndian
	out := make([]byte, 64+24+240)
	copy(out, "MZ")
	le.PutUint32(out[60:], 64)
	copy(out[64:], "PE\x00\x00")
	le.PutUint16(out[68:], 0x8664)
	le.PutUint16(out[84:], 240)   // of the optional header
	le.PutUint16(out[88:], 0x20b) // PE32+
	return string(out)
}
