package interpreters

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

// systemName names what the marker environment comes from: the release of
// Windows, and the variables that change what Python says of it.
func systemName(env func(string) string) string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("%s\n%s\n%d.%d.%d %d\n%s\n%s", runtime.GOOS, runtime.GOARCH,
		v.MajorVersion, v.MinorVersion, v.BuildNumber, v.ProductType,
		env("PROCESSOR_ARCHITECTURE"), env("_PYTHON_HOST_PLATFORM"))
}
