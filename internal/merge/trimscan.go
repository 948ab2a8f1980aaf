package merge

import (
	"bytes"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// traits is what trimming has to know of the files of a wheel, beside their
// names. It depends on the bytes of the wheel alone.
type traits struct {
	// Mentions are what Python files, binaries, entry points and .pth files say
	// that keeps other files, sorted by file.
	Mentions []mention
	// Archives are the members that linkers read, as their first bytes tell.
	Archives []string
}

// mention is a file that speaks of others. Files are by their place in the
// package.
type mention struct {
	File string
	Kind mentionKind
	Text string `json:",omitempty"`
}

type mentionKind byte

const (
	namesModule  mentionKind = 'm' // Text is dotted, relative to File where it begins with a dot
	namesPath    mentionKind = 'p' // Text is relative to the folder of File, or one above it
	namesBeside  mentionKind = 'b' // Text lies in the folder of File
	namesHeader  mentionKind = 'h' // Text is the last part of a header's path
	readsStubs   mentionKind = 's'
	readsCython  mentionKind = 'c'
	longestRead              = 64 << 20 // of a file that is looked at
	archiveMagic             = "!<arch>\n"
	thinMagic                = "!<thin>\n"
)

// traitsSpace is the namespace of remembered traits. Its number changes with
// what is looked for.
const traitsSpace = "wheel-traits-1"

// learnTraits recalls the traits of a wheel, or reads and remembers them.
func (w *Wheel) learnTraits(memory Memory) error {
	w.traits = &traits{}
	if memory != nil && w.Sum != "" {
		if data, ok := memory.Get(traitsSpace, w.Sum); ok && json.Unmarshal(data, w.traits) == nil {
			return nil
		}
	}
	*w.traits = traits{}
	if err := w.readTraits(); err != nil {
		return err
	}
	if memory != nil && w.Sum != "" {
		if data, err := json.Marshal(w.traits); err == nil {
			_ = memory.Set(traitsSpace, w.Sum, data) // it is read again next time
		}
	}
	return nil
}

func (w *Wheel) readTraits() error {
	native := map[string]bool{}
	for _, b := range w.Binaries {
		native[b.Name] = true
	}
	for _, m := range w.Members {
		at, err := w.place(m.Name)
		if err != nil || at == "" {
			continue // which is told where the files are laid out
		}
		switch ext := path.Ext(m.Name); {
		case ext == ".a" || ext == ".lib":
			if err := w.traits.archive(w.reader, m, at); err != nil {
				return err
			}
		case m.Size > longestRead:
		case ext == ".py", ext == ".pth", m.Kind == Python, native[m.Name], m.Name == w.DistInfo+"/entry_points.txt":
			data, err := w.reader.ReadFile(m.Name)
			if err != nil {
				return err
			}
			w.traits.read(at, data, native[m.Name])
		}
	}
	return nil
}

// archive notes a static library.
func (t *traits) archive(r *archive.Reader, m Member, at string) error {
	in, err := r.Open(m.Name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, len(archiveMagic))
	if n, _ := io.ReadFull(in, head); n == len(head) && (string(head) == archiveMagic || string(head) == thinMagic) {
		t.Archives = append(t.Archives, at)
	}
	return nil
}

// read notes what a file says of others. Of a binary only dotted names count.
func (t *traits) read(file string, data []byte, binary bool) {
	seen := map[mention]bool{}
	add := func(kind mentionKind, text string) {
		if m := (mention{file, kind, text}); !seen[m] {
			seen[m] = true
			t.Mentions = append(t.Mentions, m)
		}
	}
	if !binary && (bytes.Contains(data, []byte("test")) || bytes.Contains(data, []byte(".py"))) {
		data = withoutComments(data)
	}
	bare := false
	for at, word := range testWords(data) {
		kind, text := referenceAt(data, at, at+len(word))
		switch {
		case kind == 0:
			bare = true
		case kind == namesModule || !binary:
			add(kind, text)
		}
	}
	if binary {
		return
	}
	if bare {
		imported(data, add)
	}
	if endsString(data, ".pyi") || endsString(data, "py.typed") || bytes.Contains(data, []byte("attach_stub")) {
		add(readsStubs, "")
	}
	if endsString(data, ".pxd") || endsString(data, ".pxi") {
		add(readsCython, "")
	}
	for name := range quotedHeaders(data) {
		add(namesHeader, name)
	}
}

// endsString says whether a text stands at the end of a string.
func endsString(data []byte, text string) bool {
	return bytes.Contains(data, []byte(text+`"`)) || bytes.Contains(data, []byte(text+"'"))
}

// withoutComments is Python source with its comments made spaces.
func withoutComments(data []byte) []byte {
	data = bytes.Clone(data)
	quote := []byte(nil) // that ends the string
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case quote != nil && c == '\\':
			i++
		case quote != nil && bytes.HasPrefix(data[i:], quote):
			i, quote = i+len(quote)-1, nil
		case quote != nil:
			if c == '\n' && len(quote) == 1 {
				quote = nil // it was none
			}
		case isQuote(c):
			quote = data[i : i+1]
			if bytes.HasPrefix(data[i:], bytes.Repeat(quote, 3)) {
				quote = data[i : i+3]
			}
			i += len(quote) - 1
		case c == '#':
			for ; i < len(data) && data[i] != '\n'; i++ {
				data[i] = ' '
			}
		}
	}
	return data
}

