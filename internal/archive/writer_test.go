package archive

import (
	stdzip "archive/zip"
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// golden is an archive with one of everything that a Writer writes.
func golden(t testing.TB) []byte {
	t.Helper()
	src := mustOpen(t, makeZip(
		entry{name: "stored", data: "hello"},
		entry{name: "packed", data: strings.Repeat("hello ", 100), method: 8, mode: 0o100775},
		entry{name: "streamed", data: strings.Repeat("world ", 100), method: 8, descriptor: true},
	))
	var out bytes.Buffer
	w := NewWriter(&out)
	check(t, w.Add("pkg/__init__.py", 0o600, []byte("import sys\n")))
	check(t, w.Add("pkg/empty", 0, nil))
	check(t, w.Add("bin/tool", 0o777, bytes.Repeat([]byte("#!python\nimport tool\n"), 50)))
	check(t, w.Add("pkg/ü.txt", 0o644, text(4096)))
	for i, m := range src.Members() {
		check(t, w.CopyRaw(src, m, "copy/"+m.Name, []fs.FileMode{0o644, 0o755, 0o600}[i]))
	}
	inner := []byte("not packed: not packed: not packed")
	check(t, w.Stored("dep/x.whl", int64(len(inner)), crc32.ChecksumIEEE(inner), bytes.NewReader(inner)))
	check(t, w.Close())
	return out.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// text is something that deflate has to work on, the same each time: one block
// over and over, each time turned a little.
func text(n int) []byte {
	b := slices.Grow([]byte(nil), n+len(block))
	for turn := 0; len(b) < n; turn += 977 {
		cut := turn % len(block)
		b = append(append(b, block[cut:]...), block[:cut]...)
	}
	return b[:n]
}

var block = func() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("def return import from class self for in if not None lambda yield pass")
	var b bytes.Buffer
	for b.Len() < 64<<10 {
		fmt.Fprintf(&b, "%s_%d ", words[r.IntN(len(words))], r.IntN(100))
	}
	return b.Bytes()
}()

// The bytes are a promise: the same lock gives the same package on every
// machine and with every Go release. A change here is a change of what every
// user's digest is, and needs to be told in CHANGELOG.md.
func TestGolden(t *testing.T) {
	const want = "f38129a841cb3df73d5355d93f7f165517e6781c8c748c62465907df40f1f70d"
	data := golden(t)
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the archive has %d bytes and SHA-256 %s, want %s", len(data), got, want)
	}
	if !bytes.Equal(data, golden(t)) {
		t.Error("the second archive differs from the first")
	}
}

func TestWriterAgainstStandardLibrary(t *testing.T) {
	data := golden(t)
	std, err := stdzip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	ours := mustOpen(t, data)
	if len(std.File) != len(ours.Members()) {
		t.Fatalf("%d members, archive/zip sees %d", len(ours.Members()), len(std.File))
	}
	modes := map[string]fs.FileMode{"bin/tool": 0o755, "copy/packed": 0o755}
	for i, f := range std.File {
		m := ours.Members()[i]
		if f.Name != m.Name || f.CRC32 != m.CRC32 || f.Method != m.Method || int64(f.UncompressedSize64) != m.Size {
			t.Errorf("%+v, archive/zip sees %+v", m, f.FileHeader)
		}
		want := fs.FileMode(0o644)
		if mode, ok := modes[f.Name]; ok {
			want = mode
		}
		if f.Mode() != want || m.Mode != want {
			t.Errorf("%s: mode %v and %v, want %v", f.Name, m.Mode, f.Mode(), want)
		}
		if f.Modified.Format("2006-01-02 15:04:05") != "1980-01-01 00:00:00" || len(f.Extra) > 0 || f.Flags&flagDescriptor != 0 {
			t.Errorf("%s: %v, extra %x, flags %x", f.Name, f.Modified, f.Extra, f.Flags)
		}
		if (f.Flags&flagUTF8 != 0) != (f.Name == "pkg/ü.txt") {
			t.Errorf("%s: flags %x", f.Name, f.Flags)
		}
		rc, err := f.Open()
		check(t, err)
		theirs, err := io.ReadAll(rc)
		check(t, err)
		mine, err := ours.ReadFile(f.Name)
		check(t, err)
		if !bytes.Equal(mine, theirs) {
			t.Errorf("%s: read %d bytes, archive/zip %d", f.Name, len(mine), len(theirs))
		}
	}
}

