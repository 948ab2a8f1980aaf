package pep440

// cut is a place between versions: just before v, or just after it. The zero
// cut is the place before all versions where an interval begins, and the place
// after all where it ends.
//
// Every place that a specifier can name has one cut only, so that equal sets
// have equal cuts: the place behind 1.0 and all its local versions is the one
// before 1.0.post0.dev0, the next version there is. Two places have no next
// version: just after one exact version (its local labels go on without a
// first), and after a final release with all its post-releases (1.0.0.0.1 and
// the like follow without a first). For the latter, v is a version that no
// text can name, whose post-release comes after every number.
type cut struct {
	v     Version
	after bool
}

var firstVersion = MustParse("0.dev0")

// before is the cut below v, which is the zero cut for the first version.
func before(v Version) cut {
	if v.Compare(firstVersion) <= 0 {
		return cut{}
	}
	return cut{v: v}
}

func (c cut) isZero() bool { return c.v.IsZero() }

// admits says whether w is above the cut, for a cut that is not zero.
func (c *cut) admits(w Version) bool {
	order := w.Compare(c.v)
	return order > 0 || order == 0 && !c.after
}

// compare orders cuts; the zero cut is taken as the place before all versions.
func (c cut) compare(d cut) int {
	if order := c.v.Compare(d.v); order != 0 {
		return order
	}
	return compareInts(btoi(c.after), btoi(d.after))
}

// behindLocals is the cut above v, which has no local label, and all v+local.
func behindLocals(v Version) cut {
	p := v.parts()
	switch {
	case p.dev:
		p.devN = p.devN.next()
	case p.post == postNumber:
		p.postN = p.postN.next()
		p.setDev(number{})
	default:
		p.post = postNumber
		p.setDev(number{})
	}
	return cut{v: p.build("")}
}

// behindPosts is the cut that >v means: above v and its local versions, and
// above its post-releases unless v is a post-release or dev-release itself.
func behindPosts(v Version) cut {
	p := v.parts()
	switch {
	case p.dev || p.post == postNumber:
		return behindLocals(v)
	case p.pre != preNone:
		p.preN = p.preN.next()
		p.setDev(number{})
	default:
		p.post = postAll
	}
	return cut{v: p.build("")}
}

// beforeFamily is the cut that <v means: below v, and below its own
// pre-releases unless v is one.
func beforeFamily(v Version) cut {
	if v.IsPrerelease() {
		return cut{v: v}
	}
	p := v.parts()
	p.setDev(number{})
	return cut{v: p.build("")}
}

// prefix is the interval of all versions whose release begins with the first n
// numbers of the release of v, which may be fewer than v has.
func prefix(v Version, n int) (from, to cut) {
	p := v.parts()
	p.clearSuffix()
	p.count = n
	p.setDev(number{})
	from = before(p.build(""))
	p.bumpRelease(n)
	return from, cut{v: p.build("")}
}
