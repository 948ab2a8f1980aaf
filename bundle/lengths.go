package bundle

import (
	"fmt"
	"unicode/utf16"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// How long the path of a member may be on a Windows agent: 259 characters, of
// which the root folder is assumed to have 60 (that of a user with a name of 20
// letters has 53) and the folder of the package in it 42: \p\, a digest of 26,
// the name of the byte code (-cpython-311), and a backslash. An agent with a
// longer root folder refuses the package when it is deployed.
const (
	windowsPath   = 259
	assumedRoot   = 60
	packageFolder = 42
)

// checkLengths warns of packages for Windows with members whose paths will
// probably be too long there.
func (s *session) checkLengths(written []merge.Written) error {
	for _, w := range written {
		if !forWindows(w.Package.Targets) {
			continue
		}
		r, err := archive.OpenReader(w.Path, archive.Limits{})
		if err != nil {
			return err
		}
		names := r.Names()
		if err := r.Close(); err != nil {
			return err
		}
		if text := tooLong(names); text != "" {
			s.warn(fault.Warning{File: w.Package.Filename.Text, Text: text})
		}
	}
	return nil
}

func forWindows(targets []target.Target) bool {
	for _, t := range targets {
		if t.Platform.Family == target.Windows {
			return true
		}
	}
	return false
}

// tooLong names the longest member where it is too long, else it is "".
func tooLong(names []string) string {
	longest, most := "", 0
	for _, name := range names {
		if n := len(utf16.Encode([]rune(name))); n > most {
			longest, most = name, n
		}
	}
	if most+assumedRoot+packageFolder <= windowsPath {
		return ""
	}
	return fmt.Sprintf("%s: its path on Windows has %d characters and that of the root folder, and Windows takes %d: the root folder may have %d",
		longest, most+packageFolder, windowsPath, max(0, windowsPath-packageFolder-most))
}
