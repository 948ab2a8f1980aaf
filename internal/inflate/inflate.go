// Package inflate reads deflate streams (RFC 1951) at twice the speed of a
// reader that hands out byte by byte what a caller asks for: it decodes into a
// buffer of its own and lends the caller that, part by part, so that what is
// hashed and written need not be copied first.
//
// It takes exactly the streams that compress/flate takes: incomplete sets of
// codes are refused but for a single code of one bit, and what follows the last
// block is not looked at. A stream is not trusted: whatever its bytes are,
// reading ends, with no more than the buffers of the [Decoder] in memory (some
// 360 KiB).
package inflate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	window = 32 << 10  // how far back a match may reach
	part   = 256 << 10 // how much is decoded before it is handed out
	// slack is how far a match that begins before the end of a part reaches
	// behind it, copied in whole words.
	slack = maxMatch + 5*8

	input = 64 << 10 // how much is read at once
	// firstStep is how much of the input the first Read decodes; each further one
	// twice as much. Who reads the beginning of a library waits for no more.
	firstStep = 2 << 10
	// padding is behind the last byte of input: zeros, so that the inner loop
	// may read whole words and need not ask for each code whether it is whole.
	padding = 64

	// wordsInRound are the bytes that one round of the inner loop may look at.
	wordsInRound = 16

	maxMatch = 258
)

var le = binary.LittleEndian

// CorruptError tells that bytes are no deflate stream.
type CorruptError struct {
	// Offset is near the place in the stream, in bytes.
	Offset int64
	what   string
}

// Error names the place and what is wrong there.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("deflate: %s, near offset %d", e.what, e.Offset)
}

// state is what comes next in a stream.
type state uint8

const (
	header  state = iota // of a block
	stored               // bytes of a block that is not compressed
	coded                // codes of a block
	trailed              // nothing
)

// Decoder reads one stream after the other, see [Decoder.Reset]. It serves one
// goroutine.
type Decoder struct {
	src   io.Reader
	state state
	last  bool // this block is the last one
	whole bool // src has no more
	fixed bool // the tables are those of the standard
	err   error

	bits  uint64 // those below count are next; what is above them is in in[at:] too
	count uint
	at    int   // of the next byte in in
	end   int   // of the bytes in in
	read  int64 // bytes of the stream before in

	step   int // bytes of the input to decode at once
	from   int // of what was not handed out yet
	to     int // of what is decoded
	length int // bytes left in a stored block

	lits  [litEnough]entry
	dists [distEnough]entry
	in    [input + padding]byte
	out   [window + part + slack]byte
}

// Reset makes d read another stream.
func (d *Decoder) Reset(src io.Reader) {
	d.src, d.err = src, nil
	d.state, d.last, d.whole, d.fixed = header, false, false, false
	d.bits, d.count, d.at, d.end, d.read = 0, 0, 0, 0, 0
	d.from, d.to, d.length, d.step = 0, 0, 0, firstStep
}

// Next returns the next part of the data, which is valid until the next call,
// and io.EOF behind the last one. A part is only short where the stream ends.
func (d *Decoder) Next() ([]byte, error) {
	if d.from == d.to && d.err == nil {
		d.step = input
		d.err = d.decode()
	}
	if d.from == d.to {
		return nil, d.err
	}
	data := d.out[d.from:d.to]
	d.from = d.to
	return data, nil
}

// Read implements io.Reader.
func (d *Decoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if d.from == d.to && d.err == nil {
		d.err = d.decode()
		d.step = min(2*d.step, input)
	}
	n := copy(p, d.out[d.from:d.to])
	if d.from += n; n == 0 {
		return 0, d.err
	}
	return n, nil
}

// decode fills the buffer, up to the end of the stream or an error, or with what
// one step gives.
func (d *Decoder) decode() error {
	if d.to >= window+part {
		copy(d.out[:window], d.out[d.to-window:d.to])
		d.from, d.to = window, window
	}
	for d.to < window+part {
		var err error
		switch d.state {
		case header:
			err = d.block()
		case stored:
			err = d.store()
		case coded:
			err = d.codes()
		case trailed:
			return io.EOF
		}
		if err != nil {
			return err
		}
		if d.step < input && d.to > d.from {
			return nil
		}
	}
	return nil
}

