package pep508

import (
	"fmt"
	"strings"
)

// Name is the normal form of a project's or an extra's name (PEP 503, PEP 685).
// Only ParseName and Normalize make one, so that equal names are equal.
type Name string

// NameError says that a text is no name.
type NameError struct{ Text string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%q is not a project name: expected letters, digits, and between them - _ .", e.Text)
}

// ExitCode is that of bad input.
func (e *NameError) ExitCode() int { return 3 }

// ParseName reads a name: ASCII letters and digits, and between them hyphens,
// underscores and dots. An error is a *NameError.
func ParseName(s string) (Name, error) {
	if s == "" || !isAlnum(s[0]) || !isAlnum(s[len(s)-1]) || identifierEnd(s, 0) < len(s) {
		return "", &NameError{Text: s}
	}
	return Normalize(s), nil
}

// Normalize is the normal form of a name, or of what stands for one: lower
// case, with runs of - _ . as one hyphen.
func Normalize(s string) Name {
	if isNormal(s) {
		return Name(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	hyphen := false
	for _, r := range strings.ToLower(s) {
		if r == '-' || r == '_' || r == '.' {
			hyphen = true
			continue
		}
		if hyphen {
			b.WriteByte('-')
			hyphen = false
		}
		b.WriteRune(r)
	}
	if hyphen {
		b.WriteByte('-')
	}
	return Name(b.String())
}

// isNormal says whether Normalize would change nothing.
func isNormal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c-'a' <= 'z'-'a' || c-'0' <= 9:
		case c == '-' && i > 0 && s[i-1] != '-':
		default:
			return false
		}
	}
	return true
}

// String is the name itself.
func (n Name) String() string { return string(n) }

// Escaped is the name as file names have it, with _ for -.
func (n Name) Escaped() string { return strings.ReplaceAll(string(n), "-", "_") }

func isAlnum(c byte) bool { return c-'0' <= 9 || c|0x20-'a' <= 'z'-'a' }

// identifierEnd is where the run of characters that a name may have ends.
func identifierEnd(s string, at int) int {
	for at < len(s) && (isAlnum(s[at]) || s[at] == '-' || s[at] == '_' || s[at] == '.') {
		at++
	}
	return at
}
