package merge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// Memory keeps what was learned of wheels from one build to the next. The
// cache's store is one. Get may forget, Set may fail: then the wheel is read again.
type Memory interface {
	Get(namespace, key string) ([]byte, bool)
	Set(namespace, key string, data []byte) error
}

// contentsSpace is the namespace of remembered contents. Its number changes
// with the format, and with whatever [Contents] says of the same bytes.
const contentsSpace = "wheel-contents-1"

// marshal writes one line of JSON, and a line for each member: exec, kind,
// size, sum, name. Most of the time of a warm build would go into reading
// members otherwise.
func (c *Contents) marshal() ([]byte, error) {
	head := *c
	head.Members = nil
	line, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(append(line, '\n'))
	for _, m := range c.Members {
		exec := byte('-')
		if m.Exec {
			exec = 'x'
		}
		b.WriteByte(exec)
		b.WriteByte(byte(m.Kind))
		b.Write(strconv.AppendInt(b.AvailableBuffer(), m.Size, 10))
		b.WriteByte(' ')
		b.Write(base64.RawURLEncoding.AppendEncode(b.AvailableBuffer(), m.Sum[:]))
		b.WriteByte(' ')
		b.WriteString(m.Name)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

var errFormat = errors.New("remembered contents: not in the format of this version")

func unmarshalContents(data []byte) (*Contents, error) {
	head, rest, ok := bytes.Cut(data, []byte("\n"))
	c := &Contents{}
	if !ok || json.Unmarshal(head, c) != nil {
		return nil, errFormat
	}
	text := string(rest)
	c.Members = make([]Member, 0, strings.Count(text, "\n"))
	for text != "" {
		line, more, ok := strings.Cut(text, "\n")
		m, err := unmarshalMember(line)
		if !ok || err != nil {
			return nil, errFormat
		}
		c.Members = append(c.Members, m)
		text = more
	}
	return c, nil
}

func unmarshalMember(line string) (m Member, err error) {
	if len(line) < 2 {
		return m, errFormat
	}
	m.Exec, m.Kind = line[0] == 'x', ScriptKind(line[1])
	size, rest, _ := strings.Cut(line[2:], " ")
	sum, name, ok := strings.Cut(rest, " ")
	if !ok || base64.RawURLEncoding.DecodedLen(len(sum)) != len(m.Sum) {
		return m, errFormat
	}
	if _, err := base64.RawURLEncoding.Decode(m.Sum[:], []byte(sum)); err != nil {
		return m, err
	}
	m.Name = name
	m.Size, err = strconv.ParseInt(size, 10, 64)
	return m, err
}
