package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	// tailSize is asked for first. It covers the directory of most wheels and
	// their METADATA, which writers put last.
	tailSize = 32 << 10
	// aheadSize is read before the directory when that had to be asked for:
	// METADATA is mostly there.
	aheadSize = 24 << 10
	// farSize is the gap over which it is better to ask for a member alone.
	farSize = 256 << 10
)

// errNoRanges says that a server does not give parts of this file.
var errNoRanges = errors.New("the server does not give parts of files")

// rangedMetadata reads METADATA with as few bytes of the wheel as the server
// gives: mostly one or two requests.
func (c *Client) rangedMetadata(ctx context.Context, f File) ([]byte, error) {
	if c.facts(f.URL).NoRanges {
		return nil, errNoRanges
	}
	r := &rangedFile{client: c, url: f.URL}
	if err := r.begin(ctx, f.Size); err != nil {
		if errors.Is(err, errNoRanges) && !r.partial {
			c.learn(f.URL, func(h *hostFacts) { h.NoRanges = true })
		}
		return nil, err
	}
	read := func(from, to int64) ([]byte, error) { return r.span(ctx, from, to) }
	data, err := readWheelMetadata(read, r.size, f.Wheel)
	if err != nil && !errors.Is(err, errNoRanges) {
		err = fmt.Errorf("%s: %w", f.Name, err)
	}
	return data, err
}

// rangedFile is a file of which the bytes from some place to the end are here.
type rangedFile struct {
	client  *Client
	url     string
	size    int64
	tailAt  int64
	tail    []byte
	partial bool // the server gave a part at least once
}

// begin fetches the end of the file. A server that does not know "the last N
// bytes" is asked for the size first.
func (r *rangedFile) begin(ctx context.Context, size int64) error {
	if !r.client.facts(r.url).NoSuffix {
		err := r.ask(ctx, fmt.Sprintf("bytes=-%d", tailSize), -1)
		if !errors.Is(err, errNoRanges) {
			return err
		}
		r.client.learn(r.url, func(h *hostFacts) { h.NoSuffix = true })
	}
	if size == 0 {
		if err := r.ask(ctx, "bytes=0-0", 0); err != nil {
			return err
		}
		size, r.tail = r.size, nil
	}
	from := max(0, size-tailSize)
	return r.ask(ctx, fmt.Sprintf("bytes=%d-%d", from, size-1), from)
}

// span gives bytes that are here, and fetches those that are not.
func (r *rangedFile) span(ctx context.Context, from, to int64) ([]byte, error) {
	if from < 0 || to > r.size || from > to {
		return nil, errNotZip
	}
	if from < r.tailAt && r.tailAt-from > farSize {
		far := rangedFile{client: r.client, url: r.url}
		if err := far.ask(ctx, fmt.Sprintf("bytes=%d-%d", from, to-1), from); err != nil {
			return nil, err
		}
		if far.size != r.size || int64(len(far.tail)) != to-from {
			return nil, errNoRanges
		}
		return far.tail, nil
	}
	if from < r.tailAt {
		if err := r.extend(ctx, max(0, from-aheadSize)); err != nil {
			return nil, err
		}
	}
	return r.tail[from-r.tailAt : to-r.tailAt], nil
}

// extend fetches what is before the bytes that are here.
func (r *rangedFile) extend(ctx context.Context, from int64) error {
	before := rangedFile{client: r.client, url: r.url}
	if err := before.ask(ctx, fmt.Sprintf("bytes=%d-%d", from, r.tailAt-1), from); err != nil {
		return err
	}
	if before.size != r.size || from+int64(len(before.tail)) != r.tailAt {
		return errNoRanges
	}
	r.tail, r.tailAt = append(before.tail, r.tail...), from
	return nil
}

// ask sends one request for a part that begins at from, or at wherever the
// server says when from is -1.
func (r *rangedFile) ask(ctx context.Context, header string, from int64) error {
	// Parts of a compressed answer would be parts of something else.
	headers := map[string]string{"Range": header, "Accept-Encoding": "identity"}
	return r.client.run(ctx, exchange{url: r.url, header: headers, slots: r.client.requests, read: func(resp *http.Response) error {
		switch resp.StatusCode {
		case http.StatusPartialContent:
			return r.take(resp, from)
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusProxyAuthRequired:
			return r.client.statusError(r.url, resp)
		}
		return errNoRanges // 200 with everything, 416, or something odd
	}})
}

// take reads a part, and does not believe one that is another part than was
// asked for.
func (r *rangedFile) take(resp *http.Response, want int64) error {
	from, to, size, ok := parseContentRange(resp.Header.Get("Content-Range"))
	if !ok || want >= 0 && from != want || want < 0 && to != size || resp.Header.Get("Content-Encoding") != "" {
		return errNoRanges
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestDirectory+longestMetadata))
	if err != nil {
		return err
	}
	if int64(len(body)) != to-from {
		return errNoRanges
	}
	r.size, r.tailAt, r.tail, r.partial = size, from, body, true
	return nil
}

// parseContentRange reads "bytes A-B/SIZE" as the half-open [from, to) of size.
func parseContentRange(text string) (from, to, size int64, ok bool) {
	text, ok = strings.CutPrefix(text, "bytes ")
	part, total, found := strings.Cut(text, "/")
	first, last, ranged := strings.Cut(part, "-")
	if !ok || !found || !ranged {
		return 0, 0, 0, false
	}
	var err [3]error
	from, err[0] = strconv.ParseInt(strings.TrimSpace(first), 10, 64)
	to, err[1] = strconv.ParseInt(strings.TrimSpace(last), 10, 64)
	size, err[2] = strconv.ParseInt(strings.TrimSpace(total), 10, 64)
	if errors.Join(err[:]...) != nil || from < 0 || to < from || size <= to {
		return 0, 0, 0, false
	}
	return from, to + 1, size, true
}
