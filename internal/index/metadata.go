package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// metaSpace names the format of cached metadata: the header fields of
// METADATA, as the wheel has them.
const metaSpace = "meta-1"

// Metadata reads the metadata of a wheel with as little of the wheel as
// possible: the metadata file of the index (PEP 658), else the end of the
// wheel, else all of it. It is asked for once and kept for good. The value is
// shared and must not be changed.
func (c *Client) Metadata(ctx context.Context, f File) (wheel.Metadata, error) {
	if !f.IsWheel && !f.HasMetadata {
		return wheel.Metadata{}, &NoMetadataError{File: f.Name}
	}
	return c.metadata.do(ctx, metadataKey(f), func(ctx context.Context) (wheel.Metadata, error) {
		return c.findMetadata(ctx, f)
	})
}

// metadataKey is the digest of the metadata where the index states it, since
// the wheels of one version mostly share theirs; else that of the wheel.
func metadataKey(f File) string {
	switch {
	case f.MetadataHash != "":
		return "metadata:" + f.MetadataHash + ":" + string(f.Wheel.Name) + string(f.Sdist.Name)
	case f.SHA256() != "":
		return "sha256:" + f.SHA256()
	}
	return f.URL
}

func (c *Client) findMetadata(ctx context.Context, f File) (wheel.Metadata, error) {
	key := metadataKey(f)
	if f.Path == "" { // a local file may change
		if data, ok := c.storage.get(metaSpace, key); ok {
			if m, err := c.contents.parse(data, f); err == nil {
				if c.options.Events.Wants(event.Detail) {
					c.options.Events.Note(event.Detail, "cache", "metadata of "+f.Name)
				}
				c.options.Read(f.Name)
				return m, nil
			}
		}
	}
	data, err := c.obtainMetadata(ctx, f)
	if err != nil {
		return wheel.Metadata{}, err
	}
	data = headerFields(data)
	m, err := c.contents.parse(data, f)
	if err != nil {
		// The file is of no use to anyone: a resolver passes it over.
		return wheel.Metadata{}, fault.Errorf(fault.BadInput, "%s: %w", f.Name, err)
	}
	if f.Path == "" {
		c.storage.set(metaSpace, key, data)
	}
	c.options.Read(f.Name)
	return m, nil
}

// obtainMetadata tries the ways to metadata from the cheapest on.
func (c *Client) obtainMetadata(ctx context.Context, f File) ([]byte, error) {
	if path, ok := c.have(f); ok {
		return readLocalMetadata(path, f)
	}
	if c.options.Offline {
		return nil, &OfflineError{What: "the metadata of " + f.Name}
	}
	data, err := c.partialMetadata(ctx, f)
	if !f.IsWheel && errors.Is(err, errNoMetadataFile) {
		return nil, &NoMetadataError{File: f.Name}
	}
	if !errors.Is(err, errNoRanges) {
		return data, err
	}
	fetched, err := c.Download(ctx, f)
	if err != nil {
		return nil, err
	}
	return readLocalMetadata(fetched.Path, f)
}

// slowMetadata is how long a metadata file that is not announced may take
// before the wheel is asked too: an index that has to look for it may take
// ten seconds, where both mostly answer in a tenth of one.
const slowMetadata = time.Second

// partialMetadata gets metadata without the whole file, or errNoRanges.
func (c *Client) partialMetadata(ctx context.Context, f File) ([]byte, error) {
	file := func(ctx context.Context) ([]byte, error) { return c.metadataFile(ctx, f) }
	ranged := func(ctx context.Context) ([]byte, error) { return c.rangedMetadata(ctx, f) }
	switch {
	case !f.IsWheel:
		return file(ctx)
	case f.HasMetadata:
		data, err := file(ctx)
		if errors.Is(err, errNoMetadataFile) {
			return ranged(ctx)
		}
		return data, err
	case !c.facts(f.URL).tryMetadata():
		return ranged(ctx)
	}
	return hedge(ctx, slowMetadata, file, ranged)
}

// hedge does first, and second as soon as first fails or takes longer than
// patience. The one that succeeds first counts, else the error of second.
func hedge[T any](ctx context.Context, patience time.Duration, first, second func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		value T
		err   error
	}
	one, two := make(chan result, 1), make(chan result, 1)
	begin := func(done chan result, work func(context.Context) (T, error)) {
		value, err := work(ctx)
		done <- result{value, err}
	}
	go begin(one, first)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case r := <-one:
		if r.err == nil {
			return r.value, nil
		}
		return second(ctx)
	case <-timer.C:
	}
	go begin(two, second)
	select {
	case r := <-one:
		if r.err != nil {
			r = <-two
		}
		return r.value, r.err
	case r := <-two:
		if r.err != nil {
			if late := <-one; late.err == nil {
				r = late
			}
		}
		return r.value, r.err
	}
}

