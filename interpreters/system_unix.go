//go:build !windows

package interpreters

import (
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// systemName names what the marker environment and the tags of macOS come
// from: the running kernel, the release of macOS, and the variables that
// change what Python says of them.
func systemName(env func(string) string) string {
	var u unix.Utsname
	_ = unix.Uname(&u)
	parts := []string{
		runtime.GOOS, runtime.GOARCH,
		unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Version[:]), unix.ByteSliceToString(u.Machine[:]),
		productVersion(), env("SYSTEM_VERSION_COMPAT"), env("_PYTHON_HOST_PLATFORM"),
	}
	return strings.Join(parts, "\n")
}
