package deployments

import (
	"os"

	"golang.org/x/sys/windows"
)

// aboutFile asks Windows for what it does not say of a file in a folder.
func aboutFile(path string) (about windows.ByHandleFileInformation, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return about, false
	}
	defer f.Close()
	return about, windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &about) == nil
}

// linksOf is how many names a file has, 0 where that is not known.
func linksOf(path string, _ os.FileInfo) uint64 {
	about, ok := aboutFile(path)
	if !ok {
		return 0
	}
	return uint64(about.NumberOfLinks)
}

// identity is equal for two names of one file.
func identity(_ os.FileInfo, path string) any {
	about, ok := aboutFile(path)
	if !ok {
		return path
	}
	return [3]uint32{about.VolumeSerialNumber, about.FileIndexHigh, about.FileIndexLow}
}

// free is how many bytes of the file system of dir are free for this user.
func free(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var available uint64
	if err := windows.GetDiskFreeSpaceEx(name, &available, nil, nil); err != nil {
		return 0, &os.PathError{Op: "free space", Path: dir, Err: err}
	}
	return int64(available), nil
}
