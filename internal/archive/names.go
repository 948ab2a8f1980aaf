package archive

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CheckName says why a member of that name cannot be extracted on every system,
// or "" where it can: a relative path with forward slashes, of parts that are
// neither empty nor "." or "..", name no device, and end neither in a dot nor in
// a space. A folder's name comes without its final slash.
func CheckName(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case len(name) > maxName:
		return "the name is too long"
	case !utf8.ValidString(name):
		return "the name is not UTF-8"
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		return "the name has a control character"
	case name[0] == '/':
		return "the path is absolute"
	case strings.ContainsRune(name, '\\'):
		return "the name has a backslash"
	case strings.ContainsRune(name, ':'):
		return "the name has a colon (a drive or a stream on Windows)"
	}
	for part := range strings.SplitSeq(name, "/") {
		if reason := checkPart(part); reason != "" {
			return reason
		}
	}
	return ""
}

// maxName is what a path can have on Linux; other systems allow less.
const maxName = 4095

func checkPart(part string) string {
	switch {
	case part == "":
		return "the path has an empty part"
	case part == "..":
		return "the path leaves its folder"
	case part == ".":
		return `the path has a part "."`
	case part[len(part)-1] == '.' || part[len(part)-1] == ' ':
		return "a part of the path ends in a dot or a space"
	case isDevice(part):
		return "the name is that of a device on Windows"
	}
	return ""
}

// isDevice knows the names that open a device on Windows, in any folder and
// with any extension.
func isDevice(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	base = strings.TrimRight(base, " ")
	if len(base) < 3 || len(base) > 7 {
		return false
	}
	switch base = strings.ToUpper(base); base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// FoldName is equal for two names that are one file on a file system that
// ignores case or Unicode normalisation.
func FoldName(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return norm.NFC.String(strings.Map(foldRune, norm.NFC.String(name)))
		}
	}
	return strings.ToLower(name)
}

// foldRune is the lower case of the upper case, which is the same for all
// spellings of a letter ("ſ" and "s", "K" and the Kelvin sign).
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
