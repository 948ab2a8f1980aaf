package interpreters

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/axlepack/axle/internal/lazyregexp"
)

// appExecTarget reads the data of a reparse point of the kind that stands for
// a program of the Windows Store, and gives the program's path. The data are
// a tag, a length and a version, and strings that end with NUL: the package,
// the entry point, the program, the kind of program.
func appExecTarget(data []byte) (string, bool) {
	const tagAppExecLink, header = 0x8000001b, 12
	if len(data) < header || binary.LittleEndian.Uint32(data) != tagAppExecLink {
		return "", false
	}
	data = data[header:]
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	parts := strings.Split(string(utf16.Decode(units)), "\x00")
	if len(parts) < 3 || parts[2] == "" {
		return "", false
	}
	return parts[2], true
}

const storeStub = "is a stub that opens the Windows Store"

// storeStubAt judges a file of WindowsApps: an alias either of an installed
// Python or of the program that offers to install one. reparse gives the data
// of a reparse point. What cannot be told is taken for a stub, so that nothing
// opens a window on a server.
func storeStubAt(path string, size int64, reparse func(string) ([]byte, error)) (string, bool) {
	folded := strings.ToLower(strings.ReplaceAll(path, "/", `\`))
	if size != 0 || !strings.Contains(folded, `\microsoft\windowsapps\`) {
		return "", false
	}
	data, err := reparse(path)
	if err != nil {
		return storeStub, true
	}
	target, ok := appExecTarget(data)
	if !ok || strings.HasSuffix(strings.ToLower(target), `\appinstallerpythonredirector.exe`) {
		return storeStub, true
	}
	return "", false
}

// launcherPath finds the path in a line of the py launcher's list.
var launcherPath = lazyregexp.New(`^\s*-\S.*?\s"?([A-Za-z]:\\[^"\r\n]+?)"?(?:\s+\*)?\s*$`)

// launcherPaths reads what "py -0p" prints: a line for each interpreter, with
// its path at the end, perhaps marked as the default.
func launcherPaths(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if m := launcherPath.FindStringSubmatch(line); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}
