package pep440

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseError says what is wrong in the text of a version or specifier, and where.
type ParseError struct {
	Text    string // the whole text
	Offset  int    // where the fault begins, in bytes
	End     int    // where it ends: Offset for a place between two characters
	Problem string // as in: expected a version after ">="
}

// Error is one line: the text, the problem and the column, counted from 1.
func (e *ParseError) Error() string {
	column := utf8.RuneCountInString(e.Text[:min(e.Offset, len(e.Text))]) + 1
	return fmt.Sprintf("%s: %s at column %d", shown(e.Text), e.Problem, column)
}

// ExitCode is that of bad input.
func (e *ParseError) ExitCode() int { return 3 }

// shown is a text as a message shows it: quoted where it would be unclear
// where it begins and ends, and cut where it is long.
func shown(text string) string {
	const limit = 200
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	if text == "" || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
