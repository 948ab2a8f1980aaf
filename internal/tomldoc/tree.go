package tomldoc

import (
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// node is a value and where it stands, in bytes of the file. Of a table that
// has a header this is the header's last key, of others their own key.
type node struct {
	kind     unstable.Kind
	text     string
	from, to int
	keys     []string // of a table, in the order written
	members  map[string]*node
	list     []*node
	tables   bool // a list written as [[name]]
}

func newTable(from, to int) *node {
	return &node{kind: unstable.Table, from: from, to: to, members: map[string]*node{}}
}

// parse makes a tree of a document that is known to be valid.
func parse(data []byte) (*node, error) {
	var p unstable.Parser
	p.Reset(data)
	root := newTable(0, 0)
	current := root
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.KeyValue:
			current.assign(e)
		case unstable.Table, unstable.ArrayTable:
			current = root.open(e)
		}
	}
	return root, p.Error()
}

func span(n *unstable.Node) (from, to int) {
	return int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)
}

// enter is the table of a key, made when there is none; of a list of tables it
// is the last.
func (n *node) enter(key *unstable.Node) *node {
	name := string(key.Data)
	m, ok := n.members[name]
	switch {
	case !ok:
		m = newTable(span(key))
		n.put(name, m)
	case len(m.list) > 0:
		return m.list[len(m.list)-1]
	}
	return m
}

func (n *node) put(name string, value *node) {
	if n.members == nil {
		n.members = map[string]*node{}
	}
	if !slices.Contains(n.keys, name) {
		n.keys = append(n.keys, name)
	}
	n.members[name] = value
}

// open finds the table of a header.
func (n *node) open(header *unstable.Node) *node {
	keys := header.Key()
	for keys.Next() {
		key := keys.Node()
		if !keys.IsLast() {
			n = n.enter(key)
			continue
		}
		if header.Kind == unstable.Table {
			n = n.enter(key)
			n.from, n.to = span(key)
			continue
		}
		list, ok := n.members[string(key.Data)]
		if !ok {
			list = &node{kind: unstable.Array, tables: true}
			list.from, list.to = span(key)
			n.put(string(key.Data), list)
		}
		list.list = append(list.list, newTable(span(key)))
		n = list.list[len(list.list)-1]
	}
	return n
}

// assign takes a line KEY = VALUE; the key may be dotted.
func (n *node) assign(e *unstable.Node) {
	keys := e.Key()
	for keys.Next() {
		if key := keys.Node(); keys.IsLast() {
			n.put(string(key.Data), valueOf(e.Value(), key))
		} else {
			n = n.enter(key)
		}
	}
}

// valueOf copies a value out of the parser, which reuses its memory. Where the
// parser gives no place, that of the key counts.
func valueOf(v, key *unstable.Node) *node {
	out := &node{kind: v.Kind, text: string(v.Data)}
	if out.from, out.to = span(v); out.to == out.from && key != nil {
		out.from, out.to = span(key)
	}
	switch v.Kind {
	case unstable.InlineTable:
		out.kind = unstable.Table
		for members := v.Children(); members.Next(); {
			out.assign(members.Node())
		}
	case unstable.Array:
		for members := v.Children(); members.Next(); {
			if m := members.Node(); m.Kind != unstable.Comment {
				out.list = append(out.list, valueOf(m, key))
			}
		}
	}
	return out
}
