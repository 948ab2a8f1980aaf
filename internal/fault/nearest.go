package fault

import (
	"slices"
	"strings"
)

// Nearest is the known word that the given one was probably meant to be, for
// "did you mean". Case and the difference of '-', '_', ' ' and '.' do not count; a slip
// is a letter too many, missing, wrong, or two exchanged, and one in three
// letters may be a slip. Otherwise a known word that the given one abbreviates
// (three letters at least) is taken, or one of the same words in another order.
// Of equally near words the first in the
// order of bytes is taken, whatever the order of known.
func Nearest(word string, known []string) (string, bool) {
	w := []rune(fold(word))
	best, bestDistance := "", max(1, len(w)/3)+1
	for _, k := range known {
		d := distance(w, []rune(fold(k)))
		if d < bestDistance || d == bestDistance && best != "" && k < best {
			best, bestDistance = k, d
		}
	}
	if best == "" && len(w) >= 3 {
		best = abbreviated(string(w), known)
	}
	if best == "" && len(w) > 0 {
		best = reordered(string(w), known)
	}
	return best, best != ""
}

func abbreviated(word string, known []string) (best string) {
	for _, k := range known {
		if strings.HasPrefix(fold(k), word) && (best == "" || k < best) {
			best = k
		}
	}
	return best
}

// reordered finds python_requires for requires_python.
func reordered(word string, known []string) (best string) {
	for _, k := range known {
		if sortedWords(fold(k)) == sortedWords(word) && (best == "" || k < best) {
			best = k
		}
	}
	return best
}

func sortedWords(s string) string {
	words := strings.Split(s, "_")
	slices.Sort(words)
	return strings.Join(words, "_")
}

func fold(s string) string {
	return strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.ToLower(s))
}

// distance is the optimal string alignment distance: Levenshtein's with
// neighbours exchanged as one step.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
