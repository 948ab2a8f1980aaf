package index

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// ClientOptions say how a client works. The zero value works, without a cache.
type ClientOptions struct {
	// Cache keeps pages, metadata and files between runs; nil keeps nothing
	// but what the process holds, and files in a temporary folder.
	Cache *cache.Store
	// Offline takes everything from the cache and folders, nothing from the network.
	Offline bool
	// Refresh asks the index again for every page, however fresh the cached one is.
	Refresh bool
	// UserAgent is sent with each request; "axle" when empty.
	UserAgent string
	// Requests is how many requests may be under way at once; 0 = 24.
	Requests int
	// Progress is told how many of a file's bytes are here; total is 0 when
	// unknown. It is called from several goroutines.
	Progress func(f File, done, total int64)
	// Warn is told what does not stop the work, each thing once.
	Warn func(fault.Warning)
	// Transport replaces the network, for tests.
	Transport http.RoundTripper
	// Now and Sleep replace the clock, for tests.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Client reads indexes and folders. It is safe for concurrent use.
type Client struct {
	config  Config
	options ClientOptions
}

// New makes a client of the indexes and folders of config.
func New(config Config, options ClientOptions) (*Client, error) {
	return &Client{config: config, options: options}, nil
}

var errTODO = errors.New("not implemented")

// Project lists what there is for a project: the files of the first index
// that has it, and those of the find-links places. The error is a
// [*NotFoundError] when none has it.
func (c *Client) Project(ctx context.Context, name pep508.Name) (*Project, error) {
	return nil, errTODO
}

// Prefetch begins to list projects that will probably be asked for, and does
// not wait for them. Errors are left to the call of Project that meets them.
func (c *Client) Prefetch(ctx context.Context, names ...pep508.Name) {}

// Metadata reads the metadata of a wheel without fetching the wheel where
// that is possible.
func (c *Client) Metadata(ctx context.Context, f File) (wheel.Metadata, error) {
	return wheel.Metadata{}, errTODO
}

// Fetch brings a file into the cache, compared with the digest and the size
// the index states, and returns its path. A local file is checked in place.
func (c *Client) Fetch(ctx context.Context, f File) (path string, err error) {
	return "", errTODO
}

// Direct is the file that a requirement names by URL or by path
// ("name @ https://…", "./wheels/x.whl"). Its hashes are those of the URL's fragment.
func Direct(urlOrPath string) (File, error) { return File{}, errTODO }
