package lock

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// span is where something stands in a document, in bytes.
type span struct{ from, to int }

// locator finds the places of values by their paths: "packages[2].name". It is
// made only when there is something to complain of.
type locator struct {
	parser unstable.Parser
	data   []byte
	places map[string]span
	counts map[string]int // members of each array of tables so far
	table  string
}

// locate reads a document that was parsed without error.
func locate(data []byte) map[string]span {
	l := &locator{data: data, places: map[string]span{}, counts: map[string]int{}}
	l.parser.Reset(data)
	for l.parser.NextExpression() {
		n := l.parser.Expression()
		switch n.Kind {
		case unstable.KeyValue:
			l.keyValue(l.table, n)
		case unstable.Table:
			l.table = l.header(n)
		case unstable.ArrayTable:
			path := l.header(n)
			l.counts[path]++
			l.table = path + index(l.counts[path]-1)
			l.put(l.table, l.places[path])
		}
	}
	return l.places
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (l *locator) put(path string, s span) {
	if s.to > s.from {
		l.places[path] = s
	}
}

// header is the path that a [table] or [[table]] names, where each array of
// tables on the way stands for its last member. What is named last is put at
// its key.
func (l *locator) header(n *unstable.Node) string {
	path := ""
	keys := n.Key()
	for keys.Next() {
		key := keys.Node()
		path = join(path, string(key.Data))
		l.put(path, spanOf(key))
		if count := l.counts[path]; count > 0 && key.Next().Valid() {
			path += index(count - 1)
		}
	}
	return path
}

func spanOf(n *unstable.Node) span {
	return span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)}
}

// keyValue is placed at its value where that is on one line, else at its key.
func (l *locator) keyValue(path string, n *unstable.Node) {
	var at span
	keys := n.Key()
	for keys.Next() {
		path, at = join(path, string(keys.Node().Data)), spanOf(keys.Node())
		l.put(path, at)
	}
	l.value(path, n.Value(), at)
}

func (l *locator) value(path string, v *unstable.Node, key span) {
	switch v.Kind {
	case unstable.InlineTable:
		l.put(path, key)
		for members := v.Children(); members.Next(); {
			l.keyValue(path, members.Node())
		}
	case unstable.Array:
		l.put(path, key)
		n := 0
		for members := v.Children(); members.Next(); n++ {
			member := members.Node()
			l.value(path+index(n), member, spanOf(member))
		}
	default:
		if s := spanOf(v); s.to > s.from && !bytes.ContainsRune(l.data[s.from:s.to], '\n') {
			key = s
		}
		l.put(path, key)
	}
}

// position is the line and the column of a byte, both from 1, and the text of
// the line.
func position(data []byte, at int) (line, col int, text string) {
	at = min(at, len(data))
	line = 1 + bytes.Count(data[:at], []byte("\n"))
	begin := bytes.LastIndexByte(data[:at], '\n') + 1
	end := len(data)
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		end = at + i
	}
	text = strings.TrimSuffix(string(data[begin:end]), "\r")
	return line, 1 + utf8.RuneCount(data[begin:at]), text
}
