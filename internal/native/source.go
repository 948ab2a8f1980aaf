package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits of what is read of one file. Each is far above what linkers write,
// and keeps the work on a hostile file small.
const (
	maxRead    = 1 << 20 // bytes of one table
	maxName    = 1 << 10 // bytes of one name
	maxEntries = 2 << 10 // entries of one table
)

// source is a file, or the part of one that holds an image.
type source struct {
	r          io.ReaderAt
	base, size int64
}

// part is the image that lies at off.
func (s source) part(off, size int64) (source, error) {
	if off < 0 || size < 0 || off > s.size || size > s.size-off {
		return source{}, fmt.Errorf("%d bytes at %d: beyond the end", size, off)
	}
	return source{s.r, s.base + off, size}, nil
}

// bytes reads n bytes at off, all of them.
func (s source) bytes(off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || off > s.size || n > s.size-off {
		return nil, fmt.Errorf("%d bytes at %d: beyond the end", n, off)
	}
	if n > maxRead {
		return nil, fmt.Errorf("%d bytes at %d: too much for a table", n, off)
	}
	buf := make([]byte, n)
	got, err := s.r.ReadAt(buf, s.base+off)
	if got == len(buf) {
		return buf, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return nil, err
}

// upTo reads at most n bytes at off, fewer at the end of the file.
func (s source) upTo(off, n int64) ([]byte, error) {
	if off < 0 || off > s.size {
		return nil, fmt.Errorf("offset %d: beyond the end", off)
	}
	return s.bytes(off, min(n, s.size-off))
}

// name reads a name that ends with a zero byte.
func (s source) name(off int64) (string, error) {
	const step = 128
	var out []byte
	for len(out) < maxName {
		piece, err := s.upTo(off+int64(len(out)), step)
		if err != nil {
			return "", err
		}
		if end := bytes.IndexByte(piece, 0); end >= 0 {
			return string(append(out, piece[:end]...)), nil
		}
		if len(piece) < step {
			break
		}
		out = append(out, piece...)
	}
	return "", fmt.Errorf("name at %d: has no end", off)
}