// have finds a file that is on this machine already.
func (c *Client) have(f File) (path string, ok bool) {
	switch {
	case f.Path != "":
		return f.Path, true
	case f.SHA256() != "":
		return c.storage.blob(f.SHA256())
	}
	return c.knownBlob(f)
}

func readLocalMetadata(path string, f File) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	data, err := readWheelMetadata(fileSpan(file), info.Size(), f.Wheel)
	if err != nil {
		return nil, badWheel(f, err)
	}
	return data, nil
}

// errNoMetadataFile says that the index does not serve a metadata file.
var errNoMetadataFile = errors.New("the index has no metadata file for it")

// metadataFile fetches the metadata file of a wheel. One that is announced
// has to be right; one that is not has to be that of the wheel, and otherwise
// does not count.
func (c *Client) metadataFile(ctx context.Context, f File) ([]byte, error) {
	var data []byte
	err := c.run(ctx, exchange{url: f.URL + ".metadata", source: f.Source, slots: c.requests, read: func(resp *http.Response) (err error) {
		switch resp.StatusCode {
		case http.StatusOK:
			data, err = io.ReadAll(io.LimitReader(resp.Body, longestMetadata))
			return err
		case http.StatusUnauthorized, http.StatusProxyAuthRequired:
			return c.statusError(f.URL, resp)
		}
		return errNoMetadataFile // also 403: stores of objects answer it for what is not there
	}})
	if !f.HasMetadata {
		return c.judgeUnannounced(ctx, f, data, err)
	}
	if err != nil {
		return nil, err
	}
	return data, checkMetadata(f, data)
}

// checkMetadata compares a metadata file with the strongest digest that the
// index states for it.
func checkMetadata(f File, data []byte) error {
	check := newCheck(f.OtherMetadataHashes)
	if f.MetadataHash != "" {
		check.algorithm, check.want, check.hash = "sha256", f.MetadataHash, sha256.New()
	}
	if check.want == "" {
		return nil
	}
	_, _ = check.Write(data)
	if got := hex.EncodeToString(check.hash.Sum(nil)); got != check.want {
		return &MismatchError{File: f.Name + ".metadata", Index: f.Source, Algorithm: check.algorithm, Want: check.want, Got: got, GotSize: int64(len(data))}
	}
	return nil
}

func (c *Client) judgeUnannounced(ctx context.Context, f File, data []byte, err error) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err == nil {
		_, err = c.contents.parse(headerFields(data), f)
	}
	if err != nil {
		c.learn(f.URL, func(h *hostFacts) { h.MetadataMisses++ })
		return nil, errNoMetadataFile
	}
	c.learn(f.URL, func(h *hostFacts) { h.MetadataHits++ })
	return data, nil
}

// headerFields cuts the description off, which is most of many METADATA.
func headerFields(data []byte) []byte {
	end := len(data)
	for _, gap := range []string{"\n\n", "\n\r\n", "\r\r"} {
		if i := bytes.Index(data[:end], []byte(gap)); i >= 0 {
			end = i + 1
		}
	}
	return data[:end]
}

// contentTable parses equal texts once: the wheels of a version mostly have
// the same METADATA.
type contentTable struct {
	mu     sync.Mutex
	parsed map[string]wheel.Metadata
}

// parse reads the metadata of a file, and refuses that of another project or
// version.
func (t *contentTable) parse(data []byte, f File) (wheel.Metadata, error) {
	t.mu.Lock()
	m, ok := t.parsed[string(data)]
	t.mu.Unlock()
	if !ok {
		var err error
		if m, err = wheel.ParseMetadata(data); err != nil {
			return m, err
		}
		t.mu.Lock()
		if t.parsed == nil {
			t.parsed = map[string]wheel.Metadata{}
		}
		t.parsed[string(data)] = m
		t.mu.Unlock()
	}
	name := f.Wheel.Name
	if !f.IsWheel {
		name = f.Sdist.Name
	}
	if m.Name != name || !m.Version.Equal(f.Version()) {
		return m, fault.Errorf(fault.BadInput, "METADATA is that of %s %s", m.Name, m.Version)
	}
	return m, nil
}
