package index

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

type jsonPage struct {
	Meta struct {
		Version string `json:"api-version"`
	} `json:"meta"`
	Files []jsonFile `json:"files"`
}

// jsonFile holds what may be of several types as it is written: one odd file
// must not spoil the page.
type jsonFile struct {
	Filename       string          `json:"filename"`
	URL            string          `json:"url"`
	Hashes         json.RawMessage `json:"hashes"`
	RequiresPython *string         `json:"requires-python"`
	CoreMetadata   json.RawMessage `json:"core-metadata"`
	DistInfo       json.RawMessage `json:"dist-info-metadata"`
	Yanked         json.RawMessage `json:"yanked"`
	Size           json.RawMessage `json:"size"`
	UploadTime     string          `json:"upload-time"`
}

// parseJSON reads a page as PEP 691 and 700 describe it. A page without a
// version is taken for version 1.
func parseJSON(base *url.URL, body []byte) ([]link, error) {
	page, err := readPage(body)
	if err != nil {
		return nil, err
	}
	if page.Meta.Version != "" {
		if err := checkVersion(page.Meta.Version); err != nil {
			return nil, err
		}
	}
	links := make([]link, 0, len(page.Files))
	folders := folderTable{base: base, known: map[string]string{}}
	for i := range page.Files {
		page.Files[i].URL = folders.absolute(page.Files[i].URL)
		if l, ok := page.Files[i].link(base); ok {
			links = append(links, l)
		}
	}
	return links, nil
}

func readPage(body []byte) (jsonPage, error) {
	if page, ok := scanPage(body); ok {
		return page, nil
	}
	var page jsonPage
	err := json.Unmarshal(body, &page)
	if odd := (*json.UnmarshalTypeError)(nil); errors.As(err, &odd) && len(page.Files) > 0 {
		err = nil // a field of one file has another type; the others were read
	}
	if err != nil {
		return page, fmt.Errorf("page is not the JSON of an index: %w", err)
	}
	return page, nil
}

func (f *jsonFile) link(base *url.URL) (link, bool) {
	l := link{name: f.Filename}
	if f.URL == "" || !l.setURL(base, f.URL) {
		return l, false
	}
	if hashes := readHashes(f.Hashes); len(hashes) > 0 {
		l.hashes = hashes
	}
	if f.RequiresPython != nil {
		l.requires = *f.RequiresPython
	}
	l.yanked, l.reason = readYanked(f.Yanked)
	if size, err := strconv.ParseInt(string(f.Size), 10, 64); err == nil && size > 0 {
		l.size = size
	}
	if f.UploadTime != "" {
		l.setTime(f.UploadTime)
	}
	l.readMetadata(f)
	return l, true
}

// The hashes of nearly every file are this, a digest, and an end.
const onlySHA256, onlySHA256End = `{"sha256":"`, `"}`

func readHashes(raw json.RawMessage) []digest {
	if len(raw) == 0 || string(raw) == "{}" {
		return nil
	}
	if hex, ok := bytes.CutPrefix(raw, []byte(onlySHA256)); ok && len(hex) == 64+len(onlySHA256End) && string(hex[64:]) == onlySHA256End {
		if h, ok := newDigest("sha256", string(hex[:64])); ok {
			return []digest{h}
		}
	}
	var byName map[string]string
	if json.Unmarshal(raw, &byName) != nil {
		return nil
	}
	var hashes []digest
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if h, ok := newDigest(name, byName[name]); ok {
			hashes = append(hashes, h)
		}
	}
	return hashes
}

// readYanked takes a boolean or the reason (PEP 592).
func readYanked(raw json.RawMessage) (bool, string) {
	switch {
	case len(raw) == 0:
		return false, ""
	case raw[0] == '"':
		var reason string
		_ = json.Unmarshal(raw, &reason) // it was checked with the page
		return reason != "", reason
	}
	return string(raw) == "true", ""
}

// readMetadata takes a boolean or an object of digests, under the name of PEP
// 714 before that of PEP 691.
func (l *link) readMetadata(f *jsonFile) {
	raw := f.CoreMetadata
	if len(raw) == 0 || string(raw) == "null" {
		raw = f.DistInfo
	}
	if len(raw) == 0 {
		return
	}
	l.metadata = raw[0] == '{' || string(raw) == "true"
	for _, h := range readHashes(raw) {
		l.addMetadataHash(h)
	}
}
