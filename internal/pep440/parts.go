package pep440

import "strings"

// Ranks of the pre-release in the order: a version with a dev-release alone
// comes before every pre-release, one without a pre-release after them all.
const (
	preDev = iota
	preAlpha
	preBeta
	preCandidate
	preNone
)

// Ranks of the post-release. postAll stands behind every post-release: no
// version has it, only the place behind a version's post-releases (see cut).
const (
	postNone = iota
	postNumber
	postAll
)

// inlineRelease is how many release numbers parts holds without allocating.
const inlineRelease = 5

// parts is a version taken apart. It lives on the stack while a version is
// parsed or derived from another one.
type parts struct {
	epoch number
	first [inlineRelease]number
	more  []number // release numbers beyond first
	count int      // release numbers as written
	pre   uint8
	post  uint8
	dev   bool
	preN  number
	postN number
	devN  number
	local []segment
}

// segment is one part of a local version label: a number, or lower-case text.
type segment struct {
	text   string // empty for a number
	number number
}

func (p *parts) addRelease(n number) {
	if p.count < inlineRelease {
		p.first[p.count] = n
	} else {
		p.more = append(p.more, n)
	}
	p.count++
}

func (p *parts) release(i int) number {
	if i < inlineRelease {
		return p.first[i]
	}
	return p.more[i-inlineRelease]
}

// bumpRelease keeps the first n release numbers and adds one to the last.
func (p *parts) bumpRelease(n int) {
	kept := parts{}
	for i := range n - 1 {
		kept.addRelease(p.release(i))
	}
	kept.addRelease(p.release(n - 1).next())
	p.first, p.more, p.count = kept.first, kept.more, kept.count
}

// clearSuffix leaves epoch and release alone.
func (p *parts) clearSuffix() {
	p.pre, p.preN = preNone, number{}
	p.clearPost()
}

// clearPost takes off post-release, dev-release and local label.
func (p *parts) clearPost() {
	p.post, p.postN = postNone, number{}
	p.dev, p.devN = false, number{}
	p.local = nil
	p.fixPre()
}

// fixPre sets the rank that a version without letters a, b, rc has: it depends
// on whether a dev-release stands alone.
func (p *parts) fixPre() {
	if p.pre != preDev && p.pre != preNone {
		return
	}
	p.pre = preNone
	if p.dev && p.post == postNone {
		p.pre = preDev
	}
}

// setDev makes p the given dev-release of what it is without one.
func (p *parts) setDev(n number) {
	p.dev, p.devN = true, n
	p.fixPre()
}

// text writes the normal form.
func (p *parts) text(b []byte) []byte {
	if !p.epoch.isZero() {
		b = append(p.epoch.append(b), '!')
	}
	for i := range p.count {
		if i > 0 {
			b = append(b, '.')
		}
		b = p.release(i).append(b)
	}
	if letters := preLetters(p.pre); letters != "" {
		b = p.preN.append(append(b, letters...))
	}
	if p.post == postNumber {
		b = p.postN.append(append(b, ".post"...))
	}
	if p.dev {
		b = p.devN.append(append(b, ".dev"...))
	}
	return appendLocal(b, p.local)
}

func preLetters(rank uint8) string {
	switch rank {
	case preAlpha:
		return "a"
	case preBeta:
		return "b"
	case preCandidate:
		return "rc"
	}
	return ""
}

func appendLocal(b []byte, local []segment) []byte {
	for i, s := range local {
		if i == 0 {
			b = append(b, '+')
		} else {
			b = append(b, '.')
		}
		if s.text != "" {
			b = append(b, s.text...)
		} else {
			b = s.number.append(b)
		}
	}
	return b
}

// compareLocal orders local labels: none first, text before numbers, a longer
// label behind the one it begins with.
func compareLocal(a, b []segment) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		switch {
		case x.text != "" && y.text != "":
			if c := strings.Compare(x.text, y.text); c != 0 {
				return c
			}
		case x.text != "":
			return -1
		case y.text != "":
			return 1
		default:
			if c := x.number.compare(y.number); c != 0 {
				return c
			}
		}
	}
	return compareInts(len(a), len(b))
}
