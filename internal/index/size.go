package index

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"strconv"

	"github.com/axlepack/axle/internal/fault"
)

// sizeSpace keeps the sizes of files that the index does not state.
const sizeSpace = "size-1"

// Size is how many bytes a file has: what the index states, what is in the
// cache, or what the server says when asked for one byte of it.
func (c *Client) Size(ctx context.Context, f File) (int64, error) {
	if f.Size > 0 {
		return f.Size, nil
	}
	if f.Path != "" {
		info, err := os.Stat(f.Path)
		if err != nil {
			return 0, fault.Errorf(fault.Resolution, "%w", err)
		}
		return info.Size(), nil
	}
	if got, ok := c.cached(f); ok {
		return got.Size, nil
	}
	key := contentKey(f)
	if text, ok := c.storage.get(sizeSpace, key); ok {
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil && n > 0 {
			return n, nil
		}
	}
	size, err := c.askSize(ctx, f)
	if err == nil {
		c.keepSize(f, size)
	}
	return size, err
}

// contentKey identifies the bytes of a file of an index.
func contentKey(f File) string { return cmp.Or(f.SHA256(), f.URL) }

// keepSize remembers what a server says of a file that the index says nothing of.
func (c *Client) keepSize(f File, size int64) {
	if f.Size == 0 && size > 0 {
		c.storage.set(sizeSpace, contentKey(f), strconv.AppendInt(nil, size, 10))
	}
}

// askSize is 0 where the server does not say.
func (c *Client) askSize(ctx context.Context, f File) (size int64, err error) {
	headers := map[string]string{"Range": "bytes=0-0", "Accept-Encoding": "identity"}
	err = c.run(ctx, exchange{url: f.URL, source: f.Source, header: headers, slots: c.requests, read: func(resp *http.Response) error {
		switch resp.StatusCode {
		case http.StatusPartialContent:
			if _, _, total, ok := parseContentRange(resp.Header.Get("Content-Range")); ok {
				size = total
			}
		case http.StatusOK:
			size = max(0, resp.ContentLength)
		default:
			return c.statusError(f.URL, resp)
		}
		return nil
	}})
	return size, err
}
