package selector

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
)

// windowsPath is how long a path may be on Windows, where programs that are not
// told otherwise take 260 characters with the one that ends it.
const windowsPath = 259

// checkLengths refuses a package with a member whose path would be too long.
func (d *deployer) checkLengths(folder string, r *archive.Reader) error {
	if runtime.GOOS != "windows" {
		return nil
	}
	return tooLong(filepath.Join(d.store.Root(), filepath.FromSlash(folder)), r.Names())
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

func utf16Len(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}
