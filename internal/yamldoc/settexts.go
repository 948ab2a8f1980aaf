package yamldoc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// SetTexts is the document with a top-level list that has exactly these texts,
// all else byte for byte: a member that stays keeps its line, with the comments
// above and behind it, and comments above one that goes stay too. Where the
// list is not written, it is added at the end. A list in brackets stays one.
// What cannot be edited cleanly is an error at the key.
func SetTexts(file string, data []byte, key string, texts []string) ([]byte, error) {
	r, err := Open(file, data)
	if err != nil {
		return nil, err
	}
	at, _ := r.find(key)
	refuse := func(reason, hint string) error {
		if at == nil {
			at = &yaml.Node{Line: 1, Column: 1}
		}
		return r.problem(at.Line, at.Column, len(key), key, reason, hint)
	}
	if r.root != nil && r.root.Kind != yaml.MappingNode && r.root.ShortTag() != nullTag {
		return nil, refuse("cannot be added: the file is no section with keys", "")
	}
	edited, ok := r.withTexts(string(data), at, key, texts)
	if !ok || r.sameBut(edited, key, texts) != nil {
		return nil, refuse("cannot be edited in place", "write the list in block style, one member per line, and nothing else on these lines")
	}
	return []byte(edited), nil
}

func (r *Reader) withTexts(data string, at *yaml.Node, key string, texts []string) (string, bool) {
	if at == nil {
		return r.appended(data, key, texts)
	}
	list := r.root.Content[slices.Index(r.root.Content, at)+1]
	switch {
	case list.Kind != yaml.SequenceNode || list.Anchor != "":
		return "", false
	case list.Style&yaml.FlowStyle != 0:
		return r.inBrackets(data, list, texts)
	}
	return r.onLines(data, at, list, texts)
}

// appended writes the list behind all else.
func (r *Reader) appended(data, key string, texts []string) (string, bool) {
	if r.root != nil && (r.root.Style&yaml.FlowStyle != 0 || len(r.root.Content) > 0 && !r.beginsLine(r.root.Content[0])) {
		return "", false
	}
	end, margin := lineEnd(data), ""
	if r.root != nil && len(r.root.Content) > 0 {
		margin = strings.Repeat(" ", r.root.Content[0].Column-1)
	}
	if data != "" && breakAt(data[len(data)-1:]) == 0 {
		data += end
	}
	data += margin + key + ":"
	if len(texts) == 0 {
		data += " []"
	}
	for _, text := range texts {
		data += end + margin + "  - " + scalarText(text)
	}
	return data + end, true
}

// onLines edits a list with one member per line.
func (r *Reader) onLines(data string, at, list *yaml.Node, texts []string) (string, bool) {
	starts, end := lineStarts(data), lineEnd(data)
	lines := func(from, to int) string { return data[starts[from]:starts[to]] } // from 0, to excluded
	dash := ""
	above, own := map[string]string{}, map[string]string{} // the comments over a member, and its line
	last := at.Line
	for _, n := range list.Content {
		before := string([]rune(r.line(n.Line))[:n.Column-1])
		if n.Kind != yaml.ScalarNode || strings.Trim(before, " ") != "-" || n.Line <= last || own[n.Value] != "" {
			return "", false
		}
		dash, above[n.Value], own[n.Value] = before, lines(last, n.Line-1), lines(n.Line-1, n.Line)
		last = n.Line
	}
	var b strings.Builder
	b.WriteString(data[:starts[at.Line-1]])
	b.WriteString(headline(lines(at.Line-1, at.Line), len(texts) == 0))
	for _, n := range list.Content {
		if !slices.Contains(texts, n.Value) {
			b.WriteString(above[n.Value])
		}
	}
	for _, text := range texts {
		line := own[text]
		if line == "" {
			line = dash + scalarText(text) + end
		} else if breakAt(line[len(line)-1:]) == 0 {
			line += end
		}
		b.WriteString(above[text] + line)
	}
	b.WriteString(data[starts[last]:])
	return b.String(), true
}

// headline is the line of the key, for a list that is empty now.
func headline(line string, empty bool) string {
	if !empty {
		return line
	}
	name, rest, _ := strings.Cut(line, ":")
	return name + ": []" + rest
}

// inBrackets edits a list [a, b].
func (r *Reader) inBrackets(data string, list *yaml.Node, texts []string) (string, bool) {
	line := r.lines[list.Line-1]
	from := lineStarts(data)[list.Line-1] + len(string([]rune(line)[:list.Column-1]))
	size := bracketed(data[from:])
	if size == 0 {
		return "", false
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = scalarText(text)
	}
	return data[:from] + "[" + strings.Join(quoted, ", ") + "]" + data[from+size:], true
}

// bracketed is the length of a list in brackets that s begins with, 0 where
// there are lists or comments in it.
func bracketed(s string) int {
	var quote rune
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ']':
			return i + 1
		case c == '#' || c == '[' && i > 0:
			return 0
		}
	}
	return 0
}

// scalarText writes a text so that every YAML takes it for one.
func scalarText(s string) string {
	plain := func(c rune) bool {
		return c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("/._+-", c))
	}
	first, _ := utf8.DecodeRuneInString(s)
	name := unicode.IsLetter(first) && strings.ContainsAny(s, "0123456789")
	if (first == '/' || name) && strings.IndexFunc(s, func(c rune) bool { return !plain(c) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func lineEnd(data string) string {
	if strings.Contains(data, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// sameBut proves that edited is the document with these texts under key.
func (r *Reader) sameBut(edited, key string, texts []string) error {
	now, err := Open(r.file, []byte(edited))
	if err != nil {
		return err
	}
	at, _ := now.find(key)
	if at == nil {
		return errDiffers
	}
	i := slices.Index(now.root.Content, at)
	var got []string
	for _, n := range now.root.Content[i+1].Content {
		if n.ShortTag() != "!!str" {
			return errDiffers
		}
		got = append(got, n.Value)
	}
	others := func(r *Reader) (rest []*yaml.Node) {
		if r.root == nil {
			return nil
		}
		for i := 0; i+1 < len(r.root.Content); i += 2 {
			if r.root.Content[i].Value != key {
				rest = append(rest, r.root.Content[i:i+2]...)
			}
		}
		return rest
	}
	if !slices.Equal(got, texts) || !sameNodes(others(r), others(now), map[*yaml.Node]bool{}) {
		return errDiffers
	}
	return nil
}
