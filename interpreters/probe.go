package interpreters

import (
	"context"
	"errors"
)

// Probe asks one executable what it is.
func Probe(ctx context.Context, path string, opt Options) (Report, error) {
	return Report{}, errors.New("not implemented")
}
