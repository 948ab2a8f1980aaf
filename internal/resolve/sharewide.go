package resolve

import (
	"context"
	"slices"
)

// shareWide makes one of runs of the same Pythons and versions on several
// platforms, where they have files for all of these in common: the pure Python
// ones beside those of each platform. Again all files of a run change or none.
func (r *run) shareWide(ctx context.Context, outcomes []outcome, runs [][]int) {
	for len(runs) > 0 {
		wide := runs[0]
		var chosen, left = r.chosen(ctx, outcomes, wide), [][]int(nil)
		for _, next := range runs[1:] {
			if r.alike(outcomes, runs[0], next) {
				both := slices.Concat(wide, next)
				if files := r.chosen(ctx, outcomes, both); files != nil {
					wide, chosen = both, files
					continue
				}
			}
			left = append(left, next)
		}
		r.exchange(ctx, outcomes, wide, chosen)
		runs = left
	}
}

// alike says whether two runs have the same Pythons, and the same versions of
// the same projects.
func (r *run) alike(outcomes []outcome, a, b []int) bool {
	return slices.EqualFunc(a, b, func(i, j int) bool {
		if r.cells[i].target.Python != r.cells[j].target.Python {
			return false
		}
		p, q := outcomes[i].solution.Pins, outcomes[j].solution.Pins
		for n := range p {
			if n >= len(q) || p[n].Project != q[n].Project || !p[n].Version.Equal(q[n].Version) {
				return false
			}
		}
		return len(p) == len(q)
	})
}
