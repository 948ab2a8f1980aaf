package pep440

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a version in any spelling that PEP 440 allows: upper case, a
// leading v, alternative separators and words, white space around it. An error
// is a *ParseError.
func Parse(s string) (Version, error) {
	if hi, count, ok := keyText(s); ok {
		return Version{hi: hi, lo: keyFinal, d: &detail{text: s, count: count}}, nil
	}
	start, end := trim(s)
	var p parts
	at, ok := p.scan(s[:end], start)
	problem := ""
	if !ok {
		problem = "expected a version"
		if at > start {
			problem = `expected a number after "` + s[start:at] + `"`
		}
	} else if at < end {
		at, problem = explainRest(s[:end], at, start)
	}
	if problem != "" {
		return Version{}, &ParseError{Text: s, Offset: at, End: at, Problem: problem}
	}
	return p.build(p.normal(s[start:end])), nil
}

// explainRest says what is wrong at the place where the longest version that
// s holds ends.
func explainRest(s string, at, start int) (int, string) {
	rest := s[at:]
	if isSeparator(rest[0]) && len(rest) == 1 {
		return at + 1, `expected a number after "` + rest[:1] + `"`
	}
	if rest[0] == '+' {
		return at + 1, `expected letters and digits after "+"`
	}
	return at, `expected the end of the version after "` + s[start:at] + `"`
}

// normal is the normal form of p, which was read from s: s itself where that
// is the normal form, so that nothing is copied.
func (p *parts) normal(s string) string {
	var buffer [64]byte
	text := p.text(buffer[:0])
	if string(text) == s {
		return s
	}
	return string(text)
}

// scan reads the longest version in s from at, and says where it ends, or where
// a number is missing.
func (p *parts) scan(s string, at int) (end int, ok bool) {
	if at, ok = p.scanRelease(s, at); !ok {
		return at, false
	}
	at = p.scanSuffix(s, at)
	return p.scanLocal(s, at), true
}

// scanRelease reads v, epoch and release.
func (p *parts) scanRelease(s string, at int) (end int, ok bool) {
	if at < len(s) && s[at]|0x20 == 'v' {
		at++
	}
	end = digitsEnd(s, at)
	if end == at {
		return at, false
	}
	if end < len(s) && s[end] == '!' {
		p.epoch = parseNumber(s[at:end])
		at = end + 1
		if end = digitsEnd(s, at); end == at {
			return at, false
		}
	}
	p.addRelease(parseNumber(s[at:end]))
	for end < len(s) && s[end] == '.' {
		next := digitsEnd(s, end+1)
		if next == end+1 {
			break
		}
		p.addRelease(parseNumber(s[end+1 : next]))
		end = next
	}
	p.pre = preNone
	return end, true
}

// scanSuffix reads pre-release, post-release and dev-release, each where there
// is one.
func (p *parts) scanSuffix(s string, at int) (end int) {
	if after, rank := preWord(s, skipSeparator(s, at)); rank != preNone {
		p.pre = rank
		at, p.preN = scanOptionalNumber(s, after)
	}
	if after := digitsEnd(s, at+1); at < len(s) && s[at] == '-' && after > at+1 {
		p.post, p.postN = postNumber, parseNumber(s[at+1:after])
		at = after
	} else if after, ok := anyWord(s, skipSeparator(s, at), "post", "rev", "r"); ok {
		p.post = postNumber
		at, p.postN = scanOptionalNumber(s, after)
	}
	if after, ok := anyWord(s, skipSeparator(s, at), "dev"); ok {
		p.dev = true
		at, p.devN = scanOptionalNumber(s, after)
	}
	p.fixPre()
	return at
}

// scanLocal reads a local label, where there is one.
func (p *parts) scanLocal(s string, at int) (end int) {
	if at >= len(s) || s[at] != '+' || labelEnd(s, at+1) == at+1 {
		return at
	}
	for end = at; end < len(s) && (end == at || isSeparator(s[end])); {
		next := labelEnd(s, end+1)
		if next == end+1 {
			break
		}
		p.local = append(p.local, newSegment(s[end+1:next]))
		end = next
	}
	return end
}

func newSegment(text string) segment {
	if digitsEnd(text, 0) == len(text) {
		return segment{number: parseNumber(text)}
	}
	return segment{text: strings.ToLower(text)}
}

// preWord reads the word of a pre-release; its rank is preNone for no such word.
func preWord(s string, at int) (end int, rank uint8) {
	if end, ok := anyWord(s, at, "alpha", "a"); ok {
		return end, preAlpha
	}
	if end, ok := anyWord(s, at, "beta", "b"); ok {
		return end, preBeta
	}
	if end, ok := anyWord(s, at, "preview", "pre", "c", "rc"); ok {
		return end, preCandidate
	}
	return at, preNone
}

// anyWord reads the first of the words that s has at that place, in any case.
func anyWord(s string, at int, words ...string) (end int, ok bool) {
	for _, word := range words {
		if hasWord(s, at, word) {
			return at + len(word), true
		}
	}
	return at, false
}

func hasWord(s string, at int, word string) bool {
	if len(s)-at < len(word) {
		return false
	}
	for i := range len(word) {
		if s[at+i]|0x20 != word[i] {
			return false
		}
	}
	return true
}

// scanOptionalNumber reads a separator and a number, each where there is one:
// 1.0a and 1.0a. are 1.0a0.
func scanOptionalNumber(s string, at int) (end int, n number) {
	at = skipSeparator(s, at)
	end = digitsEnd(s, at)
	return end, parseNumber(s[at:end])
}

func skipSeparator(s string, at int) int {
	if at < len(s) && isSeparator(s[at]) {
		return at + 1
	}
	return at
}

func isSeparator(c byte) bool { return c == '.' || c == '-' || c == '_' }

func digitsEnd(s string, at int) int {
	for at < len(s) && s[at]-'0' <= 9 {
		at++
	}
	return at
}

func labelEnd(s string, at int) int {
	for at < len(s) && (s[at]-'0' <= 9 || s[at]|0x20-'a' <= 'z'-'a') {
		at++
	}
	return at
}

// trim is where s begins and ends without white space around it.
func trim(s string) (start, end int) {
	left := strings.TrimLeftFunc(s, isSpace)
	start = len(s) - len(left)
	return start, start + len(strings.TrimRightFunc(left, isSpace))
}

func trimmed(s string) string {
	start, end := trim(s)
	return s[start:end]
}

// isSpace is the white space of Python, which the standard's pattern uses: it
// has the four separators of ASCII beside those of Unicode.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// skipSpace is the first place in s, from at, that is no white space.
func skipSpace(s string, at int) int {
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !isSpace(r) {
			return at
		}
		at += size
	}
	return at
}
