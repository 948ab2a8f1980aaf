package archive

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{
		"a", "a/b.py", "pkg-1.0.dist-info/RECORD", "a b", "é/ü.py", "...a", ".hidden", "a..b", "auxiliary.py",
		"com.py", "com10.txt", "console", "x/nul_", "lpt", "COM/x", "NULL",
	} {
		if reason := CheckName(name); reason != "" {
			t.Errorf("%q is refused: %s", name, reason)
		}
	}
	for _, name := range []string{
		"", "/", "/etc/passwd", "..", "../a", "a/../b", "a/..", "./a", "a/.", "a//b", "a/", `a\b`, `..\a`, `\\host\share`,
		"C:/a", "c:a", "a:stream", "a\x00b", "a\nb", "a\x1b[0m", "a\u0085b", "\xff", "CON", "con.txt", "a/NUL", "nul.tar.gz", "Aux.py", "a/prn/b",
		"COM1", "com9.x", "LPT1.txt", "com¹", "LPT².x", "conin$", "CONOUT$", "con .txt", "a.", "a ", "a./b", "b /c", "...",
		strings.Repeat("a", 5000),
	} {
		if CheckName(name) == "" {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestFoldName(t *testing.T) {
	for _, same := range [][2]string{
		{"A/b.PY", "a/B.py"}, {"\u00e9", "e\u0301"}, {"\u00c9", "e\u0301"}, {"stra\u017fe", "strase"}, {"\u212a", "k"}, {"\u2126", "\u03c9"}, {"Å", "\u212b"},
	} {
		if FoldName(same[0]) != FoldName(same[1]) {
			t.Errorf("%q and %q are told apart", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"a", "b"}, {"e", "é"}, {"a/b", "a_b"}} {
		if FoldName(other[0]) == FoldName(other[1]) {
			t.Errorf("%q and %q are taken for one", other[0], other[1])
		}
	}
}

func zero() *int { return new(int) }

// nasty are archives of which each has something wrong, and the words that say
// so.
var nasty = []struct {
	name    string
	entries []entry
	want    []string
}{
	{"parent", []entry{{name: "../a"}}, []string{"test.zip: ../a: the path leaves its folder"}},
	{"absolute", []entry{{name: "/a"}}, []string{"/a: the path is absolute"}},
	{"drive", []entry{{name: "C:/a"}}, []string{"C:/a: the name has a colon"}},
	{"UNC", []entry{{name: `\\host\share\a`}}, []string{`"\\\\host\\share\\a": the name has a backslash`}},
	{"NUL byte", []entry{{name: "a\x00.py"}}, []string{`"a\x00.py": the name has a control character`}},
	{"empty", []entry{{name: ""}}, []string{"the name is empty"}},
	{"slash", []entry{{name: "/"}}, []string{"the name is empty"}},
	{"device", []entry{{name: "a/aux.py"}}, []string{"a/aux.py: the name is that of a device"}},
	{"folder with a bad name", []entry{{name: "a/../"}}, []string{"the path leaves its folder"}},
	{"several at once", []entry{{name: "../a"}, {name: "ok"}, {name: "nul"}, {name: "b."}},
		[]string{"../a: the path leaves", "nul: the name is that of a device", "b.: a part of the path ends"}},
	{"twice", []entry{{name: "a"}, {name: "a"}}, []string{"a: it comes twice"}},
	{"case", []entry{{name: "d/A"}, {name: "d/a"}}, []string{"d/a: its name differs from d/A in case"}},
	{"Unicode form", []entry{{name: "\u00e9"}, {name: "e\u0301"}}, []string{"in case or Unicode form only"}},
	{"file and folder", []entry{{name: "a"}, {name: "a/b"}}, []string{"a: it is a file, and a folder in a/b"}},
	{"folder and file", []entry{{name: "x/a/b/c"}, {name: "x/a"}}, []string{"x/a: it is a file, and a folder in x/a/b/c"}},
	{"file and folder entry", []entry{{name: "a/"}, {name: "A"}}, []string{"A: it is a file, and a folder in a"}},
	{"symbolic link", []entry{{name: "a", data: "/etc/passwd", mode: 0o120777}}, []string{"a: it is a symbolic link"}},
	{"fifo", []entry{{name: "a", mode: 0o010644}}, []string{"a: it is neither a file nor a folder"}},
	{"device file", []entry{{name: "a", mode: 0o020644}}, []string{"a: it is neither"}},
	{"folder by mode only", []entry{{name: "a", mode: 0o040755}}, []string{"a: its mode and its name disagree"}},
	{"folder by name only", []entry{{name: "a/", mode: 0o100644}}, []string{"a/: its mode and its name disagree"}},
	{"folder with data", []entry{{name: "a/", data: "x"}}, []string{"a: it is a folder with data"}},
	{"encrypted", []entry{{name: "a", central: put16(centralFlags, 1)}}, []string{"a: it is encrypted"}},
	{"encrypted in the local header", []entry{{name: "a", local: put16(localFlags, 1)}}, []string{"a: its local header says that it is encrypted"}},
	{"strong encryption", []entry{{name: "a", central: put16(centralFlags, 1<<6)}}, []string{"a: it is encrypted"}},
	{"patch", []entry{{name: "a", central: put16(centralFlags, flagPatch)}}, []string{"a: it is a patch"}},
	{"LZMA", []entry{{name: "a", method: 14}}, []string{"a: it is compressed by LZMA, which axle does not read"}},
	{"unknown method", []entry{{name: "a", method: 77}}, []string{"a: it is compressed by an unknown method"}},
	{"other method in the local header", []entry{{name: "a", local: put16(localMethod, 8)}}, []string{"a: its local header has another compression method"}},
	{"other name in the local header", []entry{{name: "a", local: func(b []byte) { b[localLen] = 'b' }}}, []string{"a: its local header has another name"}},
	{"other size in the local header", []entry{{name: "a", data: "xy", local: put32(localSize, 1)}}, []string{"a: its local header has other sizes"}},
	{"other compressed size in the local header", []entry{{name: "a", data: "xy", local: put32(localCompressed, 1)}}, []string{"a: its local header has other sizes"}},
	{"other CRC-32 in the local header", []entry{{name: "a", data: "xy", local: put32(localCRC, 1)}}, []string{"a: its local header has another CRC-32"}},
	{"descriptor in the directory only", []entry{{name: "a", central: put16(centralFlags, flagDescriptor)}},
		[]string{"a: its local header and the directory disagree on whether a data descriptor follows it"}},
	{"descriptor in the local header only", []entry{{name: "a", descriptor: true, central: put16(centralFlags, 0)}},
		[]string{"a: its local header and the directory disagree on whether a data descriptor follows it"}},
	{"other CRC-32 in the descriptor", []entry{{name: "a", data: "xy", descriptor: true, trailer: changed(put32(4, 1))}}, []string{"a: its data descriptor has another CRC-32"}},
	{"other size in the descriptor", []entry{{name: "a", data: "xy", descriptor: true, trailer: changed(put32(12, 3))}}, []string{"a: its data descriptor has other sizes"}},
	{"no descriptor", []entry{{name: "a", data: "xy", descriptor: true, trailer: func([]byte) []byte { return nil }}}, []string{"a: its data descriptor is cut off"}},
	{"descriptor over another member", []entry{{name: "a", data: "xy", descriptor: true, trailer: func(b []byte) []byte { return b[:4:4] }}, {name: "b"}},
		[]string{"a: its data descriptor has another CRC-32"}},
	{"no local header", []entry{{name: "a", local: put32(0, 0)}}, []string{"a: its local header is missing"}},
	{"offset outside", []entry{{name: "a", central: put32(centralOffset, 99999)}}, []string{"a: it lies outside the archive"}},
	{"data over the directory", []entry{{name: "a", data: "x", central: both(put32(centralCompressed, 50), put32(centralSize, 50)), local: both(put32(localCompressed, 50), put32(localSize, 50))}},
		[]string{"a: it is cut off, or its compressed size lies"}},
	{"overlap", []entry{{name: "a", data: "0123456789"}, {name: "a", data: "0123456789", at: zero()}}, []string{"a: it comes twice", "a: it overlaps another member"}},
	{"inside another", []entry{{name: "a", data: string(makeZip(entry{name: "b"})), central: both()}, {name: "b", at: func() *int { n := localLen + 1; return &n }()}},
		[]string{"b: it overlaps another member"}},
	{"two sizes of a stored file", []entry{{name: "a", data: "x", central: put32(centralSize, 2)}}, []string{"a: its two sizes differ"}},
	{"impossible size", []entry{{name: "a", data: "x", method: 8, central: put32(centralSize, 1<<30)}}, []string{"a: its size lies"}},
	{"other disk", []entry{{name: "a", central: put16(centralDisk, 1)}}, []string{"a: it lies on another disk"}},
	{"64-bit size without one", []entry{{name: "a", central: put32(centralSize, max32)}}, []string{"a: its 64-bit sizes are missing"}},
	{"64-bit size cut off", []entry{{name: "a", extra: []byte{1, 0, 4, 0, 1, 2, 3, 4}, central: put32(centralSize, max32)}}, []string{"a: its 64-bit sizes are damaged"}},
	{"extra field cut off", []entry{{name: "a", extra: []byte{1, 0, 9, 0, 1, 2, 3, 4}}}, []string{"a: its extra fields are damaged"}},
	{"another name by an extra field", []entry{{name: "a", extra: append(le.AppendUint32([]byte{0x75, 0x70, 7, 0, 1}, 0xe8b7be43), "/x"...)}},
		[]string{"a: an extra field gives it another name"}},
}

func TestNasty(t *testing.T) {
	for _, c := range nasty {
		_, err := open(t, makeZip(c.entries...))
		if err == nil {
			t.Errorf("%s: opened", c.name)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(c.want) {
			t.Errorf("%s: %d problems, want %d:\n%v", c.name, len(lines), len(c.want), err)
		}
		for _, want := range c.want {
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, want) }) {
				t.Errorf("%s: nothing says %q:\n%v", c.name, want, err)
			}
		}
		if code := fault.ExitCode(err); code != fault.BadInput {
			t.Errorf("%s: exit code %d", c.name, code)
		}
		var problem *Problem
		if !errors.As(err, &problem) || problem.Archive != "test.zip" {
			t.Errorf("%s: no Problem of test.zip: %v", c.name, err)
		}
	}
}

func changed(f func([]byte)) func([]byte) []byte {
	return func(b []byte) []byte { f(b); return b }
}

// wide gives the sizes of a descriptor 64 bits.
func wide(b []byte) []byte {
	return slices.Concat(b[:12], make([]byte, 4), b[12:], make([]byte, 4))
}

func TestOdd(t *testing.T) {
	comment := makeZip(entry{name: "a", data: "x"})
	comment[len(comment)-2] = 5
	comment = append(comment, "hello"...)
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"empty archive", makeZip(), nil},
		{"comment", comment, []string{"a"}},
		{"folders", makeZip(entry{name: "a/"}, entry{name: "a/b", data: "x"}, entry{name: "c/"}), []string{"a/b"}},
		{"mode of nothing", makeZip(entry{name: "a", central: put32(38, 0)}), []string{"a"}},
		{"gap", makeZip(entry{name: "a", data: "x"}, entry{name: "b", gap: 100}), []string{"a", "b"}},
		{"descriptor", makeZip(entry{name: "a", data: "xyz", method: 8, descriptor: true}), []string{"a"}},
		{"descriptor without a signature", makeZip(entry{name: "a", data: "xyz", descriptor: true, trailer: func(b []byte) []byte { return b[4:] }}), []string{"a"}},
		{"descriptor of 64 bits", makeZip(entry{name: "a", data: "xyz", descriptor: true, trailer: wide}, entry{name: "b"}), []string{"a", "b"}},
		{"two folders that differ in case", makeZip(entry{name: "E/x"}, entry{name: "e/y"}), []string{"E/x", "e/y"}},
		{"order of the directory", makeZip(entry{name: "b"}, entry{name: "a"}), []string{"b", "a"}},
		{"Unicode path that agrees", makeZip(entry{name: "a", extra: append(le.AppendUint32([]byte{0x75, 0x70, 6, 0, 1}, 0xe8b7be43), "a"...)}), []string{"a"}},
		{"unknown extra field", makeZip(entry{name: "a", extra: []byte{0xfe, 0xca, 0, 0, 0}}), []string{"a"}},
	} {
		r, err := open(t, c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := r.Names(); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNoArchive(t *testing.T) {
	whole := makeZip(entry{name: "a", data: "hello"}, entry{name: "b", data: "there", method: 8})
	for n := range len(whole) {
		if _, err := open(t, whole[:n]); !errors.Is(err, ErrFormat) || fault.ExitCode(err) != fault.BadInput {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
	}
	end := len(whole) - endLen
	fix := func(f func(b []byte)) []byte {
		b := slices.Clone(whole)
		f(b[end:])
		return b
	}
	for name, data := range map[string][]byte{
		"text":                        []byte("hello"),
		"bytes after the end":         append(slices.Clone(whole), 'x'),
		"bytes before the beginning":  append([]byte("#!/bin/sh\n"), whole...),
		"other number of members":     fix(both(put16(8, 3), put16(10, 3))),
		"fewer members":               fix(both(put16(8, 1), put16(10, 1))),
		"directory elsewhere":         fix(put32(16, 3)),
		"directory larger":            fix(put32(12, uint32(end))),
		"second disk":                 fix(put16(4, 1)),
		"two directories":             slices.Concat(whole, whole),
		"64-bit record is not there":  fix(put32(16, max32)),
		"archive inside the comment":  append(fix(put16(20, uint16(len(makeZip())))), makeZip()...),
		"64-bit record that is wrong": slices.Concat(whole[:end], appendEnd64(nil, directoryEnd{1, 2, 3}), whole[end:]),
	} {
		if _, err := open(t, data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := OpenReader(writeTemp(t, "x.whl", []byte("<html>")), Limits{})
	if err == nil || !strings.Contains(err.Error(), "x.whl: not a zip archive") {
		t.Errorf("no path in the message: %v", err)
	}
	if _, err := OpenReader(t.TempDir(), Limits{}); err == nil || !strings.Contains(err.Error(), "it is not a file") {
		t.Errorf("folder: %v", err)
	}
}

func TestLimits(t *testing.T) {
	zeros := strings.Repeat("\x00", ratioFrom+1)
	data := makeZip(entry{name: "a", data: "0123456789"}, entry{name: "b", data: "0123456789"})
	bomb := makeZip(entry{name: "bomb", data: zeros, method: 8})
	for _, c := range []struct {
		data   []byte
		limits Limits
		want   string // "" = opens
	}{
		{data, Limits{}, ""},
		{data, Limits{Members: 2, Bytes: 20, MemberBytes: 10}, ""},
		{data, Limits{Members: 1}, "it has 2 members, more than 1"},
		{data, Limits{Bytes: 19}, "its members have 20 bytes, more than 19"},
		{data, Limits{MemberBytes: 9}, "a: it is larger than the limit"},
		{bomb, Limits{}, "bomb: it is a bomb"},
		{bomb, Limits{Ratio: 1033}, ""},
	} {
		_, err := NewReader(bytes.NewReader(c.data), int64(len(c.data)), "test.zip", c.limits)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.limits, err, c.want)
		}
	}
}

func TestManyProblems(t *testing.T) {
	var entries []entry
	for range 120 {
		entries = append(entries, entry{name: "../a"})
	}
	_, err := open(t, makeZip(entries...))
	var list fault.List
	if !errors.As(err, &list) || len(list) != maxProblems+1 || !strings.HasSuffix(err.Error(), "and 70 more problems") {
		t.Errorf("%d problems: %.200v", len(list), err)
	}
}

// What lies in the data shows when it is read, and no byte too many comes out.
func TestLies(t *testing.T) {
	long := deflated([]byte("hello, world"))
	for _, c := range []struct {
		name string
		e    entry
		want error
	}{
		{"longer", entry{name: "a", data: "hello, world", method: 8, central: put32(centralSize, 5), local: put32(localSize, 5)}, errLonger},
		{"shorter", entry{name: "a", data: "hello, world", method: 8, central: put32(centralSize, 13), local: put32(localSize, 13)}, errShorter},
		{"nothing", entry{name: "a", data: "hello, world", method: 8, central: put32(centralSize, 0), local: put32(localSize, 0)}, errLonger},
		{"CRC-32", entry{name: "a", data: "hello", central: put32(centralCRC, 1), local: put32(localCRC, 1)}, errCRC},
		{"cut off", entry{name: "a", data: "hello, world", method: 8,
			central: put32(centralCompressed, uint32(len(long)-3)), local: put32(localCompressed, uint32(len(long)-3))}, io.ErrUnexpectedEOF},
	} {
		r := mustOpen(t, makeZip(c.e))
		data, err := r.ReadFile("a")
		if !errors.Is(err, c.want) || data != nil || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: %q, %v", c.name, data, err)
		}
		f, err := r.Open("a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if int64(len(got)) > r.Members()[0].Size || err == nil {
			t.Errorf("%s: read %d bytes of %d, %v", c.name, len(got), r.Members()[0].Size, err)
		}
		if again, err2 := f.Read(make([]byte, 9)); again != 0 || err2 != err {
			t.Errorf("%s: after %v, read again: %d, %v", c.name, err, again, err2)
		}
		_ = f.Close()
	}
}
