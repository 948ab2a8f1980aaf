package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/axlepack/axle/internal/wheel"
)

// benchWheel is like a large wheel: AXLE_BENCH_WHEEL where it is set, else 100
// MB of shared objects, which hardly pack, and many small modules.
func benchWheel(b *testing.B) string {
	if path := os.Getenv("AXLE_BENCH_WHEEL"); path != "" {
		return path
	}
	path := filepath.Join(b.TempDir(), "bench.whl")
	check(b, WriteFile(path, func(w io.Writer) error {
		zw := NewWriter(w)
		block := make([]byte, 10<<20)
		for i := range 10 {
			seed := sha256.Sum256([]byte{byte(i)})
			for at := 0; at < len(block); at += len(seed) {
				seed = sha256.Sum256(seed[:])
				copy(block[at:], seed[:])
			}
			check(b, zw.Add(fmt.Sprintf("demo/lib%d.so", i), 0o755, block))
		}
		for i := range 1000 {
			check(b, zw.Add(fmt.Sprintf("demo/pkg%d/m%d.py", i/20, i), 0o644, text(3000)))
		}
		return zw.Close()
	}))
	return path
}

func openBench(b *testing.B, path string) *Reader {
	r, err := OpenReader(path, Limits{})
	check(b, err)
	b.Cleanup(func() { _ = r.Close() })
	return r
}

func BenchmarkOpenReader(b *testing.B) {
	path := benchWheel(b)
	for b.Loop() {
		r, err := OpenReader(path, Limits{})
		check(b, err)
		check(b, r.Close())
	}
}

func copyAll(w io.Writer, r *Reader) error {
	zw := NewWriter(w)
	for _, m := range r.Members() {
		if err := zw.CopyRaw(r, m, m.Name, m.Mode); err != nil {
			return err
		}
	}
	return zw.Close()
}

func BenchmarkCopyRaw(b *testing.B) {
	r := openBench(b, benchWheel(b))
	out := filepath.Join(b.TempDir(), "out.whl")
	b.SetBytes(r.Size())
	for b.Loop() {
		check(b, WriteFile(out, func(w io.Writer) error { return copyAll(w, r) }))
	}
}

func BenchmarkCopyRawHashed(b *testing.B) {
	r := openBench(b, benchWheel(b))
	out := filepath.Join(b.TempDir(), "out.whl")
	b.SetBytes(r.Size())
	for b.Loop() {
		_, err := WriteHashed(out, func(w io.Writer) error { return copyAll(w, r) })
		check(b, err)
	}
}

func BenchmarkStoredFile(b *testing.B) {
	path := benchWheel(b)
	data, err := os.ReadFile(path)
	check(b, err)
	sums, err := WriteHashed(filepath.Join(b.TempDir(), "x"), func(w io.Writer) error { _, err := w.Write(data); return err })
	check(b, err)
	out := filepath.Join(b.TempDir(), "out.zip")
	b.SetBytes(sums.Size)
	for b.Loop() {
		_, err := WriteHashed(out, func(w io.Writer) error {
			zw := NewWriter(w)
			if err := zw.StoredFile("dep/x.whl", path, sums); err != nil {
				return err
			}
			return zw.Close()
		})
		check(b, err)
	}
}

func BenchmarkExtract(b *testing.B) {
	r := openBench(b, benchWheel(b))
	record := map[string]wheel.RecordEntry{}
	var size int64
	for _, m := range r.Members() {
		data, err := r.ReadFile(m.Name)
		check(b, err)
		record[m.Name] = wheel.RecordEntry{Path: m.Name, Hash: wheel.SHA256(sha256.Sum256(data)), Size: m.Size}
		size += m.Size
	}
	b.SetBytes(size)
	dir := b.TempDir()
	n := 0
	for b.Loop() {
		n++
		target := filepath.Join(dir, fmt.Sprint(n))
		check(b, os.Mkdir(target, 0o755))
		check(b, Extract(context.Background(), r, target, ExtractOptions{Verify: record}))
		b.StopTimer()
		check(b, os.RemoveAll(target))
		b.StartTimer()
	}
}

func BenchmarkReadFile(b *testing.B) {
	r := openBench(b, benchWheel(b))
	var size int64
	for _, m := range r.Members() {
		size += m.Size
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, m := range r.Members() {
			if _, err := r.ReadFile(m.Name); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	data := text(1 << 20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w := NewWriter(&bytes.Buffer{})
		check(b, w.Add("a", 0o644, data))
	}
}
