package archive

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/axlepack/axle/internal/native"
)

// Native reads what a member says of itself where it is machine code; ok is
// false for all other files. An error with ok is a broken one, which no system
// would load, and one without a member that cannot be read.
func (r *Reader) Native(m Member) (facts native.Facts, ok bool, err error) {
	if m.Size < native.MagicSize {
		return facts, false, nil
	}
	in, err := r.Open(m.Name)
	if err != nil {
		return facts, false, err
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, min(m.Size, native.HeadSize))
	if _, err := io.ReadFull(in, head); err != nil {
		return facts, false, err
	}
	if !native.Magic(head) {
		return facts, false, nil
	}
	at, done, err := Spool(m.Size, io.MultiReader(bytes.NewReader(head), in))
	if err != nil {
		return facts, false, err
	}
	defer done()
	return native.Inspect(m.Name, at, m.Size)
}

// spooled is up to which size [Spool] keeps a stream in memory.
const spooled = 32 << 20

// Spool makes a stream of this size readable at any place, in memory or, where
// it is large, in a temporary file that goes with done.
func Spool(size int64, r io.Reader) (at io.ReaderAt, done func(), err error) {
	if size <= spooled {
		data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
		_, err := data.ReadFrom(r)
		return bytes.NewReader(data.Bytes()), func() {}, err
	}
	f, err := os.CreateTemp("", "axle-*")
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }
	if _, err := io.Copy(f, r); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}
