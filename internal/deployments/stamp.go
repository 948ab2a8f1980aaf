//go:build linux || darwin || windows

package deployments

import "time"

// How long a file must have been at rest: longer than a tick of the clock of its
// file system, which is some milliseconds where times have fractions of one, and up to
// 2 s elsewhere.
const (
	fineRest   = 100 * time.Millisecond
	coarseRest = 3 * time.Second
)

// atRest tells whether a file whose last change was at the given nanosecond can
// not be changed once more with the same time.
func atRest(changed int64, now time.Time) bool {
	rest := coarseRest
	if changed%int64(time.Millisecond) != 0 {
		rest = fineRest
	}
	return changed <= now.Add(-rest).UnixNano()
}
