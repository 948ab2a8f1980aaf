//go:build linux || darwin

package deployments

import (
	"fmt"
	"syscall"
	"time"
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
	if !atRest(changed, now) {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", uint64(st.Dev), uint64(st.Ino), st.Size, modified, changed)
}
