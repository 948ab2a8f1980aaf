package inflate

import (
	"archive/zip"
	"bytes"
	stdflate "compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
)

// most is how much of a stream the tests look at: a small one may be a bomb.
const most = 4 << 20

// standard is what compress/flate, the oracle, makes of a stream.
func standard(stream []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(stdflate.NewReader(bytes.NewReader(stream)), most))
}

// parts reads a stream with Next.
func parts(d *Decoder, src io.Reader) (data []byte, err error) {
	d.Reset(src)
	for len(data) < most {
		p, err := d.Next()
		data = append(data, p...)
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
	return data[:most], nil
}

// steps reads a stream with Read, and a part now and then with Next where mixed
// is set.
func steps(d *Decoder, src io.Reader, mixed bool) (data []byte, err error) {
	d.Reset(src)
	buf := make([]byte, 5000)
	for n := 0; len(data) < most; n++ {
		var p []byte
		if mixed && n%3 == 2 {
			p, err = d.Next()
		} else {
			var got int
			got, err = d.Read(buf[:1+n*n%len(buf)])
			p = buf[:got]
		}
		data = append(data, p...)
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
	return data[:most], nil
}

// same holds d against the oracle.
func same(t *testing.T, d *Decoder, what string, stream []byte) {
	t.Helper()
	want, werr := standard(stream)
	for how, read := range map[string]func(*Decoder, io.Reader) ([]byte, error){
		"Next": parts,
		"Read": func(d *Decoder, src io.Reader) ([]byte, error) { return steps(d, src, false) },
		"both": func(d *Decoder, src io.Reader) ([]byte, error) { return steps(d, src, true) },
	} {
		got, err := read(d, bytes.NewReader(stream))
		if (err == nil) != (werr == nil) {
			t.Fatalf("%s: %s: %v, and compress/flate: %v", what, how, err, werr)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%s: %s: %d bytes, and compress/flate has %d others", what, how, len(got), len(want))
		}
		if err != nil && !bytes.HasPrefix(got, want) && !bytes.HasPrefix(want, got) {
			t.Fatalf("%s: %s: before the error come other bytes", what, how)
		}
	}
}

// samples are data of many kinds.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 350_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	words := make([]byte, 0, 900_000)
	for len(words) < 900_000 {
		n := 1 + r.IntN(40)
		at := r.IntN(5000)
		words = append(words, noise[at:at+n]...)
	}
	skewed := make([]byte, 300_000)
	for i := range skewed {
		skewed[i] = byte(1) << min(7, int(r.ExpFloat64()*2))
	}
	far := append(append(noise[:32768:32768], noise[:32768]...), noise[:32768]...)
	list := map[string][]byte{
		"nothing": nil, "one": {7}, "noise": noise, "words": words, "skewed": skewed, "far": far,
		"zeros": make([]byte, 800_000), "text": []byte(strings.Repeat("import os\nprint(os.name)\n", 15_000)),
	}
	for period := 2; period < 20; period += 3 {
		list["period"+string(rune('a'+period))] = bytes.Repeat(noise[:period], 40_000/period)
	}
	for _, size := range []int{window - 1, window, window + 1, part, part + window, part + window + 1, 2*part + window} {
		list["size"+string(rune('a'+size%26))] = words[:min(size, len(words))]
	}
	return list
}

// packed are streams of samples, by several writers and levels.
func packed(t testing.TB, data []byte) (streams [][]byte) {
	t.Helper()
	write := func(w io.WriteCloser, err error, out *bytes.Buffer) {
		if err == nil {
			_, err = w.Write(data)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		streams = append(streams, out.Bytes())
	}
	for _, level := range []int{-2, 0, 1, 9} {
		out := new(bytes.Buffer)
		w, err := stdflate.NewWriter(out, level)
		write(w, err, out)
	}
	for _, level := range []int{1, 6} {
		out := new(bytes.Buffer)
		w, err := flate.NewWriter(out, level)
		write(w, err, out)
	}
	return streams
}

func TestSamples(t *testing.T) {
	d := new(Decoder)
	for name, data := range samples() {
		for i, stream := range packed(t, data) {
			got, err := parts(d, bytes.NewReader(stream))
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("%s, %d: %d bytes and %v", name, i, len(got), err)
			}
		}
	}
}

func TestSources(t *testing.T) {
	d := new(Decoder)
	data := samples()["words"][:200_000]
	for i, stream := range packed(t, data) {
		for _, src := range []io.Reader{
			iotest.OneByteReader(bytes.NewReader(stream)), iotest.DataErrReader(bytes.NewReader(stream)),
			iotest.HalfReader(bytes.NewReader(append(stream[:len(stream):len(stream)], "what follows"...))),
		} {
			if got, err := parts(d, src); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d: %d bytes and %v", i, len(got), err)
			}
		}
		d.Reset(bytes.NewReader(stream))
		if err := iotest.TestReader(d, data); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	d.Reset(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(packed(t, data)[3]))))
	if _, err := io.ReadAll(d); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("the error of the source: %v", err)
	}
	if _, err := d.Next(); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("and again: %v", err)
	}
}

