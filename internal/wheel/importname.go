package wheel

import (
	"path"
	"strings"
)

// ImportName is the top-level name under which Python finds a file, "" for
// one that is not the beginning of anything: x.py, or x/__init__.py.
func ImportName(file string) string {
	folder, base := path.Split(file)
	name, isPython := strings.CutSuffix(base, ".py")
	switch {
	case !isPython:
		return ""
	case folder == "" && name != "__init__":
		return name
	case name == "__init__" && strings.Count(folder, "/") == 1:
		return strings.TrimSuffix(folder, "/")
	}
	return ""
}
