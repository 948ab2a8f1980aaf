// Package lite has the few functions of strings and strconv that what runs before
// the program is initialised needs, see cmd/axle/early: those packages wait for
// the tables of Unicode, and so for most of the program. It imports nothing.
package lite

// HasPrefix tells whether s begins with prefix.
func HasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// HasSuffix tells whether s ends with suffix.
func HasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}

// Index is where part first stands in s, in bytes; -1 where it does not.
func Index(s, part string) int {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return i
		}
	}
	return -1
}

// Contains tells whether part stands in s.
func Contains(s, part string) bool { return Index(s, part) >= 0 }

// ContainsAny tells whether one of the bytes of chars stands in s.
func ContainsAny(s, chars string) bool {
	for i := range len(s) {
		for j := range len(chars) {
			if s[i] == chars[j] {
				return true
			}
		}
	}
	return false
}

// Count is how many bytes of s are c.
func Count(s string, c byte) (n int) {
	for i := range len(s) {
		if s[i] == c {
			n++
		}
	}
	return n
}

// Cut splits s around the first sep, and tells whether there is one.
func Cut(s, sep string) (before, after string, found bool) {
	if i := Index(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Lines splits s at line feeds; a text that ends with one has an empty last line.
func Lines(s string) []string {
	var lines []string
	for {
		line, rest, found := Cut(s, "\n")
		lines = append(lines, line)
		if !found {
			return lines
		}
		s = rest
	}
}

// Join puts sep between the texts.
func Join(texts []string, sep string) string {
	all := ""
	for i, text := range texts {
		if i > 0 {
			all += sep
		}
		all += text
	}
	return all
}

// TrimRight is s without the bytes c at its end.
func TrimRight(s string, c byte) string {
	for len(s) > 0 && s[len(s)-1] == c {
		s = s[:len(s)-1]
	}
	return s
}

// Upper is s with the letters of ASCII in capitals.
func Upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// maxDigits is how many digits any number of them fits into 63 bits.
const maxDigits = 18

// Atoi reads a whole number of at most 18 digits, which may be negative; false
// for anything else.
func Atoi(s string) (int64, bool) {
	digits := s
	if HasPrefix(s, "-") {
		digits = s[1:]
	}
	if digits == "" || len(digits) > maxDigits {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = 10*n + int64(digits[i]-'0')
	}
	if len(digits) < len(s) {
		n = -n
	}
	return n, true
}

// Itoa writes a number.
func Itoa(n int64) string {
	if n < 0 {
		return "-" + digits(-uint64(n))
	}
	return digits(uint64(n))
}

func digits(n uint64) string {
	var b [20]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(b[i:])
		}
	}
}
