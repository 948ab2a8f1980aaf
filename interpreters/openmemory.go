package interpreters

import "github.com/axlepack/axle/internal/cache"

// OpenMemory keeps answers in a folder, which is made when it does not exist.
// Several processes may use one at once.
func OpenMemory(dir string) (Memory, error) {
	store, err := cache.Open(dir)
	if err != nil {
		return nil, err
	}
	return store, nil
}
