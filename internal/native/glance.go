package native

import (
	"errors"
	"io"
	"strings"
)

// HeadSize is how much of the beginning of a file [Glance] wants to see.
const HeadSize = 4 << 10

// Glance reads what the beginning of a file tells: its format, its processors,
// and the ABI that its name claims. What lies behind (floors, libraries)
// is missing from the facts. It is false for a file that is not native.
func Glance(name string, head []byte, size int64) (Facts, bool) {
	facts, ok, _ := Inspect(name, headReader(head), size)
	return facts, ok
}

// Named is what the name of a file tells alone: the ABI that it claims.
func Named(name string) Facts {
	abi, module := moduleABI(name)
	return Facts{Name: name, ABI: abi, Module: module}
}

// headReader is a file of which the beginning is there.
type headReader []byte

var errBehind = errors.New("behind what was read")

// ReadAt implements [io.ReaderAt].
func (r headReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > int64(len(r)) || len(p) > len(r)-int(off) {
		return 0, errBehind
	}
	return copy(p, r[off:]), nil
}

var _ io.ReaderAt = headReader(nil)

// Loadable says whether a file has a name by which systems load code: a
// library or an extension module.
func Loadable(name string) bool {
	name = strings.ToLower(baseName(name))
	for _, ending := range []string{".so", ".pyd", ".dll", ".dylib"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return strings.Contains(name, ".so.")
}
