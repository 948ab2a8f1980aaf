//go:build !windows

package places

import (
	"os"

	"github.com/axlepack/axle/internal/lite"
)

// Administrator says whether this is the system's administrator.
func Administrator() bool { return os.Geteuid() == 0 }

func isAbs(path string) bool { return lite.HasPrefix(path, "/") }
