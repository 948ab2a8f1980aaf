package archive

import (
	"os"

	"golang.org/x/sys/unix"
)

// WriteOut lets the system begin to write a file to the disk now, while others
// are made, so that a sync at the end has less to wait for. It promises nothing.
func WriteOut(file *os.File) {
	_ = unix.SyncFileRange(int(file.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
