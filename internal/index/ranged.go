package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
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
	r := &rangedFile{client: c, url: f.URL, source: f.Source}
	if err := r.begin(ctx, f.Size); err != nil {
		if errors.Is(err, errNoRanges) && !r.partial {
			c.learn(f.URL, func(h *hostFacts) { h.NoRanges = true })
		}
		return nil, err
	}
	read := func(from, to int64) ([]byte, error) { return r.span(ctx, from, to) }
	c.keepSize(f, r.size)
	data, err := readWheelMetadata(read, r.size, f.Wheel)
	if err != nil && !errors.Is(err, errNoRanges) {
		return nil, badWheel(f, err)
	}
	return data, err
}

// badWheel names the file in an error of its content. Errors that have an exit
// code name their subject already.
func badWheel(f File, err error) error {
	if coded := (interface{ ExitCode() int })(nil); errors.As(err, &coded) || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Errorf(fault.BadInput, "%s: %w", f.Name, err)
}

// rangedFile is a file of which the bytes from some place to the end are here.
type rangedFile struct {
	client  *Client
	url     string
	source  string
	size    int64
	tailAt  int64
	tail    []byte
	partial bool // the server gave a part at least once
}

// begin fetches the end of the file. A server that does not know "the last N
// bytes" is asked for the size first.
func (r *rangedFile) begin(ctx context.Context, size int64) error {
	if !r.client.facts(r.url).NoSuffix {
		err := r.ask(ctx, -tailSize, 0)
		if !errors.Is(err, errNoRanges) {
			return err
		}
		r.client.learn(r.url, func(h *hostFacts) { h.NoSuffix = true })
	}
	if size == 0 {
		if err := r.ask(ctx, 0, 1); err != nil {
			return err
		}
		size, r.tail = r.size, nil
	}
	from := max(0, size-tailSize)
	return r.ask(ctx, from, size)
}

// span gives bytes that are here, and fetches those that are not.
func (r *rangedFile) span(ctx context.Context, from, to int64) ([]byte, error) {
	if from < 0 || to > r.size || from > to {
		return nil, errNotZip
	}
	if r.tailAt-to > farSize {
		far := rangedFile{client: r.client, url: r.url, source: r.source}
		if err := far.ask(ctx, from, to); err != nil {
			return nil, err
		}
		if far.size != r.size {
			return nil, errNoRanges
		}
		return far.tail, nil
	}
	if from < r.tailAt {
		// RECORD, which stands between METADATA and the directory, is nearly as
		// long as the directory.
		if err := r.extend(ctx, max(0, from-aheadSize-(to-from))); err != nil {
			return nil, err
		}
	}
	return r.tail[from-r.tailAt : to-r.tailAt], nil
}

// extend fetches what is before the bytes that are here.
func (r *rangedFile) extend(ctx context.Context, from int64) error {
	before := rangedFile{client: r.client, url: r.url, source: r.source}
	if err := before.ask(ctx, from, r.tailAt); err != nil {
		return err
	}
	if before.size != r.size {
		return errNoRanges
	}
	r.tail, r.tailAt = append(before.tail, r.tail...), from
	return nil
}

// ask sends one request for the bytes [from, to), or for the last -from bytes.
func (r *rangedFile) ask(ctx context.Context, from, to int64) error {
	header := fmt.Sprintf("bytes=%d-%d", from, to-1)
	if from < 0 {
		header = fmt.Sprintf("bytes=%d", from)
	}
	// Parts of a compressed answer would be parts of something else.
	headers := map[string]string{"Range": header, "Accept-Encoding": "identity"}
	return r.client.run(ctx, exchange{url: r.url, source: r.source, header: headers, slots: r.client.requests, read: func(resp *http.Response) error {
		switch resp.StatusCode {
		case http.StatusPartialContent:
			return r.take(resp, from, to)
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusProxyAuthRequired:
			return r.client.statusError(r.url, resp)
		}
		return errNoRanges // 200 with everything, 416, or something odd
	}})
}

// take reads a part, and does not believe one that is another part than was
// asked for.
func (r *rangedFile) take(resp *http.Response, wantFrom, wantTo int64) error {
	from, to, size, ok := parseContentRange(resp.Header.Get("Content-Range"))
	if wantFrom < 0 {
		wantFrom, wantTo = max(0, size+wantFrom), size
	}
	if !ok || from != wantFrom || to != wantTo || resp.Header.Get("Content-Encoding") != "" {
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
