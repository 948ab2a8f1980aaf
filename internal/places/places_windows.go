package places

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Administrator says whether this is the system's administrator, or a service.
func Administrator() bool { return windows.GetCurrentProcessToken().IsElevated() }

func isAbs(path string) bool { return filepath.IsAbs(path) }
