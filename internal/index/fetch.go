package index

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
)

// blobSpace remembers which blob a file is whose SHA-256 the index does not state.
const blobSpace = "url-1"

// Fetched is a file on this machine whose bytes are those the index promised.
type Fetched struct {
	Path   string
	SHA256 string // hexadecimal; computed also where the index states none
	Size   int64  // bytes
}

// Fetch is Download for who wants the path alone.
func (c *Client) Fetch(ctx context.Context, f File) (path string, err error) {
	got, err := c.Download(ctx, f)
	return got.Path, err
}

// Download brings a file into the cache, compared with the digest the index
// states. One that is wanted by several callers or processes is downloaded
// once. A local file stays where it is and is compared too.
func (c *Client) Download(ctx context.Context, f File) (Fetched, error) {
	key := f.SHA256()
	if key == "" || f.Path != "" {
		key = f.URL
	}
	return c.files.do(ctx, key, func(ctx context.Context) (Fetched, error) {
		if f.Path != "" {
			return checkLocal(ctx, f)
		}
		return c.fetch(ctx, f)
	})
}

func (c *Client) fetch(ctx context.Context, f File) (Fetched, error) {
	if got, ok := c.cached(f); ok {
		c.options.Events.Note(event.Detail, "cache", f.Name, event.F("bytes", got.Size))
		return got, nil
	}
	if c.options.Offline {
		return Fetched{}, &OfflineError{What: f.Name}
	}
	blobs, err := c.storage.blobs()
	if err != nil {
		return Fetched{}, err
	}
	unlock, err := blobs.Lock(ctx, "fetch "+f.URL)
	if err != nil {
		if ctx.Err() != nil {
			return Fetched{}, context.Cause(ctx)
		}
		unlock = func() {} // two processes may then download it both
	}
	defer unlock()
	if got, ok := c.cached(f); ok { // another process was faster
		return got, nil
	}
	got, err := c.download(ctx, blobs, f)
	if err == nil && f.SHA256() == "" {
		c.storage.set(blobSpace, f.URL, []byte(got.SHA256))
	}
	return got, err
}

// cached finds the file among the blobs.
func (c *Client) cached(f File) (Fetched, bool) {
	sum := f.SHA256()
	path, ok := c.storage.blob(sum)
	if sum == "" {
		if path, ok = c.knownBlob(f); ok {
			data, _ := c.storage.get(blobSpace, f.URL)
			sum = string(data)
		}
	}
	if !ok {
		return Fetched{}, false
	}
	info, err := os.Stat(path)
	if err != nil {
		return Fetched{}, false
	}
	return Fetched{Path: path, SHA256: sum, Size: info.Size()}, true
}

func (c *Client) knownBlob(f File) (path string, ok bool) {
	if sum, known := c.storage.get(blobSpace, f.URL); known {
		return c.storage.blob(string(sum))
	}
	return "", false
}

// download fetches the file, and once more from the start when what a broken
// download was put together from is not the file.
func (c *Client) download(ctx context.Context, blobs *cache.Store, f File) (got Fetched, err error) {
	task := c.options.Events.Begin(event.Event{What: "download", Name: f.Name, Bytes: true, Total: f.Size})
	defer func() { task.End(err, event.F("from", originOf(f.URL))) }()
	for again := false; ; again = true {
		d := &download{client: c, file: f, task: task}
		sum, size, path, err := blobs.Put(ctx, f.SHA256(), func(w io.Writer) error { return d.run(ctx, w) })
		var wrong *cache.MismatchError
		var mismatch *MismatchError
		switch {
		case err == nil:
			return Fetched{Path: path, SHA256: sum, Size: size}, nil
		case errors.As(err, &wrong):
			err = d.mismatch("sha256", wrong.Want, wrong.Got)
		case !errors.As(err, &mismatch):
			return Fetched{}, c.cacheTrouble(ctx, f, err)
		}
		if again || !d.resumed && !d.short() {
			return Fetched{}, err
		}
	}
}

// cacheTrouble gives an error of writing, such as that of a full disk, the
// file it is about and what to try. Others have that already.
func (c *Client) cacheTrouble(ctx context.Context, f File, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if coded := (interface{ ExitCode() int })(nil); errors.As(err, &coded) {
		return err
	}
	return fault.WithHints(fault.Errorf(fault.Resolution, "%s: %w", f.Name, err), "make room, or choose another cache folder with AXLE_CACHE")
}
