package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a held lock is tried again: systems offer no wait
// that a context could end.
const lockPoll = 20 * time.Millisecond

// Lock waits until no other process and no other goroutine holds the lock of
// that name, or until ctx is done. The system gives a lock back when its
// process ends in whatever way. Lock files stay: removing one would let two
// processes hold it.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	sum := sha256.Sum256([]byte(name))
	path := filepath.Join(s.dir, lockDir, hex.EncodeToString(sum[:16])+".lock")
	lock := flock.New(path, flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return nil, fmt.Errorf("cache lock: %w", err)
	}
	return func() { _ = lock.Unlock() }, nil
}
