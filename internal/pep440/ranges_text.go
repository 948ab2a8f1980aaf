package pep440

import "strings"

// String describes the set for a reader, in the words of specifiers:
// ">=1.0,<2.0 || ==3.1". All versions are "*", none is "none". The text is
// exact except that ==1.0 stands for 1.0 with and without its local versions.
func (r Ranges) String() string {
	switch {
	case r.IsEmpty():
		return "none"
	case r.IsFull():
		return "*"
	}
	var texts []string
	for i := 0; i < len(r.cuts); i += 2 {
		to := cut{}
		if i+1 < len(r.cuts) {
			to = r.cuts[i+1]
		}
		texts = append(texts, intervalText(r.cuts[i], to))
	}
	if except, ok := r.exceptions(); ok {
		return except
	}
	return strings.Join(texts, " || ")
}

// exceptions describes a set that lacks single versions or prefixes inside one
// interval as that interval without them: ">=1,!=1.5".
func (r Ranges) exceptions() (string, bool) {
	if len(r.cuts) < 3 {
		return "", false
	}
	to := cut{}
	if len(r.cuts)%2 == 0 {
		to = r.cuts[len(r.cuts)-1]
	}
	var texts []string
	if outer := intervalText(r.cuts[0], to); outer != "*" {
		texts = append(texts, outer)
	}
	for i := 1; i+1 < len(r.cuts); i += 2 {
		hole := intervalText(r.cuts[i], r.cuts[i+1])
		if !strings.HasPrefix(hole, "==") || strings.Contains(hole, ",") {
			return "", false
		}
		texts = append(texts, "!="+hole[2:])
	}
	return strings.Join(texts, ","), true
}

// intervalText describes one interval; a zero to has no end.
func intervalText(from, to cut) string {
	switch {
	case from.isZero() && to.isZero():
		return "*"
	case from.isZero():
		return upperText(to)
	case to.isZero():
		return lowerText(from)
	}
	if v := from.v; !from.after {
		if to.after && to.v.Equal(v) || !v.HasLocal() && to.compare(behindLocals(v)) == 0 {
			return "==" + v.String()
		}
		if text, ok := prefixText(v, to); ok {
			return text
		}
	}
	return lowerText(from) + "," + upperText(to)
}

// prefixText describes an interval that is all versions of a release prefix.
func prefixText(from Version, to cut) (string, bool) {
	base, ok := devZero(from)
	if !ok || base.IsPostrelease() || base.IsPrerelease() || to.after {
		return "", false
	}
	for n := base.ReleaseLen(); n > 0; n-- {
		if _, end := prefix(base, n); end.compare(to) == 0 && before(from).compare(firstOf(base, n)) == 0 {
			p := base.parts()
			p.count = n
			return "==" + string(p.text(nil)) + ".*", true
		}
	}
	return "", false
}

func firstOf(base Version, n int) cut {
	from, _ := prefix(base, n)
	return from
}

// devZero is v without its dev-release, when that is 0.
func devZero(v Version) (Version, bool) {
	p := v.parts()
	if !p.dev || !p.devN.isZero() || len(p.local) > 0 {
		return v, false
	}
	p.dev = false
	p.fixPre()
	return p.build(""), true
}

// lowerText describes the lower end of an interval.
func lowerText(c cut) string {
	p := c.v.parts()
	switch base, ok := devZero(c.v); {
	case p.post == postAll:
		p.post = postNone
		return ">" + string(p.text(nil))
	case c.after:
		return ">" + c.v.String()
	case ok && p.post == postNumber && p.postN.isZero():
		return ">" + beforePost(base)
	}
	return ">=" + c.v.String()
}

// upperText describes the upper end of an interval.
func upperText(c cut) string {
	p := c.v.parts()
	base, ok := devZero(c.v)
	switch {
	case p.post == postAll:
		p.post = postNone
		return "<=" + string(p.text(nil)) + ".post*"
	case c.after:
		return "<=" + c.v.String()
	case ok && p.post == postNumber && p.postN.isZero():
		return "<=" + beforePost(base)
	case ok && !base.IsPrerelease():
		return "<" + base.String()
	}
	return "<" + c.v.String()
}

// beforePost is the text of v without its post-release.
func beforePost(v Version) string {
	p := v.parts()
	p.post, p.postN = postNone, number{}
	p.fixPre()
	return string(p.text(nil))
}
