package inflate

import "math/bits"

// entry is what a table says of the bits that come next.
//
//	literal   flag literal · the byte <<16 · bits of the code
//	length,   base <<16 · bits of the code <<8 · bits of the code and its
//	distance  extra bits
//	pointer   flags special, pointer · place of the next table <<16 · bits that
//	          choose in it <<8
//	end       flags special, ends · bits of the code
//	nothing   flag special
type entry uint32

const (
	literal entry = 1 << 31
	special entry = 1 << 15
	pointer entry = 1 << 14
	ends    entry = 1 << 13
)

// The main tables are chosen from by so many bits; codes that are longer lead
// to a second one. The sums of the sizes are the largest that there can be, for
// 288 and 32 symbols of at most 15 bits (the program enough of zlib counts them).
const (
	litBits    = 11
	litMask    = 1<<litBits - 1
	litEnough  = 2342
	distBits   = 8
	distMask   = 1<<distBits - 1
	distEnough = 402
	lenBits    = 7
	lenMask    = 1<<lenBits - 1

	maxCode  = 15
	maxLits  = 288
	maxDists = 32
	lenCodes = 19
)

// order is in which the lengths of the codes for lengths come.
var order = [lenCodes]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// meaning of a symbol that has a code of so many bits.
type meaning func(symbol int, bits uint) entry

// litEntry: bytes, the end, and the lengths 3 to 258 (RFC 1951, 3.2.5).
func litEntry(symbol int, bits uint) entry {
	switch {
	case symbol < 256:
		return literal | entry(symbol)<<16 | entry(bits)
	case symbol == 256:
		return special | ends | entry(bits)
	case symbol < 265:
		return based(symbol-257+3, bits, 0)
	case symbol < 285:
		extra := uint(symbol-261) / 4
		return based(3+(4+(symbol-261)&3)<<extra, bits, extra)
	case symbol == 285:
		return based(maxMatch, bits, 0)
	}
	return special
}

// distEntry: the distances 1 to 32768.
func distEntry(symbol int, bits uint) entry {
	switch {
	case symbol < 4:
		return based(symbol+1, bits, 0)
	case symbol < 30:
		extra := uint(symbol-2) / 2
		return based(1+(2+symbol&1)<<extra, bits, extra)
	}
	return special
}

// lenEntry: a length, or one of the ways to repeat lengths.
func lenEntry(symbol int, bits uint) entry { return based(symbol, bits, 0) }

func based(base int, bits, extra uint) entry {
	return entry(base)<<16 | entry(bits)<<8 | entry(bits+extra)
}

// build makes a table for the codes of the given lengths, chosen from by width
// bits. It is false where the codes leave something open, or there are too many;
// no code at all, and a single one of one bit, are allowed.
func build(table []entry, width uint, lengths []uint8, mean meaning) bool {
	var counts [maxCode + 1]int
	for _, n := range lengths {
		counts[n&maxCode]++
	}
	used := len(lengths) - counts[0]
	counts[0] = 0
	left := 1
	for _, n := range counts[1:] {
		if left = left<<1 - n; left < 0 {
			return false
		}
	}
	if left > 0 {
		return buildFew(table[:1<<width], used, counts[1], lengths, mean)
	}
	var sorted [maxLits]uint16
	sortSymbols(&sorted, lengths, &counts)
	buildWhole(table, width, sorted[:used], &counts, mean)
	return true
}

// buildFew is for codes that leave something open.
func buildFew(table []entry, used, ofOneBit int, lengths []uint8, mean meaning) bool {
	if used > 1 || used != ofOneBit {
		return false
	}
	for i := range table {
		table[i] = special
	}
	for symbol, n := range lengths {
		for i := 0; n == 1 && i < len(table); i += 2 {
			table[i] = mean(symbol, 1)
		}
	}
	return true
}

// sortSymbols puts the symbols that have a code in the order of their codes.
func sortSymbols(sorted *[maxLits]uint16, lengths []uint8, counts *[maxCode + 1]int) {
	var next [maxCode + 2]int
	for n, count := range counts {
		next[n+1] = next[n] + count
	}
	for symbol, n := range lengths {
		if n &= maxCode; n != 0 {
			sorted[next[n]] = uint16(symbol)
			next[n]++
		}
	}
}

