// Package tags holds compatibility tags (PEP 425, 600, 656, 730, 738, 803): it
// reads them from wheel names, lists those that an interpreter on a platform
// accepts, and ranks them.
//
// The lists are those of pypa/packaging, in the same order, made from the
// values that the caller gives: nothing here asks the machine it runs on.
// Text is folded to lower case, as packaging does, so that tags can be compared.
package tags

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Tag is one compatibility tag. Tags made by this package are in lower case.
type Tag struct {
	Python   string // interpreter and version: "cp311", "py3"
	ABI      string // "cp311", "abi3", "none"
	Platform string // "manylinux_2_28_x86_64", "any"
}

// String gives the tag as it stands in a WHEEL file: "cp311-abi3-win_amd64".
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// Compare orders tags by their text, part by part. It says nothing about
// which tag fits better: that is [Order].
func (t Tag) Compare(u Tag) int {
	if c := strings.Compare(t.Python, u.Python); c != 0 {
		return c
	}
	if c := strings.Compare(t.ABI, u.ABI); c != 0 {
		return c
	}
	return strings.Compare(t.Platform, u.Platform)
}

// MaxSet is the most tags that one compressed set may stand for. Wheels have
// a few dozen; a name made to do harm could ask for millions.
const MaxSet = 4096

// SetOptions changes what [ParseSetWith] accepts. The zero value is what
// [ParseSet] does.
type SetOptions struct {
	Limit   int  // most tags the set may stand for; 0 is MaxSet
	Ordered bool // refuse parts that are not in the order PEP 425 asks for
}

// Parse reads one tag: "cp311-cp311-win_amd64". A compressed set is refused.
func Parse(s string) (Tag, error) {
	set, err := ParseSet(s)
	if err != nil {
		return Tag{}, err
	}
	if strings.Contains(s, ".") {
		return Tag{}, fmt.Errorf("tag %q: a set of tags, where one is wanted", s)
	}
	return set[0], nil
}

// ParseSet reads a compressed tag set (PEP 425), "py2.py3-none-any", into the
// tags it stands for: sorted by text, each once.
func ParseSet(s string) ([]Tag, error) { return ParseSetWith(s, SetOptions{}) }

// ParseSetWith is [ParseSet] with a limit and a check of order.
func ParseSetWith(s string, opt SetOptions) ([]Tag, error) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return nil, fmt.Errorf("tag %q: %d parts, where python-abi-platform has 3", s, len(parts))
	}
	return set(s, parts[0], parts[1], parts[2], opt)
}

// Expand gives the tags that the three parts of a wheel's name stand for,
// each of which may be compressed: sorted by text, each once.
func Expand(pythons, abis, platforms string) ([]Tag, error) {
	whole := pythons + "-" + abis + "-" + platforms
	return set(whole, pythons, abis, platforms, SetOptions{})
}

func set(whole, pythons, abis, platforms string, opt SetOptions) ([]Tag, error) {
	limit := opt.Limit
	if limit == 0 {
		limit = MaxSet
	}
	ps, as, fs := strings.Split(pythons, "."), strings.Split(abis, "."), strings.Split(platforms, ".")
	count := 1
	for _, part := range [][]string{ps, as, fs} {
		if err := checkPart(whole, part, opt.Ordered); err != nil {
			return nil, err
		}
		if count *= len(part); count > limit {
			return nil, fmt.Errorf("tag %q: stands for more than %d tags", whole, limit)
		}
	}
	for _, p := range ps {
		if !isIdentifier(p) {
			return nil, fmt.Errorf("tag %q: %q cannot name an interpreter", whole, p)
		}
	}
	return product(ps, as, fs, count), nil
}

// checkPart refuses empty members and, when asked, members out of order.
func checkPart(whole string, part []string, ordered bool) error {
	for _, member := range part {
		if member == "" || strings.Contains(member, "-") {
			return fmt.Errorf("tag %q: %q has an empty or broken part", whole, strings.Join(part, "."))
		}
	}
	if ordered && !slices.IsSorted(part) {
		return fmt.Errorf("tag %q: %q is not in order", whole, strings.Join(part, "."))
	}
	return nil
}

func product(pythons, abis, platforms []string, count int) []Tag {
	out := make([]Tag, 0, count)
	for _, p := range pythons {
		for _, a := range abis {
			for _, f := range platforms {
				out = append(out, Tag{strings.ToLower(p), strings.ToLower(a), strings.ToLower(f)})
			}
		}
	}
	slices.SortFunc(out, Tag.Compare)
	return slices.Compact(out)
}

// isIdentifier says whether s is a Python identifier, which is what packaging
// wants of an interpreter's name.
func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
		if !start && (i == 0 || !continuesIdentifier(r)) {
			return false
		}
	}
	return s != ""
}

func continuesIdentifier(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}
