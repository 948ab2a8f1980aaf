package index

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// ClientOptions say how a client works. The zero value works, and keeps
// nothing beyond the life of the client.
type ClientOptions struct {
	// Cache keeps pages, metadata and files between runs; without one, files
	// go to a temporary folder that Close removes.
	Cache *cache.Store
	// Offline takes everything from the cache and folders, nothing from the network.
	Offline bool
	// Refresh asks the index again for every page, however fresh the cached one is.
	Refresh bool
	// UserAgent is sent with each request; "axle" when empty.
	UserAgent string
	// Requests is how many pages and metadata may be asked for at once, 0 =
	// 48; Downloads is how many files, 0 = 8.
	Requests, Downloads int
	// Events is told of files on their way, of requests, and of what the cache
	// has; nil tells nobody.
	Events *event.Stream
	// Read is told of each project that was listed, and each file whose
	// metadata was read. It is called from several goroutines.
	Read func(name string)
	// Warn is told what does not stop the work, each thing once. It is called
	// from several goroutines.
	Warn func(fault.Warning)
	// Transport replaces the network, for tests.
	Transport http.RoundTripper
	// Now and Sleep replace the clock, for tests.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Client reads indexes and folders. It is safe for concurrent use.
type Client struct {
	config      Config
	options     ClientOptions
	storage     storage
	http        *http.Client
	credentials *credentials
	indexes     []served
	findLinks   []place
	requests    chan struct{}
	downloads   chan struct{}
	specifiers  specifierTable
	hosts       hostTable

	projects flights[pep508.Name, *Project]
	folders  flights[struct{}, []linked]
	metadata flights[string, wheel.Metadata]
	contents contentTable
	files    flights[string, Fetched]

	closing     chan struct{} // closed by Close: ends prefetching
	prefetching sync.WaitGroup
	warned      sync.Map
}

// served is an index with its address split into what may be shown and what
// may not.
type served struct {
	Index
	place
}

// New makes a client of the indexes and folders of config. Close it when done.
func New(config Config, options ClientOptions) (*Client, error) {
	c := &Client{config: config, options: options.withDefaults(), storage: storage{given: options.Cache}, closing: make(chan struct{})}
	c.requests = make(chan struct{}, c.options.Requests)
	c.downloads = make(chan struct{}, c.options.Downloads)
	if !config.NoIndex {
		for _, i := range config.Indexes {
			c.indexes = append(c.indexes, served{i, newPlace(i.URL)})
		}
	}
	for _, text := range config.FindLinks {
		c.findLinks = append(c.findLinks, newPlace(text))
	}
	c.http, c.credentials = newHTTP(config, c.options.Transport)
	return c, nil
}

func (o ClientOptions) withDefaults() ClientOptions {
	if o.UserAgent == "" {
		o.UserAgent = "axle"
	}
	if o.Requests <= 0 {
		o.Requests = 48
	}
	if o.Downloads <= 0 {
		o.Downloads = 8
	}
	if o.Read == nil {
		o.Read = func(string) {}
	}
	if o.Warn == nil {
		o.Warn = func(fault.Warning) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

// Close ends what goes on in the background, and removes a temporary cache. It
// is called once, when nothing else uses the client.
func (c *Client) Close() error {
	close(c.closing)
	c.prefetching.Wait()
	c.projects.close()
	c.folders.close()
	c.metadata.close()
	c.files.close()
	c.http.CloseIdleConnections()
	return c.storage.close()
}

// warn passes a finding on, once.
func (c *Client) warn(w fault.Warning) {
	if _, known := c.warned.LoadOrStore(w, true); !known {
		c.options.Warn(w)
	}
}
