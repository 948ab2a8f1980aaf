package fault

import (
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
func Print(w io.Writer, err error) {
	if err == nil {
		return
	}
	shown := map[string]bool{}
	members := expand(err)
	for _, member := range members {
		printOne(w, member)
		printHints(w, Hints(member), shown)
	}
	if len(members) != 1 {
		printHints(w, Hints(err), shown) // those around the list
	}
}

func printOne(w io.Writer, err error) {
	fmt.Fprintln(w, "error: "+strings.ReplaceAll(printable(err.Error()), "\n", "\n       "))
	if text := excerpt(err); text != "" {
		fmt.Fprintln(w, "  "+strings.ReplaceAll(printable(text), "\n", "\n  "))
	}
}

func printHints(w io.Writer, hints []string, shown map[string]bool) {
	for _, hint := range hints {
		if !shown[hint] {
			shown[hint] = true
			fmt.Fprintln(w, "hint: "+strings.ReplaceAll(printable(hint), "\n", "\n      "))
		}
	}
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

func printable(s string) string {
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
