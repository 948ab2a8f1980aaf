package launch

import "github.com/axlepack/axle/internal/lite"

// RootLine finds the root folder in a text of agent.yml without reading YAML,
// where that is beyond doubt: "" where it names none, and false where only a
// reader of YAML can tell.
//
// It is beyond doubt where what is not indented is a known key, a member of a
// list or a comment, no quote and no bracket goes on in another line, and the
// path has nothing that YAML gives a meaning.
func RootLine(text string) (root string, ok bool) {
	last := ""
	for _, line := range lite.Lines(text) {
		key, value, isKey := lite.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
		case !closed(line):
			return "", false
		case line[0] == ' ' || lite.HasPrefix(line, "- "): // goes on with the last key
			if last == "root" || last == "" {
				return "", false
			}
		case !isKey || !known(key) || value != "" && value[0] != ' ':
			return "", false
		default:
			last = key
			if key != "root" {
				continue
			}
			if root != "" || !plain(trim(value)) {
				return "", false
			}
			root = trim(value)
		}
	}
	return root, true
}

func trim(text string) string {
	for text != "" && text[0] == ' ' {
		text = text[1:]
	}
	return lite.TrimRight(text, ' ')
}

func known(key string) bool {
	switch key {
	case "interpreters", "discover", "accept", "root", "policy", "timeouts":
		return true
	}
	return false
}

// closed says whether nothing that the line begins goes on in the next.
func closed(line string) bool {
	for _, c := range []byte(line) {
		if c < ' ' || c >= 0x7f || c == '\'' || c == '\\' || c == '|' || c == '>' || c == '&' || c == '!' || c == '%' || c == '?' {
			return false
		}
	}
	return lite.Count(line, '"')%2 == 0 &&
		lite.Count(line, '[') == lite.Count(line, ']') && lite.Count(line, '{') == lite.Count(line, '}')
}

// plain says whether a text is an absolute path of letters that mean themselves.
func plain(path string) bool {
	if !lite.HasPrefix(path, "/") {
		return false
	}
	for _, c := range []byte(path) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !lite.ContainsAny("/._-", string(rune(c))) {
			return false
		}
	}
	return true
}
