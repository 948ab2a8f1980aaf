package lite

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the standard library says of the same texts.
func FuzzLite(f *testing.F) {
	for _, s := range []string{"", "\n", "a=b=c", "-12", "--1", "007", "999999999999999999", "x//y", "héé"} {
		f.Add(s, "=")
		f.Add(s, "")
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, s, part string) {
		if HasPrefix(s, part) != strings.HasPrefix(s, part) || HasSuffix(s, part) != strings.HasSuffix(s, part) ||
			Index(s, part) != strings.Index(s, part) || Contains(s, part) != strings.Contains(s, part) {
			t.Errorf("%q in %q", part, s)
		}
		a1, b1, ok1 := Cut(s, part)
		if a2, b2, ok2 := strings.Cut(s, part); a1 != a2 || b1 != b2 || ok1 != ok2 {
			t.Errorf("Cut(%q, %q): %q %q", s, part, a1, b1)
		}
		if !slices.Equal(Lines(s), strings.Split(s, "\n")) || TrimRight(s, '/') != strings.TrimRight(s, "/") || Count(s, 'a') != strings.Count(s, "a") {
			t.Errorf("%q", s)
		}
		if isASCII(s) && (Upper(s) != strings.ToUpper(s) || isASCII(part) && ContainsAny(s, part) != strings.ContainsAny(s, part)) {
			t.Errorf("%q, %q", s, part)
		}
		n, ok := Atoi(s)
		m, err := strconv.ParseInt(s, 10, 64)
		if short := len(strings.TrimPrefix(s, "-")) <= maxDigits && !strings.HasPrefix(s, "+"); ok != (err == nil && short) || ok && n != m {
			t.Errorf("Atoi(%q) is %d, %t, and %d, %v", s, n, ok, m, err)
		}
	})
}

func TestItoa(t *testing.T) {
	for _, n := range []int64{0, 7, -7, 10, 1778312176, math.MaxInt64, math.MinInt64} {
		if got, want := Itoa(n), strconv.FormatInt(n, 10); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if texts := []string{"a", "", "b"}; Join(texts, ", ") != strings.Join(texts, ", ") || Join(nil, ",") != "" {
		t.Error(Join(texts, ", "))
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}