// buildWhole is for codes that leave nothing open. The first bit of a code is
// the lowest of the index. While all codes so far have at most n bits, the table
// has 2^n entries; for the next bit it is doubled.
func buildWhole(table []entry, width uint, sorted []uint16, counts *[maxCode + 1]int, mean meaning) {
	code, n, size := uint(0), uint(0), 1
	for len(sorted) > 0 && n < width {
		n++
		copy(table[size:2*size], table[:size])
		size *= 2
		for range counts[n] {
			table[code] = mean(int(sorted[0]), n)
			code, sorted = following(code, n), sorted[1:]
		}
	}
	for ; n < width; n++ {
		copy(table[size:2*size], table[:size])
		size *= 2
	}
	buildLong(table, width, code, sorted, counts, mean)
}

// buildLong adds the tables for codes of more than width bits, all of which
// begin with the width bits that lead to their table.
func buildLong(table []entry, width, code uint, sorted []uint16, counts *[maxCode + 1]int, mean meaning) {
	next := uint(1) << width // place of the next table
	n, start := width, uint(0)
	var more uint // bits that choose in the table at start
	prefix := ^uint(0)
	left := 0
	for len(sorted) > 0 {
		for left == 0 {
			n++
			// A code that has one bit more goes on with the same prefix.
			left = counts[n]
		}
		if code&(1<<width-1) != prefix {
			prefix = code & (1<<width - 1)
			start, more = next, n-width
			for room := left; room < 1<<more && width+more < maxCode; {
				more++
				room = room<<1 + counts[width+more]
			}
			next += 1 << more
			table[prefix] = special | pointer | entry(start)<<16 | entry(more)<<8
		}
		e := mean(int(sorted[0]), n-width)
		for i := code >> width; i < 1<<more; i += 1 << (n - width) {
			table[start+i] = e
		}
		code, sorted = following(code, n), sorted[1:]
		left--
	}
}

// following is the code after one of n bits, the first bit lowest: the highest
// bit that is not set is set, and those above it are cleared.
func following(code, n uint) uint {
	free := code ^ (1<<n - 1)
	if free == 0 {
		return code
	}
	bit := uint(1) << (bits.Len(free) - 1)
	return code&(bit-1) | bit
}

// fixedTables are those of the standard (RFC 1951, 3.2.6).
func fixedTables(lits, dists []entry) {
	var lengths [maxLits + maxDists]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280 && i < maxLits:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 5
		}
	}
	build(lits, litBits, lengths[:maxLits], litEntry)
	build(dists, distBits, lengths[maxLits:], distEntry)
}

// dynamicHeader reads the codes of a block (RFC 1951, 3.2.7).
func (d *Decoder) dynamicHeader() error {
	nlits, ndists, nlens := int(d.take(5))+257, int(d.take(5))+1, int(d.take(4))+4
	if nlits > 286 || ndists > 30 {
		return d.corrupt("a block with too many codes")
	}
	var lengths [maxLits + maxDists]uint8
	for i := range nlens {
		if i%16 == 0 { // 48 bits
			if err := d.need(); err != nil {
				return err
			}
		}
		lengths[order[i]] = uint8(d.take(3))
	}
	var table [1 << lenBits]entry
	if !build(table[:], lenBits, lengths[:lenCodes], lenEntry) {
		return d.corrupt("codes for lengths that are no set of codes")
	}
	clear(lengths[:lenCodes])
	if err := d.lengths(lengths[:nlits+ndists], &table); err != nil {
		return err
	}
	if !build(d.lits[:], litBits, lengths[:nlits], litEntry) || !build(d.dists[:], distBits, lengths[nlits:nlits+ndists], distEntry) {
		return d.corrupt("lengths that are no set of codes")
	}
	return nil
}

// lengths reads the lengths of the codes, which are coded themselves.
func (d *Decoder) lengths(lengths []uint8, table *[1 << lenBits]entry) error {
	for i := 0; i < len(lengths); {
		if err := d.need(); err != nil {
			return err
		}
		e := table[d.bits&lenMask]
		if e&special != 0 {
			return d.corrupt("a length that stands for nothing")
		}
		d.take(uint(e & 15))
		symbol, repeated, value := e>>16, 1, uint8(0)
		switch symbol {
		case 16:
			if i == 0 {
				return d.corrupt("a length repeated that is not there")
			}
			repeated, value = 3+int(d.take(2)), lengths[i-1]
		case 17:
			repeated = 3 + int(d.take(3))
		case 18:
			repeated = 11 + int(d.take(7))
		default:
			value = uint8(symbol)
		}
		if repeated > len(lengths)-i {
			return d.corrupt("more lengths than codes")
		}
		for range repeated {
			lengths[i] = value
			i++
		}
	}
	return nil
}