// testWords gives each place where one of the names that tests have stands as
// a word.
func testWords(data []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for at := 0; ; {
			i := bytes.Index(data[at:], []byte("test"))
			if i < 0 {
				return
			}
			from, to := at+i, at+i+len("test")
			for from > 0 && isWord(data[from-1]) {
				from--
			}
			for to < len(data) && isWord(data[to]) {
				to++
			}
			at = to
			if word := string(data[from:min(to, from+len("conftest")+1)]); isTestFolder(word) || word == conftest {
				if !yield(from, word) {
					return
				}
			}
		}
	}
}

const conftest = "conftest"

func isTestFolder(name string) bool { return name == "tests" || name == "test" }

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// referenceAt tells what the word between two places refers to: a dotted name
// that ends with it, a path in quotes, a name in quotes; 0 is a word by itself.
func referenceAt(data []byte, from, to int) (mentionKind, string) {
	dotted := from
	for dotted > 0 && (isWord(data[dotted-1]) || data[dotted-1] == '.') {
		dotted--
	}
	start := dotted
	for start > 0 && (isWord(data[start-1]) || strings.IndexByte("./-", data[start-1]) >= 0) {
		start--
	}
	text := strings.TrimLeft(string(data[start:to]), "./")
	after := byte(0)
	if to < len(data) {
		after = data[to]
	}
	switch {
	case start < dotted || after == '/':
		return namesPath, text
	case dotted < from:
		return namesModule, string(data[dotted:to])
	case isQuote(after) && from > 0 && isQuote(data[from-1]):
		return namesBeside, text
	}
	return 0, ""
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

var (
	fromImport  = lazyregexp.New(`\bfrom[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)`)
	plainImport = lazyregexp.New(`\bimport[ \t]+(?:[\w.]+[ \t]*,[ \t]*)*(tests?|conftest)\b`)
	testName    = lazyregexp.New(`\b(tests?|conftest)\b`)
)

// imported notes import statements that name tests without a dot: from X
// import tests.
func imported(data []byte, add func(mentionKind, string)) {
	text := string(data)
	for _, m := range fromImport.FindAllStringSubmatch(text, -1) {
		for _, name := range testName.FindAllString(m[2], -1) {
			module := m[1]
			if !strings.HasSuffix(module, ".") {
				module += "."
			}
			add(namesModule, module+name)
		}
	}
	for _, m := range plainImport.FindAllStringSubmatch(text, -1) {
		add(namesBeside, m[1]) // Python 2 looks in the folder first
	}
}

// quotedHeaders gives the last part of each name of a header in quotes.
func quotedHeaders(data []byte) map[string]bool {
	names := map[string]bool{}
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(".h"))
		if i < 0 {
			return names
		}
		from, to := at+i, at+i+len(".h")
		for to < len(data) && isWord(data[to]) {
			to++
		}
		at = to
		for from > 0 && (isWord(data[from-1]) || data[from-1] == '-' || data[from-1] == '.') {
			from--
		}
		if name := string(data[from:to]); to < len(data) && isQuote(data[to]) && isHeader(name) {
			names[name] = true
		}
	}
}

// isHeader goes by the name.
func isHeader(name string) bool {
	return slices.Contains([]string{".h", ".hh", ".hpp", ".hxx", ".cuh"}, path.Ext(name)) || isCython(name)
}

func isCython(name string) bool {
	return slices.Contains([]string{".pxd", ".pxi"}, path.Ext(name))
}

func isStub(name string) bool {
	return path.Ext(name) == ".pyi" || path.Base(name) == "py.typed"
}