// corrupt is the error for what was read, which may be zeros behind the end.
func (d *Decoder) corrupt(what string) error {
	if d.overrun() {
		return io.ErrUnexpectedEOF
	}
	return &CorruptError{d.read + int64(d.at) - int64(d.count/8), what}
}

// fill reads more of the stream. Whole bytes that are in d.bits go back.
func (d *Decoder) fill() error {
	d.at -= int(d.count / 8)
	d.count &= 7
	d.bits &= 1<<d.count - 1
	d.read += int64(d.at)
	d.end = copy(d.in[:], d.in[d.at:d.end])
	d.at = 0
	n, err := io.ReadFull(d.src, d.in[d.end:input])
	d.end += n
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		d.whole = true
		clear(d.in[d.end : d.end+padding])
		return nil
	}
	return err
}

// overrun tells that more bits were used than there are.
func (d *Decoder) overrun() bool { return d.at-int(d.count/8) > d.end }

// need makes at least 56 bits available, zeros behind the end.
func (d *Decoder) need() error {
	if d.at+8 > d.end && !d.whole {
		if err := d.fill(); err != nil {
			return err
		}
	}
	if d.overrun() {
		return io.ErrUnexpectedEOF
	}
	d.bits |= le.Uint64(d.in[d.at:d.at+8]) << (d.count & 63)
	d.at += int(63-d.count) >> 3
	d.count |= 56
	return nil
}

// take returns the next n bits of those that need made available.
func (d *Decoder) take(n uint) uint {
	v := uint(d.bits) & (1<<n - 1)
	d.bits >>= n
	d.count -= n
	return v
}

// block reads the header of a block.
func (d *Decoder) block() error {
	if d.last {
		d.state = trailed
		return nil
	}
	if err := d.need(); err != nil {
		return err
	}
	d.last = d.take(1) == 1
	var err error
	switch d.take(2) {
	case 0:
		err = d.storedHeader()
	case 1:
		if !d.fixed {
			d.fixed = true
			fixedTables(d.lits[:], d.dists[:])
		}
		d.state = coded
	case 2:
		d.fixed = false
		d.state = coded
		err = d.dynamicHeader()
	default:
		err = d.corrupt("a block of an unknown kind")
	}
	if err == nil && d.overrun() {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// storedHeader reads the length of a block that is not compressed, which begins
// with a whole byte.
func (d *Decoder) storedHeader() error {
	d.take(d.count & 7) // of the 56 bits at least 46 are left
	size, inverse := d.take(16), d.take(16)
	if d.overrun() {
		return io.ErrUnexpectedEOF
	}
	if size != inverse^0xffff {
		return d.corrupt("the length of a stored block is damaged")
	}
	d.at -= int(d.count / 8) // whole bytes are read from in
	d.bits, d.count = 0, 0
	d.length, d.state = int(size), stored
	return nil
}

// store copies bytes of a block that is not compressed.
func (d *Decoder) store() error {
	for d.length > 0 && d.to < window+part {
		if d.at >= d.end {
			if d.whole {
				return io.ErrUnexpectedEOF
			}
			if err := d.fill(); err != nil {
				return err
			}
			continue
		}
		most := min(d.length, d.end-d.at)
		n := copy(d.out[d.to:window+part], d.in[d.at:d.at+most])
		d.at, d.to, d.length = d.at+n, d.to+n, d.length-n
	}
	if d.length == 0 {
		d.state = header
	}
	return nil
}

// codes decodes codes of a block until the buffer is full, the block ends, or a
// step is done.
func (d *Decoder) codes() error {
	for d.state == coded && d.to < window+part {
		if d.at+wordsInRound > d.end && !d.whole {
			if err := d.fill(); err != nil {
				return err
			}
		}
		if d.overrun() {
			return io.ErrUnexpectedEOF
		}
		if reason := d.run(); reason != "" {
			return d.corrupt(reason)
		}
		if d.step < input {
			break
		}
	}
	if d.overrun() {
		return io.ErrUnexpectedEOF
	}
	return nil
}
