package archive

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/wheel"
)

var update = flag.Bool("update", false, "write testdata/archives anew")

// corpus is the folder of the archives, which package selector deploys.
var corpus = filepath.Join("..", "..", "testdata", "archives")

// specimen is one archive of the corpus: an extension zip that is right but for
// one thing, or odd and right.
type specimen struct {
	file string
	what string // for people
	code int    // the exit code of axle deploy
	says string // a part of the error
	data []byte
}

const corpusPackage = "dep/sample-1.0.0-py3-none-any.whl"

// extensionWith is an extension zip with further members.
func extensionWith(more ...entry) []byte {
	return makeZip(append([]entry{
		{name: "extension.yml", data: "extension: {name: sample, version: \"1.0.0\", api_level: \"1.4.0\", requires_python: \">=3.6\", zip_safe: false}\n"},
		{name: "extension.py", data: "print('deployed')\n", method: methodDeflate},
	}, more...)...)
}

// packageWith is an extension zip with a package of one module, which record may
// tell wrongly of, and of further members.
func packageWith(record func(lines []string) []string, more ...entry) []byte {
	const info = "sample-1.0.0.dist-info/"
	members := append([]entry{
		{name: "module.py", data: "VALUE = 1\n", method: methodDeflate},
		{name: info + "METADATA", data: "Metadata-Version: 2.1\nName: sample\nVersion: 1.0.0\n"},
		{name: info + "WHEEL", data: "Wheel-Version: 1.0\nGenerator: corpus\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}, more...)
	var lines []string
	for _, m := range members {
		lines = append(lines, fmt.Sprintf("%s,%s,%d", m.name, wheel.SHA256(sha256.Sum256([]byte(m.data))), len(m.data)))
	}
	if record != nil {
		lines = record(lines)
	}
	text := strings.Join(append(lines, info+"RECORD,,"), "\n") + "\n"
	inner := makeZip(append(members, entry{name: info + "RECORD", data: text})...)
	return extensionWith(entry{name: corpusPackage, data: string(inner)})
}

// specimens are the corpus.
func specimens() []specimen {
	var list []specimen
	bad := func(file, what string, code int, says string, data []byte) {
		list = append(list, specimen{"bad-" + file + ".zip", what, code, says, data})
	}
	for _, n := range nasty {
		file := strings.ReplaceAll(strings.ToLower(n.name), " ", "-")
		says := n.want[0]
		if _, after, ok := strings.Cut(says, ": "); ok {
			says = after[strings.LastIndex(after, ": ")+1:]
		}
		bad(file, n.name, 3, strings.TrimSpace(says), extensionWith(shifted(n.entries)...))
	}
	bad("bomb", "33 MiB of zeros in 33 KiB", 3, "it is a bomb", extensionWith(entry{name: "bomb", data: strings.Repeat("\x00", ratioFrom+1), method: methodDeflate}))
	bad("bomb-in-package", "the same in a package", 5, "it is a bomb", packageWith(nil, entry{name: "bomb", data: strings.Repeat("\x00", ratioFrom+1), method: methodDeflate}))
	lie := func(field, central, value int) entry {
		return entry{name: "own.py", data: "print('hello, world')\n", method: methodDeflate, local: put32(field, uint32(value)), central: put32(central, uint32(value))}
	}
	bad("longer", "more data than its size says", 3, "there is more data", extensionWith(lie(localSize, centralSize, 5)))
	bad("shorter", "less data than its size says", 3, "there is less data", extensionWith(lie(localSize, centralSize, 50)))
	bad("crc", "a wrong CRC-32", 3, "its CRC-32 is wrong", extensionWith(lie(localCRC, centralCRC, 1)))
	bad("crc-in-package", "a wrong CRC-32 in a package", 3, "its CRC-32 is wrong", packageWith(nil, lie(localCRC, centralCRC, 1)))
	bad("slip-in-package", "a package with ../evil.py", 5, "the path leaves its folder", packageWith(nil, entry{name: "../evil.py"}))
	bad("link-in-package", "a package with a symbolic link", 5, "it is a symbolic link", packageWith(nil, entry{name: "link", data: "/etc/passwd", mode: 0o120777}))
	bad("case-in-package", "a package with two names that differ in case", 5, "differs from", packageWith(nil, entry{name: "MODULE.py"}))
	bad("record-misses", "RECORD misses a file", 6, "module.py: RECORD does not have it", packageWith(func(l []string) []string { return l[1:] }))
	bad("record-invents", "RECORD invents a file", 6, "gone.py: RECORD has it, and the archive does not", packageWith(func(l []string) []string {
		return append(l, "gone.py,"+wheel.SHA256(sha256.Sum256(nil)).String()+",0")
	}))
	bad("record-hash", "RECORD has another hash", 6, "module.py: its sha256 is not the one in RECORD", packageWith(func(l []string) []string {
		l[0] = "module.py," + wheel.SHA256([32]byte{}).String() + ",10"
		return l
	}))
	bad("record-size", "RECORD has another size", 6, "module.py: it has 10 bytes, and RECORD says 11", packageWith(func(l []string) []string {
		l[0] = strings.TrimSuffix(l[0], "10") + "11"
		return l
	}))
	bad("record-no-hash", "RECORD has no hash of a file", 6, "module.py: RECORD has no hash of it", packageWith(func(l []string) []string { l[0] = "module.py,,"; return l }))
	bad("record-weak", "RECORD has a hash by MD5", 6, "which is not trusted", packageWith(func(l []string) []string { l[0] = "module.py,md5=AAAA,10"; return l }))
	bad("record-twice", "RECORD has a file twice, differently", 3, "comes twice", packageWith(func(l []string) []string { return append(l, "module.py,,3") }))
	bad("truncated", "the second half is missing", 3, "not a zip archive", packageWith(nil)[:600])
	bad("text", "a page of HTML", 3, "not a zip archive", []byte("<html>not found</html>\n"))
	bad("trailing", "bytes after the end", 3, "not a zip archive", append(extensionWith(), "more"...))
	bad("own-name", "a package with a file of the name that axle uses", 3, "a file of this name is axle's own", packageWith(nil, entry{name: ".axle-files", data: "x"}))
	return append(list, odd()...)
}

// odd are archives that are unusual and right.
func odd() (list []specimen) {
	ok := func(file, what string, data []byte) {
		list = append(list, specimen{"ok-" + file + ".zip", what, 0, "", data})
	}
	ok("plain", "nothing odd", packageWith(nil))
	ok("no-package", "no package at all", extensionWith())
	ok("descriptor", "data descriptors", extensionWith(entry{name: "a.py", data: "x = 1\n", method: methodDeflate, descriptor: true}))
	ok("descriptor-no-signature", "a data descriptor without its signature", extensionWith(entry{name: "a.py", data: "x = 1\n", descriptor: true, trailer: func(b []byte) []byte { return b[4:] }}))
	ok("descriptor-64", "a data descriptor of 64 bits", extensionWith(entry{name: "a.py", data: "x = 1\n", descriptor: true, trailer: wide}, entry{name: "b.py"}))
	ok("folders", "entries for folders", extensionWith(entry{name: "part/"}, entry{name: "part/a.py"}, entry{name: "empty/"}))
	ok("gap", "bytes of nothing between members", extensionWith(entry{name: "b.py", gap: 100}))
	ok("no-mode", "a member without a mode", extensionWith(entry{name: "a.py", central: put32(38, 0)}))
	ok("zip64", "sizes and offsets of 64 bits where 32 would do", extensionWith(entry{
		name: "a.py", data: "x = 1\n",
		extra:   slices.Concat([]byte{1, 0, 16, 0}, le.AppendUint64(nil, 6), le.AppendUint64(nil, 6)),
		central: both(put32(centralSize, max32), put32(centralCompressed, max32)),
		local:   both(put32(localSize, max32), put32(localCompressed, max32)),
	}))
	ok("unicode", "a name that is not ASCII", extensionWith(entry{name: "données.txt", data: "é"}))
	return list
}

// shifted gives entries with offsets their places behind the two members that
// every extension has.
func shifted(entries []entry) []entry {
	out := slices.Clone(entries)
	base := bytes.Index(extensionWith(entry{name: "\x01first"}), []byte("\x01first")) - localLen
	for i := range out {
		if out[i].at != nil {
			at := *out[i].at + base
			out[i].at = &at
		}
	}
	return out
}

const corpusHead = `# Archives

Extension zips that are right but for one thing (bad-*) or odd and right (ok-*): what ` + "`axle deploy`" + ` makes of each.
A package that cannot be opened is one that does not fit: exit code 5.
The tests of internal/archive make them (` + "`go test ./internal/archive -run TestCorpus -update`" + `), those of selector deploy them.

| file | what it has | exit code | the error says |
|---|---|---|---|
`

// TestCorpus holds the files against what makes them.
func TestCorpus(t *testing.T) {
	list := specimens()
	readme := corpusHead
	for _, s := range list {
		readme += fmt.Sprintf("| %s | %s | %d | %s |\n", s.file, s.what, s.code, strings.ReplaceAll(s.says, "|", "\\|"))
	}
	files := map[string][]byte{"README.md": []byte(readme)}
	for _, s := range list {
		if files[s.file] != nil {
			t.Errorf("%s: twice", s.file)
		}
		files[s.file] = s.data
	}
	if *update {
		if err := os.MkdirAll(corpus, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			if err := os.WriteFile(filepath.Join(corpus, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(corpus)
	if err != nil || len(entries) != len(files) {
		t.Errorf("%d files (%v), want %d", len(entries), err, len(files))
	}
	for name, data := range files {
		if got, err := os.ReadFile(filepath.Join(corpus, name)); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: it is not what the test makes (%v); see README.md there", name, err)
		}
	}
}
