package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

const (
	// pageSpace names the format of cached pages, listings included.
	pageSpace = "page-2"
	// accept asks for JSON first: some indexes that answer HTML anyway say
	// more in it then.
	accept = typeJSON + ", " + typeHTML + ";q=0.2, " + typeLegacy + ";q=0.1"
	// usualLife is how long a page is fresh when the index does not say, as
	// for pip; longestLife is the most that is believed of an index.
	usualLife   = 10 * time.Minute
	longestLife = 24 * time.Hour
	longestPage = 256 << 20
	// believedPage is up to which length an index is believed without seeing
	// the bytes.
	believedPage = 16 << 20
)

var (
	errNoProject = errors.New("the index does not have the project")
	errTooLong   = fault.New(fault.Resolution, "page is longer than 256 MiB")
)

func onceFiles(f func() []File) func() []File { return sync.OnceValue(f) }

func compareText(a, b string) int { return strings.Compare(a, b) }

// foundPage is a page as the cache keeps it: what there is to know of its
// freshness, and its listing.
type foundPage struct {
	found        bool // false: the index answered that it has no such page
	fetched      int64
	expires      int64 // seconds since 1970
	etag         string
	lastModified string
	listing      string
	head         *listingHead // of the listing, when it was read already
}

func (p *foundPage) encode() []byte {
	b := []byte{0}
	if p.found {
		b[0] = 1
	}
	b = binary.AppendUvarint(b, uint64(p.fetched))
	b = binary.AppendUvarint(b, uint64(p.expires))
	b = appendString(appendString(b, p.etag), p.lastModified)
	return append(b, p.listing...)
}

// decodePage is nil for what is no page. The page keeps data.
func decodePage(data []byte) *foundPage {
	if len(data) < 2 {
		return nil
	}
	// The bytes are not changed any more, and long: nothing copies them.
	r := listingReader{rest: unsafe.String(&data[1], len(data)-1)}
	p := &foundPage{found: data[0] == 1, fetched: int64(r.number()), expires: int64(r.number()), etag: r.text(), lastModified: r.text()}
	if r.failed {
		return nil
	}
	p.listing = r.rest
	if !p.found {
		return p
	}
	var err error
	if p.head, err = readHead(p.listing); err != nil {
		return nil
	}
	return p
}

// listed is the project as one index has it, or errNoProject.
func (c *Client) listed(ctx context.Context, index place, name pep508.Name) (*Project, error) {
	if index.path != "" {
		return c.listedLocally(index, name)
	}
	page, err := c.page(ctx, pageURL(index.url, name), index.address, name)
	if err != nil {
		return nil, err
	}
	if !page.found {
		return nil, errNoProject
	}
	p, err := page.project(name, index.address, &c.specifiers)
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "%s: page of %s: %w", index.address, name, err)
	}
	return p, nil
}

func (p *foundPage) project(name pep508.Name, source string, specifiers *specifierTable) (*Project, error) {
	if p.head == nil {
		return decodeListing(p.listing, name, source, specifiers)
	}
	return p.head.project(name, source, specifiers)
}

// pageURL is the address of a project's page (PEP 503).
func pageURL(index string, name pep508.Name) string {
	address, query, _ := strings.Cut(index, "?")
	address = strings.TrimRight(address, "/") + "/" + string(name) + "/"
	if query != "" {
		address += "?" + query
	}
	return address
}

// page is a page from the cache while it is fresh, else from the index. name
// is "" for a page of files of any project; source is the index it belongs to.
func (c *Client) page(ctx context.Context, address, source string, name pep508.Name) (*foundPage, error) {
	var cached *foundPage
	if data, ok := c.storage.get(pageSpace, address); ok {
		cached = decodePage(data)
	}
	switch {
	case cached != nil && (c.options.Offline || !c.options.Refresh && c.isFresh(cached)):
		c.options.Events.Note(event.Detail, "cache", address)
		return cached, nil
	case c.options.Offline:
		return nil, &OfflineError{What: "the listing of " + address}
	}
	return c.fetchPage(ctx, address, source, name, cached)
}

