package index

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
)

// blobSpace remembers which blob a file is whose SHA-256 the index does not state.
const blobSpace = "url-1"

// maxResumes is how often a download that breaks again and again is taken up.
const maxResumes = 30

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
func (c *Client) download(ctx context.Context, blobs *cache.Store, f File) (Fetched, error) {
	for again := false; ; again = true {
		d := &download{client: c, file: f}
		sum, size, path, err := blobs.Put(ctx, f.SHA256(), func(w io.Writer) error { return d.run(ctx, w) })
		var wrong *cache.MismatchError
		var mismatch *MismatchError
		switch {
		case err == nil:
			return Fetched{Path: path, SHA256: sum, Size: size}, nil
		case errors.As(err, &wrong):
			err = d.mismatch("sha256", wrong.Want, wrong.Got)
		case !errors.As(err, &mismatch):
			return Fetched{}, err
		}
		if again || !d.resumed && !d.short() {
			return Fetched{}, err
		}
	}
}

// download is one file on its way.
type download struct {
	client    *Client
	file      File
	done      int64  // bytes written
	validator string // of the first answer: a strong ETag or Last-Modified
	resumed   bool
}

func (d *download) mismatch(algorithm, want, got string) *MismatchError {
	return &MismatchError{File: d.file.Name, Index: d.file.Source, Algorithm: algorithm, Want: want, Got: got, WantSize: d.file.Size, GotSize: d.done}
}

// short says that fewer bytes came than the index promised, and the server
// did not notice.
func (d *download) short() bool { return d.file.Size > 0 && d.done < d.file.Size }

// run writes the file's bytes to w, taking up a broken download where it broke.
func (d *download) run(ctx context.Context, w io.Writer) error {
	check := newCheck(d.file)
	out := io.MultiWriter(w, check)
	for resumes := 0; ; resumes++ {
		header := map[string]string{"Accept-Encoding": "identity"}
		if d.done > 0 {
			d.resumed = true
			header["Range"] = fmt.Sprintf("bytes=%d-", d.done)
			if d.validator != "" {
				header["If-Range"] = d.validator
			}
		}
		err := d.client.run(ctx, exchange{url: d.file.URL, source: d.file.Source, header: header, slots: d.client.downloads, read: func(resp *http.Response) error {
			return d.read(resp, out)
		}})
		var broken *resumeError
		switch {
		case err == nil:
			return d.verify(check)
		case !errors.As(err, &broken):
			return err
		case resumes == maxResumes:
			return describe(d.file.URL, broken.err)
		}
		if err := d.client.options.Sleep(ctx, firstBackoff); err != nil {
			return err
		}
	}
}

// resumeError ends an exchange whose answer broke after some bytes: the next
// one asks for the rest.
type resumeError struct{ err error }

func (e *resumeError) Error() string { return e.err.Error() }

func (d *download) read(resp *http.Response, out io.Writer) error {
	switch {
	case resp.StatusCode == http.StatusOK:
		if err := d.startOver(resp); err != nil {
			return err
		}
	case resp.StatusCode == http.StatusPartialContent && d.done > 0:
		from, _, _, ok := parseContentRange(resp.Header.Get("Content-Range"))
		if !ok || from != d.done {
			return d.changed()
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && d.done > 0:
		return d.changed()
	default:
		return d.client.statusError(d.file.URL, resp)
	}
	return d.copy(resp, out)
}

// startOver takes an answer with the whole file. Where some of it is here
// already, that much is skipped: the digest tells whether it was the same.
func (d *download) startOver(resp *http.Response) error {
	validator := resp.Header.Get("ETag")
	if validator == "" || validator[0] != '"' { // weak tags do not count for ranges
		validator = resp.Header.Get("Last-Modified")
	}
	if d.done == 0 {
		d.validator = validator
		return nil
	}
	if validator != d.validator {
		return d.changed()
	}
	_, err := io.CopyN(io.Discard, resp.Body, d.done)
	return err
}

// changed says that the file is not the one of which a part is here.
func (d *download) changed() error {
	return d.mismatch("content", "the one that was begun", "another one")
}

func (d *download) copy(resp *http.Response, out io.Writer) error {
	total := d.file.Size
	if total == 0 && resp.ContentLength >= 0 {
		total = d.done + resp.ContentLength
	}
	begun := d.done
	buf := make([]byte, 128<<10)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			if _, err := out.Write(buf[:n]); err != nil {
				return fault.WithHints(fault.Errorf(fault.Resolution, "%s: %w", d.file.Name, err), "choose another cache folder with AXLE_CACHE")
			}
			d.done += int64(n)
			d.client.options.Progress(d.file, d.done, total)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && d.done == begun:
			return err // nothing gained: this counts as an attempt that failed
		case err != nil:
			return &resumeError{err}
		}
	}
}

// verify compares what the cache does not: other digests than SHA-256, and the
// size where there is no digest.
func (d *download) verify(check *check) error {
	if check.want != "" {
		if got := hex.EncodeToString(check.hash.Sum(nil)); got != check.want {
			return d.mismatch(check.algorithm, check.want, got)
		}
		return nil
	}
	if d.file.SHA256() == "" && d.file.Size != 0 && d.file.Size != d.done {
		return d.mismatch("size", strconv.FormatInt(d.file.Size, 10), strconv.FormatInt(d.done, 10))
	}
	return nil
}

// check is the strongest digest that is stated beside, or in place of, SHA-256.
type check struct {
	algorithm, want string
	hash            hash.Hash
}

func newCheck(f File) *check {
	for _, a := range []struct {
		name string
		make func() hash.Hash
	}{{"sha512", sha512.New}, {"sha384", sha512.New384}, {"sha224", sha256.New224}, {"sha1", sha1.New}, {"md5", md5.New}} {
		if want := f.Hashes[a.name]; want != "" && f.SHA256() == "" {
			return &check{a.name, want, a.make()}
		}
	}
	return &check{}
}

func (c *check) Write(p []byte) (int, error) {
	if c.hash != nil {
		c.hash.Write(p)
	}
	return len(p), nil
}

// checkLocal compares a file of a folder with the digests stated for it.
func checkLocal(ctx context.Context, f File) (Fetched, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return Fetched{}, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	defer func() { _ = file.Close() }()
	d := &download{file: f}
	sum, check := sha256.New(), newCheck(f)
	if d.done, err = io.Copy(io.MultiWriter(sum, check), reader(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return file.Read(p)
	})); err != nil {
		return Fetched{}, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if want := f.SHA256(); want != "" && want != got {
		return Fetched{}, d.mismatch("sha256", want, got)
	}
	if check.want != "" {
		if err := d.verify(check); err != nil {
			return Fetched{}, err
		}
	}
	return Fetched{Path: f.Path, SHA256: got, Size: d.done}, nil
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }
