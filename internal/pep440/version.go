package pep440

import (
	"math"
	"strings"
)

// Version is one version. Versions that differ in spelling or in trailing
// zeros are equal: compare them with Compare or Equal, and use Canonical where
// a map key is wanted. The zero Version is no version; it comes before all
// others.
type Version struct {
	_ [0]func() // spellings differ, so == would lie: it does not compile

	hi, lo uint64 // the order of the public part, see key.go
	d      *detail
}

// detail is what the key of a version does not say.
type detail struct {
	text  string // the normal form, or empty for a derived version
	count int    // release numbers as written
	rest  *rest  // nil for nearly all
}

// rest holds a local label and, where there is no key, all numbers.
type rest struct {
	parts parts
}

// build makes the version of p. Its text may be empty: it is then written when
// it is asked for.
func (p *parts) build(text string) Version {
	d := &detail{text: text, count: p.count}
	hi, lo, ok := p.key()
	if !ok || len(p.local) > 0 {
		d.rest = &rest{*p}
	}
	if !ok {
		hi, lo = 0, 0
	}
	return Version{hi: hi, lo: lo, d: d}
}

// parts takes v apart again.
func (v Version) parts() parts {
	if v.lo == 0 {
		if v.d == nil {
			return parts{}
		}
		return v.d.rest.parts
	}
	p := parts{local: v.local()}
	for i := range v.d.count {
		n := number{}
		if i < keyReleases {
			n.n = v.hi >> (releaseBits * (keyReleases - 1 - i)) & (1<<releaseBits - 1)
		}
		p.addRelease(n)
	}
	p.pre, p.preN = uint8(v.lo>>rankShift), number{n: v.lo >> preShift & preMask}
	switch post := v.lo >> postShift & postLast; post {
	case 0:
	case postLast:
		p.post = postAll
	default:
		p.post, p.postN = postNumber, number{n: post - 1}
	}
	if dev := v.lo >> devShift & devNone; dev != devNone {
		p.dev, p.devN = true, number{n: dev}
	}
	return p
}

func (v Version) local() []segment {
	if v.d == nil || v.d.rest == nil {
		return nil
	}
	return v.d.rest.parts.local
}

// MustParse is Parse for texts known to be versions; it panics on any other.
func MustParse(s string) Version {
	v, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return v
}

// Compare is negative when v comes before w in the order of PEP 440, zero when
// they are equal, positive when v comes after w.
func (v Version) Compare(w Version) int {
	if v.lo == 0 || w.lo == 0 {
		return v.compareParts(w)
	}
	switch {
	case v.hi < w.hi:
		return -1
	case v.hi > w.hi:
		return 1
	case v.lo < w.lo:
		return -1
	case v.lo > w.lo:
		return 1
	case v.d.rest == nil && w.d.rest == nil:
		return 0
	}
	return compareLocal(v.local(), w.local())
}

// compareParts compares where one of the two has no key.
func (v Version) compareParts(w Version) int {
	if v.d == nil || w.d == nil {
		return compareInts(btoi(v.d != nil), btoi(w.d != nil))
	}
	a, b := v.parts(), w.parts()
	if c := a.epoch.compare(b.epoch); c != 0 {
		return c
	}
	for i := range max(a.count, b.count) {
		var x, y number
		if i < a.count {
			x = a.release(i)
		}
		if i < b.count {
			y = b.release(i)
		}
		if c := x.compare(y); c != 0 {
			return c
		}
	}
	if c := a.compareSuffix(&b); c != 0 {
		return c
	}
	return compareLocal(a.local, b.local)
}

func (p *parts) compareSuffix(q *parts) int {
	if p.pre != q.pre {
		return compareInts(int(p.pre), int(q.pre))
	}
	if c := p.preN.compare(q.preN); c != 0 {
		return c
	}
	if p.post != q.post {
		return compareInts(int(p.post), int(q.post))
	}
	if c := p.postN.compare(q.postN); c != 0 {
		return c
	}
	if p.dev != q.dev {
		return compareInts(btoi(q.dev), btoi(p.dev))
	}
	return p.devN.compare(q.devN)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Equal says whether v and w are the same version: 1.0 and 1 are.
func (v Version) Equal(w Version) bool { return v.Compare(w) == 0 }

// IsZero says whether v is no version at all.
func (v Version) IsZero() bool { return v.lo == 0 && v.d == nil }

// String is the normal form of v, its trailing zeros kept; empty for no version.
func (v Version) String() string {
	if v.IsZero() {
		return ""
	}
	if v.d.text != "" {
		return v.d.text
	}
	p := v.parts()
	return string(p.text(nil))
}

// Canonical is the normal form without trailing zeros of the release: two
// versions are equal when their canonical texts are.
func (v Version) Canonical() string {
	if v.IsZero() {
		return ""
	}
	p := v.parts()
	end := p.count
	for end > 1 && p.release(end-1).isZero() {
		end--
	}
	if end == p.count {
		return v.String()
	}
	p.count = end
	return string(p.text(nil))
}

// IsPrerelease says whether v is a pre-release or a dev-release.
func (v Version) IsPrerelease() bool {
	if v.lo != 0 {
		return v.lo>>rankShift != preNone || v.IsDev()
	}
	return v.d != nil && (v.d.rest.parts.pre != preNone || v.d.rest.parts.dev)
}

// IsPostrelease says whether v is a post-release.
func (v Version) IsPostrelease() bool {
	if v.lo != 0 {
		return v.lo>>postShift&postLast != 0
	}
	return v.d != nil && v.d.rest.parts.post != postNone
}

// IsDev says whether v is a dev-release.
func (v Version) IsDev() bool {
	if v.lo != 0 {
		return v.lo>>devShift&devNone != devNone
	}
	return v.d != nil && v.d.rest.parts.dev
}

// HasLocal says whether v has a local label.
func (v Version) HasLocal() bool { return len(v.local()) > 0 }

// Local is the normal form of the local label, without its +; empty for none.
func (v Version) Local() string {
	return strings.TrimPrefix(string(appendLocal(nil, v.local())), "+")
}

// Public is v without its local label.
func (v Version) Public() Version {
	if !v.HasLocal() {
		return v
	}
	text, _, _ := strings.Cut(v.String(), "+")
	p := v.parts()
	p.local = nil
	return p.build(text)
}

// Base is the epoch and release of v alone.
func (v Version) Base() Version {
	p := v.parts()
	p.clearSuffix()
	return p.build(string(p.text(nil)))
}

// Release is the i-th release number, from 0; zero where v has no such number,
// the largest int where the number is larger.
func (v Version) Release(i int) int {
	switch {
	case v.IsZero() || i < 0 || i >= v.d.count:
		return 0
	case v.lo == 0:
		return v.d.rest.parts.release(i).int()
	case i >= keyReleases:
		return 0
	}
	return int(v.hi >> (releaseBits * (keyReleases - 1 - i)) & math.MaxUint16)
}

// ReleaseLen is the number of release numbers as written: 3 for 1.0.0.
func (v Version) ReleaseLen() int {
	if v.IsZero() {
		return 0
	}
	return v.d.count
}
