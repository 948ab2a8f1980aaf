package inflate

// run is the inner loop: it decodes until the buffer is full, the block ends, a
// step is done, or little input is left. A reason is for a code that means
// nothing. What it used may be more than there is, which the caller finds out.
//
// A refill makes at least 56 bits available: two literals from the main table
// (22 bits) and a length with its extra bits (20), or a distance with its extra
// bits (28). What is left is more than the 11 bits that the next entry is chosen
// by, which is looked up before a match is copied, not behind it.
func (d *Decoder) run() (reason string) {
	in, out, lits, dists := &d.in, &d.out, &d.lits, &d.dists
	bits, count, at, to := d.bits, d.count, d.at, d.to
	most := d.end - wordsInRound
	if d.whole {
		most = d.end + 8
	}
	most = min(most, at+d.step)
	if at > most {
		return ""
	}
	bits |= le.Uint64(in[at:at+8]) << (count & 63)
	at += int(63-count) >> 3
	count |= 56
	e := lits[bits&litMask]
loop:
	for to < window+part && at <= most {
		bits |= le.Uint64(in[at:at+8]) << (count & 63)
		at += int(63-count) >> 3
		count |= 56
		if e&literal != 0 {
			bits >>= e & 63
			count -= uint(e & 63)
			out[to] = byte(e >> 16)
			to++
			e = lits[bits&litMask]
			if e&literal != 0 {
				bits >>= e & 63
				count -= uint(e & 63)
				out[to] = byte(e >> 16)
				to++
				e = lits[bits&litMask]
				if e&literal != 0 {
					bits >>= e & 63
					count -= uint(e & 63)
					out[to] = byte(e >> 16)
					to++
					e = lits[bits&litMask]
					continue
				}
			}
		}
		if e&special != 0 {
			if e&pointer != 0 {
				bits >>= litBits
				count -= litBits
				e = lits[uint(e>>16)+uint(bits)&(1<<(e>>8&15)-1)]
				if e&literal != 0 {
					bits >>= e & 63
					count -= uint(e & 63)
					out[to] = byte(e >> 16)
					to++
					e = lits[bits&litMask]
					continue
				}
			}
			if e&special != 0 {
				if e&ends == 0 {
					reason = "a code that stands for nothing"
					break loop
				}
				bits >>= e & 63
				count -= uint(e & 63)
				d.state = header
				break loop
			}
		}
		length := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint(e & 63)

		bits |= le.Uint64(in[at:at+8]) << (count & 63)
		at += int(63-count) >> 3
		count |= 56
		f := dists[bits&distMask]
		if f&special != 0 {
			if f&pointer != 0 {
				bits >>= distBits
				count -= distBits
				f = dists[uint(f>>16)+uint(bits)&(1<<(f>>8&15)-1)]
			}
			if f&special != 0 {
				reason = "a distance that stands for nothing"
				break loop
			}
		}
		distance := int(f>>16) + int(bits&(1<<(f&63)-1)>>(f>>8&15))
		bits >>= f & 63
		count -= uint(f & 63)
		e = lits[bits&litMask]

		from := to - distance
		if from < 0 {
			reason = "a distance to before the beginning"
			break loop
		}
		end := to + length
		if distance < 8 {
			// Each round doubles what is repeated, up to a whole word.
			for to-from < 8 {
				le.PutUint64(out[to:to+8], le.Uint64(out[from:from+8]))
				to += to - from
			}
			if to >= end {
				to = end
				continue
			}
		}
		le.PutUint64(out[to:to+8], le.Uint64(out[from:from+8]))
		le.PutUint64(out[to+8:to+16], le.Uint64(out[from+8:from+16]))
		for to+16 < end {
			to, from = to+16, from+16
			le.PutUint64(out[to:to+8], le.Uint64(out[from:from+8]))
			le.PutUint64(out[to+8:to+16], le.Uint64(out[from+8:from+16]))
		}
		to = end
	}
	d.bits, d.count, d.at, d.to = bits, count, at, to
	return reason
}
