package pep440

// Nearly every version fits in two words whose order is the order of the
// versions, so that comparing costs two comparisons of integers:
//
//	hi: four release numbers of 16 bits, missing ones zero
//	lo: 3 bits rank of the pre-release, 16 its number, 17 the post-release
//	    (0 none, else number + 1, all ones behind every one), 27 the dev-release
//	    (all ones: none), and 1 that is always set
//
// The epoch is zero and the local label is not part of the key. A version that
// does not fit has lo zero and keeps its numbers beside it.
const (
	releaseBits = 16
	keyReleases = 4

	devShift  = 1
	devBits   = 27
	postShift = devShift + devBits
	postBits  = 17
	preShift  = postShift + postBits
	preBits   = 16
	rankShift = preShift + preBits

	keyed    = 1
	devNone  = 1<<devBits - 1
	postLast = 1<<postBits - 1
	preMask  = 1<<preBits - 1

	// keyFinal is lo of a version that is a release number alone.
	keyFinal = preNone<<rankShift | devNone<<devShift | keyed
)

// key packs the public part of p; ok is false where it does not fit.
func (p *parts) key() (hi, lo uint64, ok bool) {
	if !p.epoch.isZero() {
		return 0, 0, false
	}
	for i := range p.count {
		n := p.release(i)
		switch {
		case i >= keyReleases:
			if !n.isZero() {
				return 0, 0, false
			}
		case n.big != "" || n.n >= 1<<releaseBits:
			return 0, 0, false
		default:
			hi |= n.n << (releaseBits * (keyReleases - 1 - i))
		}
	}
	lo, ok = p.suffixKey()
	return hi, lo, ok
}

func (p *parts) suffixKey() (lo uint64, ok bool) {
	post, dev := uint64(0), uint64(devNone)
	switch p.post {
	case postNumber:
		if p.postN.big != "" || p.postN.n >= postLast-1 {
			return 0, false
		}
		post = p.postN.n + 1
	case postAll:
		post = postLast
	}
	if p.dev {
		if p.devN.big != "" || p.devN.n >= devNone {
			return 0, false
		}
		dev = p.devN.n
	}
	if p.preN.big != "" || p.preN.n > preMask {
		return 0, false
	}
	return uint64(p.pre)<<rankShift | p.preN.n<<preShift | post<<postShift | dev<<devShift | keyed, true
}

// keyText takes the key of a text of at most four plain numbers joined by
// dots, which most versions are; ok is false for every other text.
func keyText(s string) (hi uint64, count int, ok bool) {
	n, digits := uint64(0), 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c-'0' <= 9:
			if digits > 0 && n == 0 || digits == 4 {
				return 0, 0, false // a leading zero is not the normal form
			}
			n, digits = n*10+uint64(c-'0'), digits+1
		case c == '.' && digits > 0 && count < keyReleases-1:
			hi = hi<<releaseBits | n
			n, digits, count = 0, 0, count+1
		default:
			return 0, 0, false
		}
	}
	if digits == 0 {
		return 0, 0, false
	}
	hi = hi<<releaseBits | n
	count++
	return hi << (releaseBits * (keyReleases - count)), count, true
}