func (c *Client) isFresh(p *foundPage) bool {
	now := c.options.Now().Unix()
	return now < p.expires && now >= p.fetched
}

func (c *Client) fetchPage(ctx context.Context, address, source string, name pep508.Name, cached *foundPage) (*foundPage, error) {
	header := map[string]string{"Accept": accept}
	if cached != nil && cached.found {
		// A cache between here and the index may hold an older page.
		header["Cache-Control"] = "max-age=0"
		if cached.etag != "" {
			header["If-None-Match"] = cached.etag
		} else if cached.lastModified != "" {
			header["If-Modified-Since"] = cached.lastModified
		}
	}
	var page *foundPage
	err := c.run(ctx, exchange{url: address, source: source, header: header, slots: c.requests, read: func(resp *http.Response) (err error) {
		page, err = c.readPage(resp, address, name, cached)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return page, nil
}

func (c *Client) readPage(resp *http.Response, address string, name pep508.Name, cached *foundPage) (*foundPage, error) {
	now := c.options.Now()
	life, keep := lifetime(resp.Header, now)
	page := &foundPage{found: true, fetched: now.Unix(), expires: now.Add(life).Unix(), etag: resp.Header.Get("ETag"), lastModified: resp.Header.Get("Last-Modified")}
	switch {
	case resp.StatusCode == http.StatusNotModified && cached != nil:
		page.listing, page.etag, page.lastModified = cached.listing, cached.etag, cached.lastModified
	case resp.StatusCode == http.StatusOK:
		links, err := readLinks(resp)
		if err != nil {
			return nil, err
		}
		page.listing = string(encodeListing(links, name))
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		page.found, page.etag, page.lastModified = false, "", ""
	default:
		return nil, c.statusError(address, resp)
	}
	if len(page.etag)+len(page.lastModified) > 2048 {
		page.etag, page.lastModified = "", ""
	}
	if keep {
		c.storage.set(pageSpace, address, page.encode())
	} else {
		c.storage.forget(pageSpace, address)
	}
	return page, nil
}

func readLinks(resp *http.Response) ([]link, error) {
	var body []byte
	var err error
	if length := resp.ContentLength; length > 0 && length <= believedPage {
		body = make([]byte, length)
		_, err = io.ReadFull(resp.Body, body)
	} else {
		body, err = io.ReadAll(io.LimitReader(resp.Body, longestPage+1))
	}
	if err != nil {
		return nil, err
	}
	if len(body) > longestPage {
		return nil, errTooLong
	}
	return parseLinks(resp.Request.URL.String(), resp.Header.Get("Content-Type"), body)
}

// lifetime is how long an answer is fresh (RFC 9111), and whether it may be
// kept at all.
func lifetime(h http.Header, now time.Time) (life time.Duration, keep bool) {
	life, keep = usualLife, true
	for _, directive := range strings.Split(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-store":
			return 0, false
		case "no-cache":
			return 0, true
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32); err == nil {
				age, _ := strconv.ParseInt(h.Get("Age"), 10, 32)
				return min(max(0, time.Duration(n-age)*time.Second), longestLife), true
			}
		}
	}
	if expires, err := http.ParseTime(h.Get("Expires")); err == nil {
		return min(max(0, expires.Sub(now)), longestLife), true
	}
	return life, keep
}

// listedLocally reads a project from an index in a folder: its page, or else
// the files beside where the page would be.
func (c *Client) listedLocally(index place, name pep508.Name) (*Project, error) {
	dir := filepath.Join(index.path, string(name))
	page := filepath.Join(dir, "index.html")
	body, err := os.ReadFile(page)
	var links []link
	switch {
	case err == nil:
		links, err = parseLinks(fileURL(page), typeLegacy, body)
	case errors.Is(err, os.ErrNotExist):
		links, err = folderLinks(dir)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, errNoProject
	}
	if err != nil {
		return nil, fault.Errorf(fault.Resolution, "%s: %w", index.address, err)
	}
	p, err := decodeListing(string(encodeListing(links, name)), name, index.address, &c.specifiers)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", page, err)
	}
	return p, nil
}
