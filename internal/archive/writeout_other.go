//go:build !linux

package archive

import "os"

// writeOut could let the system begin to write a file to the disk now.
func writeOut(*os.File) {}
