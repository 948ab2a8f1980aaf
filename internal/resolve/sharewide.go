package resolve

import (
	"context"
	"slices"

	"github.com/axlepack/axle/internal/lock"
)

// shareWide makes one of runs of several platforms that have the same versions,
// where there are files that all of them can use: the pure Python ones beside
// those of each platform. Again all files of a run change or none.
func (r *run) shareWide(ctx context.Context, outcomes []outcome, runs [][]int) {
	for len(runs) > 0 {
		wide := runs[0]
		chosen, left := r.chosen(ctx, outcomes, wide), [][]int(nil)
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

// alike says whether the cells of two runs have the same versions of the same
// projects, for the same kind of Python. Those of one run do.
func (r *run) alike(outcomes []outcome, a, b []int) bool {
	x, y := r.cells[a[0]].target.Python, r.cells[b[0]].target.Python
	return x.Impl == y.Impl && x.Freethreaded == y.Freethreaded &&
		slices.EqualFunc(outcomes[a[0]].solution.Pins, outcomes[b[0]].solution.Pins, func(p, q lock.Pin) bool {
			return p.Project == q.Project && p.Version.Equal(q.Version)
		})
}
