package fault

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Print writes err for a person: a line "error: …" for each problem, the source
// line it is about where the error knows it (Excerpt() string), and a line
// "hint: …" for each hint. The members of a [List] (or of errors.Join) are
// problems of their own; a hint that several of them give is written once.
// Control characters, which text from an archive or an index may hold, are
// written as escapes, and credentials in addresses as asterisks. Errors of w are ignored: there is nowhere to report them.
func Print(w io.Writer, err error) { Plain.Print(w, err) }

// Print is [Print] with the colours of p.
func (p Palette) Print(w io.Writer, err error) {
	for _, problem := range Problems(err) {
		fmt.Fprintln(w, p.Paint(Red, "error:")+" "+indented(problem.Message, 7))
		if problem.Excerpt != "" {
			fmt.Fprintln(w, "  "+indented(p.underlined(problem.Excerpt), 2))
		}
		for _, hint := range problem.Hints {
			fmt.Fprintln(w, p.Paint(Cyan, "hint:")+" "+indented(hint, 6))
		}
	}
}

// Print writes a line "warning: …".
func (w Warning) Print(out io.Writer, p Palette) {
	fmt.Fprintln(out, p.Paint(Yellow, "warning:")+" "+indented(Printable(w.String()), 9))
}

// Shown is a problem as it is shown: fit for a terminal, and without
// credentials.
type Shown struct {
	Message   string // may have several lines
	File      string // the place in it, where that is known
	Line, Col int
	Excerpt   string // the source line, and a line that underlines the place; or ""
	Hints     []string
}

// Problems are the problems that err is made of, in order: the members of a
// [List], else err alone. A hint that several of them give has the first; those
// around a list has the last.
func Problems(err error) []Shown {
	if err == nil {
		return nil
	}
	seen := map[string]bool{}
	members := expand(err)
	list := make([]Shown, len(members))
	for i, member := range members {
		list[i] = Shown{Message: Printable(member.Error()), Excerpt: Printable(excerpt(member)), Hints: unseen(Hints(member), seen)}
		if p := (*Problem)(nil); errors.As(member, &p) {
			list[i].File, list[i].Line, list[i].Col = p.File, p.Line, p.Col
		}
	}
	if last := len(list) - 1; last > 0 {
		list[last].Hints = append(list[last].Hints, unseen(Hints(err), seen)...) // those around the list
	}
	return list
}

func unseen(hints []string, seen map[string]bool) (fresh []string) {
	for _, hint := range hints {
		if !seen[hint] {
			seen[hint] = true
			fresh = append(fresh, Printable(hint))
		}
	}
	return fresh
}

// indented is text whose further lines begin below its first.
func indented(text string, by int) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", by))
}

func excerpt(err error) (text string) {
	walk(err, func(e error) bool {
		if x, ok := e.(interface{ Excerpt() string }); ok {
			text = x.Excerpt()
		}
		return text == ""
	})
	return text
}

// expand splits an error that is nothing but its members, one per line, however
// it was made (List, errors.Join), and however it was decorated.
func expand(err error) []error {
	switch e := err.(type) {
	case *coded:
		return expandDecorated(err, e.error)
	case *hinted:
		return expandDecorated(err, e.error)
	case interface{ Unwrap() []error }:
		members := e.Unwrap()
		if len(members) == 0 || List(members).Error() != err.Error() {
			return []error{err}
		}
		var all []error
		for _, member := range members {
			all = append(all, expand(member)...)
		}
		return all
	}
	return []error{err}
}

func expandDecorated(outer, inner error) []error {
	if members := expand(inner); len(members) > 1 {
		return members
	}
	return []error{outer}
}

// Printable is text as it may be shown: control characters, but for tabs and
// the ends of lines, are written as escapes, credentials of addresses as
// asterisks.
func Printable(s string) string {
	s = Redact(s)
	clean := func(r rune) bool { return r == '\n' || r == '\t' || !hidden(r) }
	if strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if clean(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "\\u%04x", r)
	}
	return b.String()
}

// hidden: controls, and the marks that make text read in another order than it
// is written.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
