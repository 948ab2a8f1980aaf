package index

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// linked is a file of a find-links place.
type linked struct {
	link
	stem   string // normalised file name: begins with that of its project
	source string
}

// linkedFiles are the files of a project in all find-links places, in the
// order of the places.
func (c *Client) linkedFiles(ctx context.Context, name pep508.Name) ([]File, error) {
	if len(c.findLinks) == 0 {
		return nil, nil
	}
	all, err := c.folders.do(ctx, struct{}{}, c.readFindLinks)
	if err != nil {
		return nil, err
	}
	var files []File
	seen := map[string]bool{}
	for i := range all {
		l := &all[i]
		if !strings.HasPrefix(l.stem, string(name)) || seen[l.name] {
			continue
		}
		read := readName(l.name, name)
		if read.unusable != "" {
			continue // of another project, or no file for anybody
		}
		seen[l.name] = true
		if path, ok := localPath(l.url); ok && l.size == 0 {
			if info, err := os.Stat(path); err == nil {
				l.size = info.Size()
			}
		}
		files = append(files, l.file(read, l.source, &c.specifiers))
	}
	return files, nil
}

func (c *Client) readFindLinks(ctx context.Context) ([]linked, error) {
	var all []linked
	for _, p := range c.findLinks {
		links, err := c.placeLinks(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			all = append(all, linked{l, string(pep508.Normalize(l.name)), p.address})
		}
	}
	return all, nil
}

// placeLinks reads one find-links entry: a folder, a page, or a file. One
// that is not there is a warning, as for pip.
func (c *Client) placeLinks(ctx context.Context, p place) ([]link, error) {
	if p.path == "" {
		return c.remoteLinks(ctx, p)
	}
	info, err := os.Stat(p.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.warn(fault.Warning{File: p.address, Text: "this find-links place does not exist, and is ignored"})
		return nil, nil
	case err != nil:
		return nil, fault.Errorf(fault.Resolution, "find-links: %w", err)
	case info.IsDir():
		links, err := folderLinks(p.path)
		if err != nil {
			return nil, fault.Errorf(fault.Resolution, "find-links: %w", err)
		}
		return links, nil
	case isPage(p.path):
		body, err := os.ReadFile(p.path)
		if err != nil {
			return nil, fault.Errorf(fault.Resolution, "find-links: %w", err)
		}
		return parseLinks(p.url, typeLegacy, body)
	}
	return []link{{name: filepath.Base(p.path), url: p.url, size: info.Size()}}, nil
}

func isPage(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".html" || ext == ".htm"
}

// remoteLinks reads a find-links page, or takes an address of an archive as a
// file.
func (c *Client) remoteLinks(ctx context.Context, p place) ([]link, error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return nil, fault.Errorf(fault.Usage, "find-links: %s: not an address", p.address)
	}
	var l link
	if l.setURL(u, p.url); readName(l.name, "").unusable == "" {
		return []link{l}, nil
	}
	page, err := c.page(ctx, p.url, p.address, "")
	if err != nil {
		return nil, err
	}
	if !page.found {
		c.warn(fault.Warning{File: p.address, Text: "this find-links page does not exist, and is ignored"})
		return nil, nil
	}
	return listingLinks(page.listing)
}

// folderLinks are the wheels and archives in a folder.
func folderLinks(dir string) ([]link, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var links []link
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, wheel.Extension) && !isArchive(name) {
			continue
		}
		links = append(links, link{name: name, url: fileURL(filepath.Join(dir, name))})
	}
	return links, nil
}

func isArchive(name string) bool {
	for _, ending := range archives {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
