package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
)

// Sums identify what was written.
type Sums struct {
	Size   int64
	CRC32  uint32
	SHA256 [sha256.Size]byte
}

// Hex is the SHA-256 in lower-case hexadecimal.
func (s Sums) Hex() string { return hex.EncodeToString(s.SHA256[:]) }

// HashingWriter passes bytes on and sums them up on the way, so that a file that
// was just written need not be read again: its CRC-32 lets [Writer.Stored] embed
// it, its SHA-256 is reported. It has a buffer of its own, and hashes one part
// while the next is gathered and written. Finish must be called at the end.
type HashingWriter struct {
	w    io.Writer
	buf  []byte // being filled
	idle []byte // the other one
	busy chan struct{}
	sums Sums
	sha  hash.Hash
	err  error
}

// NewHashingWriter sums up what it passes on to w.
func NewHashingWriter(w io.Writer) *HashingWriter {
	return &HashingWriter{
		w:    w,
		buf:  make([]byte, 0, copyBuffer),
		idle: make([]byte, 0, copyBuffer),
		sha:  sha256.New(),
	}
}

// Write implements io.Writer.
func (h *HashingWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		if h.err != nil {
			return written, h.err
		}
		n := copy(h.buf[len(h.buf):cap(h.buf)], p)
		h.buf = h.buf[:len(h.buf)+n]
		p = p[n:]
		written += n
		if len(h.buf) == cap(h.buf) {
			h.flush()
		}
	}
	return written, h.err
}

// flush hashes and writes the buffer, and goes on with the other one. The
// hashing is still under way when flush returns; wait ends it.
func (h *HashingWriter) flush() {
	h.wait()
	full := h.buf
	h.busy = make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		h.sums.CRC32 = crc32.Update(h.sums.CRC32, crc32.IEEETable, full)
		h.sha.Write(full)
	}(h.busy)
	n, err := h.w.Write(full)
	if err == nil && n < len(full) {
		err = io.ErrShortWrite
	}
	h.err = err
	h.buf, h.idle = h.idle[:0], full
	h.sums.Size += int64(len(full))
}

func (h *HashingWriter) wait() {
	if h.busy != nil {
		<-h.busy
		h.busy = nil
	}
}

// Finish writes what is still in the buffer and returns the sums of all that
// was written, or the first error of the writer below.
func (h *HashingWriter) Finish() (Sums, error) {
	if h.err == nil && len(h.buf) > 0 {
		h.flush()
	}
	h.wait()
	h.sha.Sum(h.sums.SHA256[:0])
	return h.sums, h.err
}
