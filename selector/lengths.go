package selector

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/axlepack/axle/internal/fault"
)

// windowsPath is how long a path may be on Windows, where programs that are not
// told otherwise take 260 characters with the one that ends it.
const windowsPath = 259

// checkLengths refuses files below a folder of the root whose paths would be too
// long. What is built is checked too, see package bundle.
func (d *deployer) checkLengths(folder string, names []string) error {
	if runtime.GOOS != "windows" {
		return nil
	}
	return tooLong(filepath.Join(d.store.Root(), filepath.FromSlash(folder)), names)
}

// checkOwnLengths does so with the extension's own files.
func (d *deployer) checkOwnLengths() error {
	if d.rec.ZipSafe {
		return nil
	}
	var names []string
	for _, m := range d.z.Own() {
		names = append(names, m.Name)
	}
	return d.checkLengths(d.rec.Code, names)
}

// tooLong is an error that names the longest member below dir where its path
// has too many characters for Windows, which counts in UTF-16.
func tooLong(dir string, names []string) error {
	longest, most := "", 0
	for _, name := range names {
		if n := utf16Len(name); n > most {
			longest, most = name, n
		}
	}
	over := utf16Len(dir) + 1 + most - windowsPath
	if over <= 0 {
		return nil
	}
	return fault.New(fault.BadInput, fmt.Sprintf("%s: below %s its path has %d characters, and Windows takes %d", longest, dir, windowsPath+over, windowsPath),
		fmt.Sprintf("choose a root folder with a path that is %d characters shorter, with --root DIR or AXLE_ROOT", over))
}

// How long the root folder of an agent on Windows and the folder of a package in
// it are assumed to be: 60 characters (that of a user with a name of 20 letters
// has 53), and 42 for \p\, a digest of 26, the name of the byte code
// (-cpython-311), and a backslash. An agent with a longer root folder refuses the
// package when it is deployed.
const (
	assumedRoot  = 60
	folderInRoot = 42
)

// LongPath names the longest member of a package where its path will probably
// be too long on an agent with Windows, else it is "".
func LongPath(names []string) string {
	longest, most := "", 0
	for _, name := range names {
		if n := utf16Len(name); n > most {
			longest, most = name, n
		}
	}
	if most+assumedRoot+folderInRoot <= windowsPath {
		return ""
	}
	return fmt.Sprintf("%s: its path on Windows has %d characters and that of the root folder, and Windows takes %d: the root folder may have %d",
		longest, most+folderInRoot, windowsPath, max(0, windowsPath-folderInRoot-most))
}

func utf16Len(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}