func TestCopyRawKeepsContent(t *testing.T) {
	big := text(700 << 10)
	var std bytes.Buffer
	sw := stdzip.NewWriter(&std) // writes data descriptors
	f, err := sw.Create("std")
	check(t, err)
	_, err = f.Write(big)
	check(t, err)
	check(t, sw.Close())
	for name, data := range map[string][]byte{
		"stored":            makeZip(entry{name: "std", data: string(big)}),
		"deflated":          makeZip(entry{name: "std", data: string(big), method: 8}),
		"descriptor":        makeZip(entry{name: "std", data: string(big), method: 8, descriptor: true}),
		"stored descriptor": makeZip(entry{name: "std", data: string(big), descriptor: true}),
		"standard library":  std.Bytes(),
		"zip64": makeZip(entry{name: "std", data: string(big), method: 8, extra: appendZip64(nil, int64(len(big)), int64(len(deflated(big)))),
			local:   both(put32(localSize, max32), put32(localCompressed, max32)),
			central: both(put32(centralSize, max32), put32(centralCompressed, max32))}),
		"empty": makeZip(entry{name: "std"}),
	} {
		src := mustOpen(t, data)
		m, _ := src.Member("std")
		var out bytes.Buffer
		w := NewWriter(&out)
		check(t, w.CopyRaw(src, m, "new/name", m.Mode))
		check(t, w.Close())
		dst := mustOpen(t, out.Bytes())
		want, err := src.ReadFile("std")
		check(t, err)
		got, err := dst.ReadFile("new/name")
		if err != nil || !bytes.Equal(got, want) || name != "empty" && !bytes.Equal(got, big) {
			t.Errorf("%s: %d bytes instead of %d, %v", name, len(got), len(want), err)
		}
		n, _ := dst.Member("new/name")
		if n.CompressedSize != m.CompressedSize || n.Method != m.Method {
			t.Errorf("%s: was packed again: %+v from %+v", name, n, m)
		}
	}
}

// helloBzip2 is "hello\n" as bzip2 packs it, which no package here can write.
var helloBzip2 = []byte("BZh91AY&SY\xc1\xc0\x80\xe2\x00\x00\x01A\x00\x00\x10\x02D\xa0\x000\xcd\x00\xc3F)\x97\x17rE8P\x90\xc1\xc0\x80\xe2")

