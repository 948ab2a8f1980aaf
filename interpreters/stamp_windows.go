package interpreters

import (
	"os"
	"syscall"
)

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		// An alias of the Store cannot be followed; it has a state of its own.
		if info, err = os.Lstat(path); err != nil {
			return stamp{Path: path}
		}
	}
	s := stamp{Path: path, Size: info.Size(), Changed: info.ModTime().UnixNano()}
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		s.Touched = data.CreationTime.Nanoseconds()
	}
	return s
}
