package pep508

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/axlepack/axle/internal/pep440"
)

// ParseError says what is wrong in a requirement or marker, and where.
type ParseError = pep440.ParseError

// cursor is a place in a text that is read from left to right. Its rules are
// those of packaging, which takes a word boundary as Unicode has it.
type cursor struct {
	text  string
	at    int
	depth int // of parentheses in a marker
}

// expected is the error that something else stands here.
func (c *cursor) expected(what string) error { return c.problem(c.at, c.at, "expected "+what) }

func (c *cursor) problem(from, to int, text string) error {
	return &ParseError{Text: c.text, Offset: from, End: to, Problem: text}
}

func (c *cursor) rest() string { return c.text[c.at:] }

func (c *cursor) ended() bool { return c.at == len(c.text) }

// space passes blanks and tabs, and says whether there were any.
func (c *cursor) space() bool {
	start := c.at
	for !c.ended() && (c.text[c.at] == ' ' || c.text[c.at] == '\t') {
		c.at++
	}
	return c.at > start
}

// take passes the text, if it stands here.
func (c *cursor) take(text string) bool {
	if !strings.HasPrefix(c.rest(), text) {
		return false
	}
	c.at += len(text)
	return true
}

// takeWord passes the word, if it stands here and no longer word does.
func (c *cursor) takeWord(word string) bool {
	if c.word() != word {
		return false
	}
	c.at += len(word)
	return true
}

// word is the run of word characters that begins here.
func (c *cursor) word() string {
	s := c.rest()
	if end := strings.IndexFunc(s, func(r rune) bool { return !isWordRune(r) }); end >= 0 {
		return s[:end]
	}
	return s
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// identifier passes a name, which must end at a word boundary: in "a-[b]" it is
// "a".
func (c *cursor) identifier() (string, bool) {
	if c.ended() || !isAlnum(c.text[c.at]) {
		return "", false
	}
	for end := identifierEnd(c.text, c.at); end > c.at; end-- {
		next, _ := utf8.DecodeRuneInString(c.text[end:])
		last := c.text[end-1]
		if (isAlnum(last) || last == '_') != isWordRune(next) {
			name := c.text[c.at:end]
			c.at = end
			return name, true
		}
	}
	return "", false
}