// A stream that is cut off anywhere is one that ends too early.
func TestCut(t *testing.T) {
	d := new(Decoder)
	data := samples()["words"][:3000]
	for i, stream := range packed(t, data) {
		for n := range len(stream) {
			if _, err := parts(d, bytes.NewReader(stream[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%d, %d bytes of %d: %v", i, n, len(stream), err)
			}
		}
	}
}

// Damage is found, or makes other data, as it does with the oracle.
func TestDamaged(t *testing.T) {
	d := new(Decoder)
	r := rand.New(rand.NewPCG(3, 4))
	data := samples()["words"][:20_000]
	for i, stream := range packed(t, data) {
		for range 150 {
			bad := bytes.Clone(stream)
			for range 1 + r.IntN(3) {
				at := r.IntN(min(len(bad), 1<<(1+r.IntN(14))))
				bad[at] ^= 1 << r.IntN(8)
			}
			same(t, d, "stream "+string(rune('0'+i)), bad)
		}
	}
}

func TestCorruptError(t *testing.T) {
	d := new(Decoder)
	_, err := parts(d, bytes.NewReader([]byte{0x07}))
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) || !strings.Contains(err.Error(), "deflate: a block of an unknown kind, near offset") {
		t.Error(err)
	}
}

// bitWriter writes streams that no packer makes.
type bitWriter struct {
	out  []byte
	bits uint64
	n    uint
}

func (w *bitWriter) put(v uint64, n uint) {
	w.bits |= v << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

func (w *bitWriter) bytes() []byte { return append(w.out, byte(w.bits)) }

// randomLengths are lengths of codes for n symbols: a whole set mostly, made by
// dividing codes at random.
func randomLengths(r *rand.Rand, n, longest int) []uint8 {
	lengths := make([]uint8, n)
	kind := r.IntN(12)
	switch {
	case kind == 0:
		return lengths
	case kind == 1 || n == 1:
		lengths[r.IntN(n)] = 1
		return lengths
	case kind == 2:
		for i := range lengths {
			lengths[i] = uint8(r.IntN(longest + 1))
		}
		return lengths
	}
	leaves := []uint8{0}
	for want := 2 + r.IntN(n-1); len(leaves) < want; {
		i := r.IntN(len(leaves))
		if r.IntN(3) == 0 {
			i = len(leaves) - 1 // a deep one
		}
		if int(leaves[i]) == longest {
			if i = 0; int(leaves[i]) == longest {
				break
			}
		}
		leaves[i]++
		leaves = append(leaves, leaves[i])
	}
	for i, to := range r.Perm(n)[:len(leaves)] {
		lengths[to] = leaves[i]
	}
	return lengths
}

// dynamic writes the header of a block with any codes, plainly.
func (w *bitWriter) dynamic(lits, dists []uint8) {
	w.put(2, 2)
	w.put(uint64(len(lits)-257), 5)
	w.put(uint64(len(dists)-1), 5)
	w.put(15, 4)
	for _, symbol := range order { // 0 to 15 have codes of four bits
		if symbol < 16 {
			w.put(4, 3)
		} else {
			w.put(0, 3)
		}
	}
	for _, n := range append(lits[:len(lits):len(lits)], dists...) {
		reversed := n&1<<3 | n&2<<1 | n&4>>1 | n&8>>3
		w.put(uint64(reversed), 4)
	}
}

// Any sets of codes, with random bits behind them, are read as the oracle does.
func TestCodes(t *testing.T) {
	d := new(Decoder)
	r := rand.New(rand.NewPCG(5, 6))
	for range 4000 {
		w := new(bitWriter)
		for range 1 + r.IntN(3) {
			w.put(uint64(r.IntN(2)), 1)
			w.dynamic(randomLengths(r, 257+r.IntN(30), maxCode), randomLengths(r, 1+r.IntN(30), maxCode))
			for range r.IntN(60) {
				w.put(uint64(r.Uint32()), 32)
			}
		}
		same(t, d, "random codes", w.bytes())
	}
}

// The tables never grow over their places, whatever the codes are.
func TestTables(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var table [litEnough]entry
	for range 5_000 {
		build(table[:], litBits, randomLengths(r, 286, maxCode), litEntry)
		build(table[:distEnough], distBits, randomLengths(r, 30, maxCode), distEntry)
		build(table[:1<<lenBits], lenBits, randomLengths(r, lenCodes, 7), lenEntry)
	}
}

func FuzzDecoder(f *testing.F) {
	for _, data := range []string{"", "hello, hello, hello", strings.Repeat("x", 1000)} {
		for _, stream := range packed(f, []byte(data)) {
			f.Add(stream)
		}
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		w := new(bitWriter)
		w.put(1, 1)
		w.dynamic(randomLengths(r, 280, maxCode), randomLengths(r, 20, maxCode))
		w.put(uint64(r.Uint32()), 32)
		f.Add(w.bytes())
	}
	d := new(Decoder)
	f.Fuzz(func(t *testing.T, stream []byte) { same(t, d, "fuzz", stream) })
}

// FuzzRoundTrip packs whatever comes and reads it back.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("abcabcabc"), uint8(6), uint16(3))
	f.Add([]byte{0, 0, 0, 1}, uint8(9), uint16(60_000))
	d := new(Decoder)
	f.Fuzz(func(t *testing.T, data []byte, level uint8, times uint16) {
		if len(data) > 0 {
			data = bytes.Repeat(data, 1+min(int(times), 600_000/len(data)))
		}
		var out bytes.Buffer
		w, err := stdflate.NewWriter(&out, int(level%10))
		if err == nil {
			_, err = w.Write(data)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if got, err := parts(d, &out); err != nil || !bytes.Equal(got, data) && len(data) <= most {
			t.Fatalf("%d bytes of %d: %v", len(got), len(data), err)
		}
	})
}

// Wheels and zips of the machine, where AXLE_ZIPS names a folder of them.
func TestReal(t *testing.T) {
	dir := os.Getenv("AXLE_ZIPS")
	if dir == "" {
		t.Skip("AXLE_ZIPS names no folder of zips")
	}
	d := new(Decoder)
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".whl" || ext == ".zip") {
			compareZip(t, d, path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func compareZip(t *testing.T, d *Decoder, path string) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return // no zip, or a nasty one
	}
	defer z.Close()
	for _, f := range z.File {
		if f.Method != zip.Deflate {
			continue
		}
		r, err := f.OpenRaw()
		if err != nil {
			continue
		}
		stream, err := io.ReadAll(r)
		if err != nil {
			continue
		}
		same(t, d, path+"!"+f.Name, stream)
	}
}
