// Package bytesize reads sizes of files as people write them, with exact units,
// and tells others in the unit of one.
package bytesize

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// Size is a number of bytes with the unit in which it was written, so that what
// is held against it can be told in the same unit. The zero value is none.
type Size struct {
	Bytes int64
	text  string
}

// factor is how many bytes a unit has; 0 for what is none. MB is a million
// bytes, MiB 1,048,576.
func factor(unit string) int64 {
	switch unit {
	case "B", "":
		return 1
	case "kB", "KB":
		return 1e3
	case "MB":
		return 1e6
	case "GB":
		return 1e9
	case "TB":
		return 1e12
	case "KiB":
		return 1 << 10
	case "MiB":
		return 1 << 20
	case "GiB":
		return 1 << 30
	case "TiB":
		return 1 << 40
	}
	return 0
}

var sizeUnits = []string{"B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"}

// largestSize is far above what any system takes as a file.
const largestSize = 1 << 60

// Parse reads "75 MB", "71.5MiB" or a number of bytes. Units are exact: MB
// is 1,000,000 bytes, MiB 1,048,576; letters count as they are. A size is at
// least a byte, and bytes are whole.
func Parse(text string) (Size, error) {
	text = strings.TrimSpace(text)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit := text[len(number):]
	number = strings.TrimRight(number, " ")
	if !decimal(number) {
		return Size{}, sizeProblem(text, "is not a size", `write "75 MB", "71.5 MiB" or a number of bytes`)
	}
	if factor(unit) == 0 {
		hint := "write one of " + strings.Join(sizeUnits, ", ")
		if near, ok := nearUnit(unit); ok {
			hint = fmt.Sprintf("did you mean %s %s? MB is 1,000,000 bytes, MiB 1,048,576", number, near)
		}
		return Size{}, sizeProblem(text, fmt.Sprintf("has no unit that is known: %q", unit), hint)
	}
	if factor(unit) == 1 && strings.Contains(number, ".") {
		return Size{}, sizeProblem(text, "is not a whole number of bytes", fmt.Sprintf("name the unit: %s MB", number))
	}
	n, err := strconv.ParseFloat(number, 64)
	n = math.Floor(n * float64(factor(unit)))
	if err != nil || n < 1 || n > largestSize {
		return Size{}, sizeProblem(text, "is a size that no file can have", "")
	}
	return Size{Bytes: int64(n), text: strings.TrimSpace(number + " " + unit)}, nil
}

// nearUnit finds a unit that differs in its letters' case, or has no B.
func nearUnit(unit string) (string, bool) {
	for _, u := range sizeUnits {
		if strings.EqualFold(u, unit) || strings.EqualFold(u, unit+"B") {
			return u, true
		}
	}
	return "", false
}

func sizeProblem(text, reason, hint string) error {
	err := fault.New(fault.BadInput, fmt.Sprintf("%q %s", text, reason))
	if hint != "" {
		err = fault.WithHints(err, hint)
	}
	return err
}

// decimal says whether a text is digits, with at most one point between them.
func decimal(text string) bool {
	whole, part, point := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(part))
}

// IsZero says that there is no size.
func (s Size) IsZero() bool { return s == Size{} }

// String is the size as it was written: "75 MB". Parse reads it back.
func (s Size) String() string { return s.text }

// Excess tells a number of bytes that is above the size, in its unit: "85.4 MB". Where
// that would read as no more than the size, it tells the bytes.
func (s Size) Excess(n int64) string {
	_, unit, _ := strings.Cut(s.text, " ")
	if unit == "" || unit == "B" {
		return fmt.Sprintf("%d bytes", n)
	}
	told := strconv.FormatFloat(float64(n)/float64(factor(unit)), 'f', 1, 64)
	if again, err := strconv.ParseFloat(told, 64); err != nil || again*float64(factor(unit)) <= float64(s.Bytes) {
		return fmt.Sprintf("%d bytes", n)
	}
	return told + " " + unit
}

// In tells any number of bytes in the unit of the size.
func (s Size) In(n int64) string {
	_, unit, _ := strings.Cut(s.text, " ")
	f := factor(unit)
	switch {
	case f == 1:
		return fmt.Sprintf("%d bytes", n)
	case n < f/20: // 0.0 says nothing
		return "under 0.1 " + unit
	}
	return strconv.FormatFloat(float64(n)/float64(f), 'f', 1, 64) + " " + unit
}
