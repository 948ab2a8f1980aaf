package interpreters

import (
	"context"
	"errors"
)

// AskPip runs a script under the interpreter and returns what it printed.
func AskPip(ctx context.Context, path, script string) (string, error) {
	return "", errors.New("not implemented")
}
