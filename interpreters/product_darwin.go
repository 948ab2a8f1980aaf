package interpreters

import (
	"os"

	"golang.org/x/sys/unix"
)

// productVersion is the release of macOS: "14.5".
func productVersion() string {
	version, _ := unix.Sysctl("kern.osproductversion")
	return version
}

// stubAt tells the programs that stand for tools which Apple installs on
// demand: to start one opens a dialogue.
func stubAt(path string) (string, bool) {
	if path != "/usr/bin/python3" && path != "/usr/bin/python" {
		return "", false
	}
	for _, tools := range []string{"/Library/Developer/CommandLineTools", "/Applications/Xcode.app"} {
		if _, err := os.Stat(tools); err == nil {
			return "", false
		}
	}
	return "is a stub that asks to install Apple's developer tools", true
}
