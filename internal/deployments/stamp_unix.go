//go:build linux || darwin

package deployments

import (
	"fmt"
	"syscall"
	"time"
)

// How long a file must have been at rest: longer than a tick of the clock of its
// file system, which is some milliseconds where times have fractions of one, and up to
// 2 s elsewhere.
const (
	fineRest   = 100 * time.Millisecond
	coarseRest = 3 * time.Second
)

// Stamp is a text that is another one whenever the file is changed or replaced
// after now: it has the time of the last change, which nobody can set. It is ""
// for a file that was changed so shortly before now that the next change could
// have the same time, and where the system has no such time.
func Stamp(path string, now time.Time) string {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return ""
	}
	modified, changed := times(&st)
	rest := coarseRest
	if changed%int64(time.Millisecond) != 0 {
		rest = fineRest
	}
	if changed > now.Add(-rest).UnixNano() {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", uint64(st.Dev), uint64(st.Ino), st.Size, modified, changed)
}
