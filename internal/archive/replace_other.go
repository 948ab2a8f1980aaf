//go:build !linux

package archive

import "os"

// replace puts temp in the place of path.
func replace(temp, path string) error { return os.Rename(temp, path) }
