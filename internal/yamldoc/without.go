package yamldoc

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/fault"
)

// Without is the document without one of its top-level keys, all else byte for
// byte: comments, order and line ends. Comments at the margin before and after
// the section stay; those indented below the key go with it. The section must
// stand on lines of its own; what cannot be cut out cleanly (a root in braces,
// an anchor in the section that is used outside) is an error at the key.
func Without(file string, data []byte, key string) ([]byte, error) {
	r, err := Open(file, data)
	if err != nil {
		return nil, err
	}
	at, next := r.find(key)
	if at == nil {
		return data, nil
	}
	refuse := func(reason, hint string) error {
		return r.problem(at.Line, at.Column, len(key), key, reason, hint)
	}
	if !r.ownLines(at, next) {
		return nil, refuse("does not stand on lines of its own", "write the file in block style, one top-level key per line")
	}
	rest := r.cutLines(data, at, next)
	if err := r.sameWithout(rest, key); err != nil {
		return nil, fault.WithHints(refuse("cannot be taken out of the file: "+err.Error(), ""), "anchors that other sections use stand outside "+key)
	}
	return rest, nil
}

// find is the node of a top-level key and that of the key after it, if any.
func (r *Reader) find(key string) (at, next *yaml.Node) {
	if r.root == nil || r.root.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i < len(r.root.Content); i += 2 {
		if at != nil {
			return at, r.root.Content[i]
		}
		if r.root.Content[i].Value == key {
			at = r.root.Content[i]
		}
	}
	return at, nil
}

func (r *Reader) ownLines(at, next *yaml.Node) bool {
	if r.root.Style&yaml.FlowStyle != 0 || !r.beginsLine(at) {
		return false
	}
	return next == nil || r.beginsLine(next)
}

func (r *Reader) beginsLine(n *yaml.Node) bool {
	before := string([]rune(r.line(n.Line))[:n.Column-1])
	return strings.Trim(before, " \ufeff") == ""
}

// cutLines takes the lines from the key on, up to the next key; of these the
// last ones that are blank, comments at the margin or the end of the document stay.
func (r *Reader) cutLines(data []byte, at, next *yaml.Node) []byte {
	end := len(r.lines)
	if next != nil {
		end = next.Line - 1
	}
	margin := at.Column - 1
	for end > at.Line && outside(r.lines[end-1], margin) {
		end--
	}
	starts := lineStarts(string(data))
	from := starts[at.Line-1]
	if at.Line == 1 && bytes.HasPrefix(data, []byte("\ufeff")) {
		from = len("\ufeff")
	}
	return append(bytes.Clone(data[:from]), data[starts[end]:]...)
}

func outside(line string, margin int) bool {
	text := strings.TrimLeft(line, " \t")
	indent := len(line) - len(text)
	return text == "" || text[0] == '#' && indent <= margin || indent == 0 && (strings.HasPrefix(text, "...") || strings.HasPrefix(text, "---"))
}

// lineStarts are the offsets of the lines of [Lines], and the length of s.
func lineStarts(s string) []int {
	starts := []int{0}
	for i := 0; i < len(s); {
		n := breakAt(s[i:])
		if n > 0 {
			starts = append(starts, i+n)
		}
		i += max(1, n)
	}
	return append(starts, len(s))
}

// sameWithout proves that rest is the document without the key.
func (r *Reader) sameWithout(rest []byte, key string) error {
	cut, err := Open(r.file, rest)
	if err != nil {
		return err
	}
	var want []*yaml.Node
	for i := 0; i < len(r.root.Content); i += 2 {
		if r.root.Content[i].Value != key {
			want = append(want, r.root.Content[i:i+2]...)
		}
	}
	if cut.root == nil {
		if len(want) > 0 {
			return errDiffers
		}
		return nil
	}
	if !sameNodes(want, cut.root.Content, map[*yaml.Node]bool{}) {
		return errDiffers
	}
	return nil
}

var errDiffers = fault.New(fault.BadInput, "what is left would not mean the same")

func sameNodes(a, b []*yaml.Node, seen map[*yaml.Node]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameNode(a[i], b[i], seen) {
			return false
		}
	}
	return true
}

func sameNode(a, b *yaml.Node, seen map[*yaml.Node]bool) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || a.Anchor != b.Anchor {
		return false
	}
	if a.Kind == yaml.AliasNode {
		if seen[a.Alias] {
			return true
		}
		seen[a.Alias] = true
		return sameNode(a.Alias, b.Alias, seen)
	}
	return sameNodes(a.Content, b.Content, seen)
}
