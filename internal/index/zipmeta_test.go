package index

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/wheel"
)

func demoName(t testing.TB) wheel.Filename {
	t.Helper()
	name, err := wheel.ParseFilename("demo-1.0-py3-none-any.whl")
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func zipWith(t testing.TB, change func(*zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	change(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func add(z *zip.Writer, h *zip.FileHeader, text string) {
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err != nil {
		panic(err)
	}
}

const demoMetadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"

func TestReadWheelMetadata(t *testing.T) {
	at := "demo-1.0.dist-info/METADATA"
	text := demoMetadata + strings.Repeat("Classifier: x\n", 1000)
	for name, data := range map[string][]byte{
		"stored":   zipWith(t, func(z *zip.Writer) { add(z, &zip.FileHeader{Name: at}, text) }),
		"deflated": zipWith(t, func(z *zip.Writer) { add(z, &zip.FileHeader{Name: at, Method: zip.Deflate}, text) }),
		"comment": zipWith(t, func(z *zip.Writer) {
			add(z, &zip.FileHeader{Name: at}, text)
			if err := z.SetComment(strings.Repeat("PK\x05\x06", 100)); err != nil {
				t.Fatal(err)
			}
		}),
		"extra": zipWith(t, func(z *zip.Writer) {
			add(z, &zip.FileHeader{Name: at, Extra: append([]byte{0xff, 0xff, 0x10, 0x27}, make([]byte, 10_000)...)}, text)
		}),
		"zip64": zipWith(t, func(z *zip.Writer) {
			for i := range 70_000 { // more members than 16 bits count
				add(z, &zip.FileHeader{Name: fmt.Sprint("demo/", i)}, "")
			}
			add(z, &zip.FileHeader{Name: at}, text)
		}),
		"something before it": append(bytes.Repeat([]byte("#!/bin/sh\n"), 100), zipWith(t, func(z *zip.Writer) { add(z, &zip.FileHeader{Name: at, Method: zip.Deflate}, text) })...),
	} {
		got, err := readWheelMetadata(fileSpan(bytes.NewReader(data)), int64(len(data)), demoName(t))
		if err != nil || string(got) != text {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// A member that says it is small and is not, is refused and not read on.
func TestMetadataBomb(t *testing.T) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<24)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, claimed := range []uint64{10, 1 << 40} {
		data := zipWith(t, func(z *zip.Writer) {
			raw, err := z.CreateRaw(&zip.FileHeader{Name: "demo-1.0.dist-info/METADATA", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: claimed})
			if err == nil {
				_, err = raw.Write(packed.Bytes())
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		if got, err := readWheelMetadata(fileSpan(bytes.NewReader(data)), int64(len(data)), demoName(t)); err == nil {
			t.Errorf("claimed %d: %d bytes", claimed, len(got))
		}
	}
}

// Whatever the bytes, no panic and no read outside of the file.
func FuzzReadWheelMetadata(f *testing.F) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		f.Add(zipWith(f, func(z *zip.Writer) {
			add(z, &zip.FileHeader{Name: "demo-1.0.dist-info/METADATA", Method: method}, demoMetadata)
			add(z, &zip.FileHeader{Name: "demo-1.0.dist-info/WHEEL"}, "Wheel-Version: 1.0\n")
		}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(from, to int64) ([]byte, error) {
			if from < 0 || to > int64(len(data)) || from > to {
				t.Fatalf("read [%d, %d) of %d bytes", from, to, len(data))
			}
			return data[from:to], nil
		}
		_, _ = readWheelMetadata(read, int64(len(data)), demoName(t))
	})
}
