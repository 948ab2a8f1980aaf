package deployments

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Stamp is a text that is another one whenever the file is changed or replaced
// after now: it has the time of the last change, which the system sets with
// each change of the contents or of the other times, and which no program sets
// that gives a file another time. It is "" for a file that was changed so shortly
// before now that the next change could have the same time, and on a file system
// without such a time (FAT).
func Stamp(path string, now time.Time) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	var about windows.ByHandleFileInformation
	h := windows.Handle(f.Fd())
	if err := windows.GetFileInformationByHandle(h, &about); err != nil {
		return ""
	}
	changed, ok := changeTime(h)
	if !ok || !atRest(changed, now) {
		return ""
	}
	return fmt.Sprintf("%x-%x%08x-%x%08x-%x-%x", about.VolumeSerialNumber, about.FileIndexHigh, about.FileIndexLow,
		about.FileSizeHigh, about.FileSizeLow, about.LastWriteTime.Nanoseconds(), changed)
}

// changeTime is in nanoseconds since 1970.
func changeTime(h windows.Handle) (ns int64, ok bool) {
	var basic [40]byte // FILE_BASIC_INFO: four times and the attributes
	if windows.GetFileInformationByHandleEx(h, windows.FileBasicInfo, &basic[0], uint32(len(basic))) != nil {
		return 0, false
	}
	at := binary.LittleEndian.Uint64(basic[24:])
	changed := windows.Filetime{LowDateTime: uint32(at), HighDateTime: uint32(at >> 32)}
	return changed.Nanoseconds(), at != 0
}
