package wheel

import (
	"bytes"
	"errors"
	"strings"
)

// cutRow takes the first row off comma-separated data, as Python's csv.reader
// does: a field that begins with a quote goes on to the closing one, over line
// ends if need be, and two quotes inside stand for one; a quote elsewhere is
// itself. The encoding/csv of the standard library refuses the latter.
func cutRow(data []byte) (fields []string, rest []byte, err error) {
	if line, after := cutLine(data); bytes.IndexByte(line, '"') < 0 {
		return strings.Split(string(line), ","), after, nil
	}
	for {
		var field string
		field, data, err = cutField(data)
		if err != nil {
			return nil, nil, err
		}
		fields = append(fields, field)
		if len(data) == 0 || data[0] != ',' {
			_, data = cutLine(data) // what is left of the row is its line end
			return fields, data, nil
		}
		data = data[1:]
	}
}

var errOpenQuote = errors.New("a quoted field has no end")

// cutField takes a field off, up to the comma or line end after it.
func cutField(data []byte) (string, []byte, error) {
	var quoted []byte
	if len(data) > 0 && data[0] == '"' {
		for data = data[1:]; ; data = data[1:] {
			end := bytes.IndexByte(data, '"')
			if end < 0 {
				return "", nil, errOpenQuote
			}
			quoted = append(quoted, data[:end]...)
			data = data[end+1:]
			if len(data) == 0 || data[0] != '"' {
				break
			}
			quoted = append(quoted, '"')
		}
	}
	end := bytes.IndexAny(data, ",\r\n")
	if end < 0 {
		end = len(data)
	}
	return string(quoted) + string(data[:end]), data[end:], nil
}

func writeField(w *bytes.Buffer, s string) {
	if !strings.ContainsAny(s, ",\"\r\n") {
		w.WriteString(s)
		return
	}
	w.WriteByte('"')
	w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	w.WriteByte('"')
}
