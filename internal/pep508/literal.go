package pep508

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote reads the text between the quotes of a marker's string, which is a
// string of Python with its escapes; ok is false where Python would refuse it.
// Characters by their Unicode name (\N{…}) are refused too.
func unquote(s string) (text string, ok bool) {
	if strings.ContainsAny(s, "\n\r\x00\\") {
		return unescape(s)
	}
	return s, true
}

func unescape(s string) (text string, ok bool) {
	var b strings.Builder
	for len(s) > 0 {
		switch s[0] {
		case '\n', '\r', 0:
			return "", false
		case '\\':
			r, size, ok := escape(s)
			if !ok {
				return "", false
			}
			b.WriteString(r)
			s = s[size:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String(), true
}

// escape reads one escape at the beginning of s.
func escape(s string) (text string, size int, ok bool) {
	if len(s) < 2 {
		return "", 0, false
	}
	const plain, meant = "abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\""
	c := s[1]
	if i := strings.IndexByte(plain, c); i >= 0 {
		return meant[i : i+1], 2, true
	}
	switch {
	case c == '\n':
		return "", 2, true
	case c == '\r' && strings.HasPrefix(s[2:], "\n"):
		return "", 3, true
	case c == '\r':
		return "", 2, true
	case c >= '0' && c <= '7':
		return octal(s)
	case c == 'x':
		return hexadecimal(s, 2)
	case c == 'u':
		return hexadecimal(s, 4)
	case c == 'U':
		return hexadecimal(s, 8)
	case c == 'N' || c == 0:
		return "", 0, false
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	return s[:1+n], 1 + n, true
}

func octal(s string) (text string, size int, ok bool) {
	end := 1
	for end < len(s) && end < 4 && s[end] >= '0' && s[end] <= '7' {
		end++
	}
	n, _ := strconv.ParseUint(s[1:end], 8, 32)
	return string(rune(n)), end, true
}

func hexadecimal(s string, digits int) (text string, size int, ok bool) {
	if len(s) < 2+digits {
		return "", 0, false
	}
	n, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	if err != nil || n > utf8.MaxRune {
		return "", 0, false
	}
	return string(rune(n)), 2 + digits, true
}

// quote writes a string of a marker: as it is where that reads as the same
// text, with escapes otherwise.
func quote(text string) string {
	mark := `"`
	if strings.Contains(text, mark) {
		mark = "'"
	}
	if plain, ok := unquote(text); ok && plain == text && !strings.Contains(text, mark) {
		return mark + text + mark
	}
	return `"` + escapes.Replace(text) + `"`
}

var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\x00", `\x00`, `"`, `\x22`)
