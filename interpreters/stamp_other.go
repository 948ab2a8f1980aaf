//go:build !linux && !windows && !darwin

package interpreters

import "os"

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{Path: path}
	}
	return stamp{Path: path, Size: info.Size(), Changed: info.ModTime().UnixNano()}
}
