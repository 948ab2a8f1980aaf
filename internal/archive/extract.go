package archive

import (
	"context"

	"github.com/axlepack/axle/internal/wheel"
)

// ExtractOptions say how to extract; the zero value takes every member and checks CRC-32 alone.
type ExtractOptions struct {
	// Verify, when not nil, must name every member with its hash and size.
	Verify map[string]wheel.RecordEntry
	// Workers is how many files are written at once; 0 = one for each core.
	Workers int
	// Sync makes each file durable before it counts as written.
	Sync bool
	// Include, when not nil, says which members to take.
	Include func(name string) bool
}

// Extract writes the members of r below dir.
func Extract(ctx context.Context, r *Reader, dir string, opt ExtractOptions) error { return errTODO }
