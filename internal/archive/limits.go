package archive

import "cmp"

// Limits bound what an archive may hold. A zero field stands for its default.
type Limits struct {
	// Members is the number of files and folders: 200,000.
	Members int
	// Bytes is the size of all members together, uncompressed: 8 GiB.
	Bytes int64
	// MemberBytes is the size of one member, uncompressed: as Bytes.
	MemberBytes int64
	// Ratio is how many times its compressed size a member of more than
	// 32 MiB may have: 250. (Smaller ones do no harm.)
	Ratio int64
}

const (
	defaultMembers = 200_000
	defaultBytes   = 8 << 30
	defaultRatio   = 250
	ratioFrom      = 32 << 20
)

func (l Limits) withDefaults() Limits {
	l.Members = cmp.Or(l.Members, defaultMembers)
	l.Bytes = cmp.Or(l.Bytes, int64(defaultBytes))
	l.MemberBytes = min(cmp.Or(l.MemberBytes, l.Bytes), l.Bytes)
	l.Ratio = cmp.Or(l.Ratio, int64(defaultRatio))
	return l
}

// directoryBytes is how large the directory may be: some 300 bytes for each
// member, and a little for archives that are allowed few.
func (l Limits) directoryBytes() int64 { return int64(l.Members)*300 + 1<<20 }
