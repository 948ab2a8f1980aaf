package index

import (
	"bytes"
	"encoding/json"
)

// scanPage reads a page of the plain form that indexes write, in one pass and
// without reflection: a cold resolution reads a hundred megabytes of them. It
// gives up (ok false) on whatever package encoding/json might see otherwise:
// escapes, characters beyond ASCII, keys of other case, other types.
func scanPage(body []byte) (page jsonPage, ok bool) {
	s := scanner{rest: body}
	s.object(func(key string) {
		switch key {
		case "meta":
			s.object(func(key string) {
				if key == "api-version" {
					page.Meta.Version = s.text()
					return
				}
				s.skip()
			})
		case "files":
			if page.Files != nil {
				s.fail() // package json would merge the two
				return
			}
			page.Files = make([]jsonFile, 0, len(body)/512)
			s.array(func() { page.Files = append(page.Files, s.file()) })
		default:
			s.skip()
		}
	})
	s.space()
	return page, !s.failed && len(s.rest) == 0
}

func (s *scanner) file() (f jsonFile) {
	s.object(func(key string) {
		switch key {
		case "filename":
			f.Filename = s.text()
		case "url":
			f.URL = s.text()
		case "hashes":
			f.Hashes = s.value()
		case "requires-python":
			if text := s.value(); string(text) != "null" {
				f.RequiresPython = s.unquoted(text)
			} else {
				f.RequiresPython = nil
			}
		case "core-metadata":
			f.CoreMetadata = s.value()
		case "dist-info-metadata":
			f.DistInfo = s.value()
		case "yanked":
			f.Yanked = s.value()
		case "size":
			f.Size = s.value()
		case "upload-time":
			f.UploadTime = s.text()
		default:
			s.skip()
		}
	})
	return f
}

// scanner reads JSON from the front of rest. After a failure rest is empty.
type scanner struct {
	rest   []byte
	failed bool
}

func (s *scanner) fail() { s.failed, s.rest = true, nil }

func (s *scanner) space() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\r' || s.rest[0] == '\t') {
		s.rest = s.rest[1:]
	}
}

// take reads c, after space, if it comes next.
func (s *scanner) take(c byte) bool {
	s.space()
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) object(member func(key string)) {
	s.list('{', '}', func() {
		key := s.quoted()
		for _, c := range key {
			if c >= 'A' && c <= 'Z' {
				s.fail()
			}
		}
		if !s.take(':') {
			s.fail()
			return
		}
		member(string(key))
	})
}

func (s *scanner) array(element func()) { s.list('[', ']', element) }

func (s *scanner) list(open, end byte, element func()) {
	if !s.take(open) {
		s.fail()
		return
	}
	if s.take(end) {
		return
	}
	for !s.failed {
		element()
		if s.take(end) {
			return
		}
		if !s.take(',') {
			s.fail()
		}
	}
}

// quoted is the inside of a string of plain characters.
func (s *scanner) quoted() []byte {
	if !s.take('"') {
		s.fail()
		return nil
	}
	for i, c := range s.rest {
		if c == '"' {
			text := s.rest[:i]
			s.rest = s.rest[i+1:]
			return text
		}
		if c < ' ' || c >= 0x7f || c == '\\' {
			break
		}
	}
	s.fail()
	return nil
}

func (s *scanner) text() string { return string(s.quoted()) }

func (s *scanner) unquoted(value json.RawMessage) *string {
	inner := scanner{rest: value}
	text := inner.text()
	if inner.failed {
		s.fail()
	}
	return &text
}

// value is a value as it is written.
func (s *scanner) value() json.RawMessage {
	s.space()
	start := s.rest
	s.skip()
	return json.RawMessage(start[:len(start)-len(s.rest)])
}

// skip passes over a value. Objects that are nested deeper than those of a page
// are none of ours.
func (s *scanner) skip() {
	s.space()
	if len(s.rest) == 0 {
		s.fail()
		return
	}
	switch s.rest[0] {
	case '"':
		s.quoted()
	case '[':
		s.array(s.scalar)
	case '{':
		s.list('{', '}', func() {
			s.quoted()
			if !s.take(':') {
				s.fail()
			}
			s.scalar()
		})
	default:
		s.scalar()
	}
}

// scalar passes over a string, a number or a word.
func (s *scanner) scalar() {
	s.space()
	if len(s.rest) > 0 && s.rest[0] == '"' {
		s.quoted()
		return
	}
	n := bytes.IndexAny(s.rest, ",]} \t\r\n")
	if n <= 0 || !json.Valid(s.rest[:n]) {
		s.fail()
		return
	}
	s.rest = s.rest[n:]
}
