package selector

import (
	"context"
	"os"
)

// replace runs the command as a child, since Windows cannot replace a
// process, and hands on its exit code.
func replace(ctx context.Context, argv, env []string) (int, error) {
	return spawn(ctx, argv, env, os.Stdout, os.Stderr)
}
