package extension

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
)

// marks are the byte order marks, those of UTF-32 before those of UTF-16, which
// they begin with.
var marks = []struct {
	mark     string
	encoding encoding.Encoding
}{
	{"\xef\xbb\xbf", encoding.Nop},
	{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// encodings are those a file may name, under Python's names without "-" and "_".
var encodings = map[string]encoding.Encoding{
	"utf8": encoding.Nop, "u8": encoding.Nop, "utf8sig": encoding.Nop,
	"ascii": encoding.Nop, "usascii": encoding.Nop, "646": encoding.Nop,
	"latin1": charmap.ISO8859_1, "latin": charmap.ISO8859_1, "l1": charmap.ISO8859_1, "iso88591": charmap.ISO8859_1, "88591": charmap.ISO8859_1,
	"iso88592": charmap.ISO8859_2, "latin2": charmap.ISO8859_2, "iso885915": charmap.ISO8859_15, "latin9": charmap.ISO8859_15,
	"cp1250": charmap.Windows1250, "windows1250": charmap.Windows1250, "cp1251": charmap.Windows1251, "windows1251": charmap.Windows1251,
	"cp1252": charmap.Windows1252, "windows1252": charmap.Windows1252, "1252": charmap.Windows1252,
	"koi8r": charmap.KOI8R, "cp437": charmap.CodePage437, "cp850": charmap.CodePage850,
}

var codingLine = lazyregexp.New(`coding[:=]\s*([-\w.]+)`)

// decodeRequirements makes text of a file as pip does: a byte order mark, else
// a line "# coding: NAME" among the first two, else UTF-8. Where pip would go on
// to ask the machine's locale, this is an error.
func decodeRequirements(name string, data []byte) (string, *fault.Problem) {
	for _, m := range marks {
		if rest, ok := bytes.CutPrefix(data, []byte(m.mark)); ok {
			return decode(name, rest, m.encoding)
		}
	}
	for i, line := range bytes.SplitN(data, []byte("\n"), 3) {
		if i == 2 || len(line) == 0 || line[0] != '#' {
			continue
		}
		m := codingLine.FindSubmatch(line)
		if m == nil {
			continue
		}
		key := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(string(m[1])))
		if enc, ok := encodings[key]; ok {
			return decode(name, data, enc)
		}
		return "", &fault.Problem{File: name, Line: i + 1, Col: 1, Width: utf8.RuneCount(line), SourceLine: strings.TrimRight(string(line), "\r"),
			Reason: "the encoding " + string(m[1]) + " is not known here", Hint: "save the file as UTF-8 and remove the line"}
	}
	return decode(name, data, encoding.Nop)
}

func decode(name string, data []byte, enc encoding.Encoding) (string, *fault.Problem) {
	text, err := enc.NewDecoder().Bytes(data)
	if err == nil && utf8.Valid(text) {
		return string(text), nil
	}
	p := &fault.Problem{File: name, Reason: "is not UTF-8", Hint: "save the file as UTF-8, or name its encoding in the first line: # coding: latin-1"}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			p.Line, p.Col = i+1, 1
			break
		}
	}
	return "", p
}
