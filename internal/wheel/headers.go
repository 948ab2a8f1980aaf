package wheel

import (
	"bytes"
	"iter"
	"strings"
)

// headers yields the fields of a document in email header format up to the
// first line that is neither a field nor the continuation of one, as Python's
// email parser splits it: what follows is the body and is never looked at. The
// name is in lower case and good until the next field; the value is as it
// stands, folded lines included, for fieldText to read where anyone wants it.
func headers(data []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		data = bytes.TrimPrefix(data, []byte("\ufeff"))
		for isFolded(data) {
			_, data = cutLine(data) // the continuation of nothing
		}
		var lower []byte
		for len(data) > 0 {
			line, rest := cutLine(data)
			colon := nameLen(line)
			if colon < 0 {
				return
			}
			for isFolded(rest) {
				_, rest = cutLine(rest)
			}
			lower = appendLower(lower[:0], line[:colon])
			if value := data[colon+1 : len(data)-len(rest)]; colon > 0 && !yield(lower, value) {
				return
			}
			data = rest
		}
	}
}

func appendLower(to, name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// fieldText is a value as valid UTF-8 without space around it; the lines of a
// folded one are joined by "\n", without the space that led each.
func fieldText(value []byte) string {
	value = bytes.TrimSpace(value)
	if !bytes.ContainsAny(value, "\r\n") {
		return text(value)
	}
	var lines []string
	for len(value) > 0 {
		var line []byte
		line, value = cutLine(value)
		lines = append(lines, text(line))
	}
	return strings.Join(lines, "\n")
}

// lineText is fieldText for a field that has one line by definition.
func lineText(value []byte) string {
	s := fieldText(value)
	if !strings.Contains(s, "\n") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// cutLine ends a line at "\n", "\r\n" or "\r".
func cutLine(data []byte) (line, rest []byte) {
	end := bytes.IndexAny(data, "\r\n")
	switch {
	case end < 0:
		return data, nil
	case data[end] == '\r' && end+1 < len(data) && data[end+1] == '\n':
		return data[:end], data[end+2:]
	}
	return data[:end], data[end+1:]
}

// nameLen is how much of a header line is its name: printable ASCII before a
// colon; -1 where the line is none.
func nameLen(line []byte) int {
	for i, c := range line {
		switch {
		case c == ':':
			return i
		case c <= ' ' || c > '~':
			return -1
		}
	}
	return -1
}

func isFolded(data []byte) bool {
	return len(data) > 0 && (data[0] == ' ' || data[0] == '\t')
}

func text(b []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimSpace(b)), "\ufffd")
}

// headerWriter writes the same format. A value can never end its field or
// begin another: its line ends become folded lines.
type headerWriter struct{ bytes.Buffer }

func (w *headerWriter) field(name, value string) {
	if value == "" {
		return
	}
	w.WriteString(name)
	w.WriteString(": ")
	w.WriteString(foldReplacer.Replace(value))
	w.WriteByte('\n')
}

var foldReplacer = strings.NewReplacer("\r\n", "\n        ", "\n", "\n        ", "\r", "\n        ")
