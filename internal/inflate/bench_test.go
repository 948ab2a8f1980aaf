package inflate

import (
	stdzip "archive/zip"
	"bytes"
	stdflate "compress/flate"
	"io"
	"os"
	"testing"

	"github.com/klauspost/compress/flate"
)

func benchStreams(b *testing.B) (streams [][]byte, size int64) {
	z, err := stdzip.OpenReader(os.Getenv("AXLE_BENCH_WHEEL"))
	if err != nil {
		b.Skip(err)
	}
	for _, f := range z.File {
		r, _ := f.OpenRaw()
		data, _ := io.ReadAll(r)
		if f.Method == 8 {
			streams = append(streams, data)
			size += int64(f.UncompressedSize64)
		}
	}
	return streams, size
}

func BenchmarkDecoder(b *testing.B) {
	streams, size := benchStreams(b)
	b.SetBytes(size)
	d := new(Decoder)
	for b.Loop() {
		var n int64
		for _, s := range streams {
			d.Reset(bytes.NewReader(s))
			for {
				p, err := d.Next()
				n += int64(len(p))
				if err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		if n != size {
			b.Fatal(n, size)
		}
	}
}

func BenchmarkKlauspost(b *testing.B) {
	streams, size := benchStreams(b)
	b.SetBytes(size)
	d := flate.NewReader(nil)
	for b.Loop() {
		for _, s := range streams {
			d.(flate.Resetter).Reset(bytes.NewReader(s), nil)
			if _, err := io.Copy(io.Discard, d); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkStandard(b *testing.B) {
	streams, size := benchStreams(b)
	b.SetBytes(size)
	d := stdflate.NewReader(nil)
	for b.Loop() {
		for _, s := range streams {
			d.(stdflate.Resetter).Reset(bytes.NewReader(s), nil)
			if _, err := io.Copy(io.Discard, d); err != nil {
				b.Fatal(err)
			}
		}
	}
}
