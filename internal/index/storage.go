package index

import (
	"os"
	"sync"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
)

// storage is the cache a client was given; without one, values are forgotten
// and files go to a temporary cache, made when the first file comes.
type storage struct {
	given *cache.Store

	once      sync.Once
	temporary string
	files     *cache.Store
	err       error
}

func (s *storage) get(namespace, key string) ([]byte, bool) {
	if s.given == nil {
		return nil, false
	}
	return s.given.Get(namespace, key)
}

// set keeps a value if it can: a cache that cannot be written costs time and
// nothing else.
func (s *storage) set(namespace, key string, data []byte) {
	if s.given != nil {
		_ = s.given.Set(namespace, key, data)
	}
}

func (s *storage) forget(namespace, key string) {
	if s.given != nil {
		_ = s.given.Delete(namespace, key)
	}
}

// blob finds a file that is here already.
func (s *storage) blob(sum string) (path string, ok bool) {
	if s.given == nil {
		return "", false // the client itself remembers what it fetched
	}
	return s.given.Blob(sum)
}

// blobs is the place for files.
func (s *storage) blobs() (*cache.Store, error) {
	if s.given != nil {
		return s.given, nil
	}
	s.once.Do(func() {
		if s.temporary, s.err = os.MkdirTemp("", "axle-cache-"); s.err == nil {
			s.files, s.err = cache.Open(s.temporary)
		}
		if s.err != nil {
			s.err = fault.Errorf(fault.Internal, "temporary cache: %w", s.err)
		}
	})
	return s.files, s.err
}

func (s *storage) close() error {
	if s.temporary == "" {
		return nil
	}
	return os.RemoveAll(s.temporary)
}