func TestOtherMethods(t *testing.T) {
	if b, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(helloBzip2))); err != nil || string(b) != "hello\n" {
		t.Fatalf("%q, %v", b, err)
	}
	enc, err := zstd.NewWriter(nil)
	check(t, err)
	hello := "hello\n"
	for method, packed := range map[uint16][]byte{methodBzip2: helloBzip2, methodZstd: enc.EncodeAll([]byte(hello), nil)} {
		crc := crc32.ChecksumIEEE([]byte(hello))
		src := mustOpen(t, makeZip(entry{name: "a", method: method, data: string(packed),
			local: both(put32(localSize, 6), put32(localCRC, crc)), central: both(put32(centralSize, 6), put32(centralCRC, crc))}))
		var out bytes.Buffer
		w := NewWriter(&out)
		check(t, w.CopyRaw(src, src.Members()[0], "a", 0o644))
		check(t, w.Close())
		dst := mustOpen(t, out.Bytes())
		got, err := dst.ReadFile("a")
		if m := dst.Members()[0]; err != nil || string(got) != hello || m.Method > methodDeflate {
			t.Errorf("method %d: %q by method %d, %v", method, got, m.Method, err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	add := func(name string) error {
		w := NewWriter(io.Discard)
		check(t, w.Add("a", 0o644, nil))
		err := w.Add(name, 0o644, nil)
		if again := w.Close(); err != nil && again != err {
			t.Errorf("%s: closed with %v after %v", name, again, err)
		}
		return err
	}
	for _, name := range []string{"a", "", "../b", "b/", "nul"} {
		if add(name) == nil {
			t.Errorf("%q was written", name)
		}
	}
	for name, r := range map[string]string{"short": "abc", "long": "abcdef", "other": "abcdX"} {
		w := NewWriter(io.Discard)
		if err := w.Stored("x", 5, crc32.ChecksumIEEE([]byte("abcde")), strings.NewReader(r)); err == nil || !strings.Contains(err.Error(), "x: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := NewWriter(io.Discard)
	check(t, w.Close())
	if w.Add("a", 0o644, nil) == nil || w.Close() == nil {
		t.Error("a closed archive was written to")
	}
	src := makeZip(entry{name: "a", data: "hello"})
	r := mustOpen(t, src)
	r.src = bytes.NewReader(src[:33]) // the file was cut while it was open
	w = NewWriter(io.Discard)
	if err := w.CopyRaw(r, r.Members()[0], "a", 0o644); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut source: %v", err)
	}
}

// sparse is a file of zeros with some parts written.
type sparse struct {
	size  int64
	parts map[int64][]byte
}

func (s *sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(max(0, min(int64(len(p)), s.size-off)))
	clear(p[:n])
	for at, part := range s.parts {
		for i, c := range part {
			if j := at + int64(i) - off; j >= 0 && j < int64(n) {
				p[j] = c
			}
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write notes what a Writer writes; the test skips over the data.
type sparseWriter struct {
	*sparse
	w *Writer
}

func (s sparseWriter) Write(p []byte) (int, error) {
	s.parts[s.w.offset] = bytes.Clone(p)
	s.size = s.w.offset + int64(len(p))
	return len(p), nil
}

// largeZip has members of more than 4 GiB, and one whose offset alone is more.
func largeZip(t testing.TB) *sparse {
	t.Helper()
	file := &sparse{parts: map[int64][]byte{}}
	w := NewWriter(nil)
	w.w = sparseWriter{file, w}
	skip := func(m Member) {
		check(t, w.begin(m))
		w.offset += m.CompressedSize
	}
	skip(Member{Name: "large", Size: 5 << 30, CompressedSize: 5 << 30})
	skip(Member{Name: "limit", Size: max32, CompressedSize: max32})
	skip(Member{Name: "below", Size: max32 - 1, CompressedSize: max32 - 1})
	skip(Member{Name: "packed", Size: 6 << 30, CompressedSize: 4 << 20 * 8, Method: 8})
	check(t, w.Add("last", 0o644, []byte("hello")))
	check(t, w.Close())
	return file
}

func TestZip64Sizes(t *testing.T) {
	file := largeZip(t)
	r, err := NewReader(file, file.size, "large.zip", Limits{Bytes: 30 << 30})
	check(t, err)
	std, err := stdzip.NewReader(file, file.size)
	check(t, err)
	for i, f := range std.File {
		m := r.Members()[i]
		offset, err := f.DataOffset()
		check(t, err)
		if f.Name != m.Name || int64(f.UncompressedSize64) != m.Size || int64(f.CompressedSize64) != m.CompressedSize || offset != m.offset {
			t.Errorf("%+v, archive/zip sees %+v at %d", m, f.FileHeader, offset)
		}
	}
	if got, err := r.ReadFile("last"); string(got) != "hello" || err != nil {
		t.Errorf("last: %q, %v", got, err)
	}
	if _, err := NewReader(file, file.size, "large.zip", Limits{}); err == nil {
		t.Error("20 GiB are within the limits")
	}
}

func manyMembers(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	for i := range n {
		check(t, w.Add(fmt.Sprintf("%d/%d", i/1000, i), 0o644, nil))
	}
	check(t, w.Close())
	return out.Bytes()
}

func TestZip64Members(t *testing.T) {
	for _, n := range []int{max16 - 1, max16} {
		data := manyMembers(t, n)
		if r := mustOpen(t, data); len(r.Members()) != n {
			t.Errorf("%d members, want %d", len(r.Members()), n)
		}
		std, err := stdzip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil || len(std.File) != n {
			t.Errorf("archive/zip: %d members, want %d, %v", len(std.File), n, err)
		}
		has64 := bytes.Contains(data[len(data)-endLen-locator64Len:], []byte{'P', 'K', 6, 7})
		if has64 != (n >= max16) {
			t.Errorf("%d members: 64-bit record: %v", n, has64)
		}
	}
}

// Python reads the packages, so its zipfile has the last word.
func TestPythonReadsThem(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on PATH to read the archives with")
	}
	large := filepath.Join(t.TempDir(), "large.zip")
	writeSparse(t, large, largeZip(t))
	for name, path := range map[string]string{
		"golden": writeTemp(t, "golden.zip", golden(t)),
		"many":   writeTemp(t, "many.zip", manyMembers(t, max16)),
		"empty":  writeTemp(t, "empty.zip", manyMembers(t, 0)),
	} {
		if out, err := exec.Command(python, "-m", "zipfile", "-t", path).CombinedOutput(); err != nil || !strings.Contains(string(out), "Done testing") {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	const script = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(*["%s=%d" % (i.filename, i.file_size) for i in z.infolist()], z.read("last").decode())
`
	out, err := exec.Command(python, "-c", script, large).CombinedOutput()
	const want = "large=5368709120 limit=4294967295 below=4294967294 packed=6442450944 last=5 hello"
	if err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v: %s\nwant %s", err, out, want)
	}
}

func writeSparse(t *testing.T, path string, s *sparse) {
	t.Helper()
	f, err := os.Create(path)
	check(t, err)
	for at, part := range s.parts {
		_, err := f.WriteAt(part, at)
		check(t, err)
	}
	check(t, f.Close())
}

func TestWriterReportsFullDisk(t *testing.T) {
	whole := int64(len(golden(t)))
	src := mustOpen(t, makeZip(entry{name: "a", data: string(text(1000))}))
	for left := int64(0); left < whole; left += 97 {
		w := NewWriter(&fullDisk{left: left})
		err := errors.Join(w.CopyRaw(src, src.Members()[0], "a", 0o644), w.Stored("b", 5, crc32.ChecksumIEEE([]byte("hello")), strings.NewReader("hello")), w.Close())
		if left < 1000 && !errors.Is(err, errFull) {
			t.Errorf("disk full after %d bytes: %v", left, err)
		}
	}
}

var errFull = errors.New("no space left on device")

// fullDisk takes so many bytes and no more.
type fullDisk struct {
	left  int64
	short bool // reports no error, as no writer should
}

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(int64(len(p)), d.left)
	d.left -= n
	if n < int64(len(p)) && !d.short {
		return int(n), errFull
	}
	return int(n), nil
}
