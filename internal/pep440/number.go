package pep440

import (
	"math"
	"strconv"
	"strings"
)

// number is a non-negative integer of any size. PEP 440 sets no limit, and
// versions made of dates and times do pass 64 bits.
type number struct {
	n   uint64 // the value, when big is empty
	big string // otherwise its digits, without leading zeros: more than smallDigits of them
}

// smallDigits is how many digits always fit in a uint64.
const smallDigits = 19

// parseNumber reads a run of ASCII digits.
func parseNumber(digits string) number {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	if len(digits) > smallDigits {
		return number{big: digits}
	}
	var n uint64
	for i := range len(digits) {
		n = n*10 + uint64(digits[i]-'0')
	}
	return number{n: n}
}

func (a number) compare(b number) int {
	if a.big == "" && b.big == "" {
		switch {
		case a.n < b.n:
			return -1
		case a.n > b.n:
			return 1
		}
		return 0
	}
	if len(a.big) != len(b.big) {
		return compareInts(len(a.big), len(b.big))
	}
	return strings.Compare(a.big, b.big)
}

func (a number) isZero() bool { return a.n == 0 && a.big == "" }

// next is a + 1.
func (a number) next() number {
	if a.big == "" && a.n < 1e19-1 {
		return number{n: a.n + 1}
	}
	digits := []byte(a.String())
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != '9' {
			digits[i]++
			return number{big: string(digits)}
		}
		digits[i] = '0'
	}
	return number{big: "1" + string(digits)}
}

func (a number) String() string {
	if a.big != "" {
		return a.big
	}
	return strconv.FormatUint(a.n, 10)
}

func (a number) append(b []byte) []byte {
	if a.big != "" {
		return append(b, a.big...)
	}
	return strconv.AppendUint(b, a.n, 10)
}

// int is the value as an int, or the largest int when it is larger.
func (a number) int() int {
	if a.big != "" || a.n > math.MaxInt {
		return math.MaxInt
	}
	return int(a.n)
}

func compareInts(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
