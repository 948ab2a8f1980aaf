package interpreters

import "syscall"

func stampOf(path string) stamp {
	var st syscall.Stat_t
	if syscall.Stat(path, &st) != nil {
		return stamp{Path: path}
	}
	return stamp{
		Path: path, Device: uint64(st.Dev), Inode: st.Ino, Size: st.Size,
		Changed: st.Mtimespec.Nano(), Touched: st.Ctimespec.Nano(),
	}
}
