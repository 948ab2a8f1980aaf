package index

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"sync"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

var errListing = errors.New("listing is damaged")

// decodeListing opens a listing: versions are read, files are not.
func decodeListing(data string, project pep508.Name, source string, specifiers *specifierTable) (*Project, error) {
	h, err := readHead(data)
	if err != nil {
		return nil, err
	}
	return h.project(project, source, specifiers)
}

func (h *listingHead) project(project pep508.Name, source string, specifiers *specifierTable) (*Project, error) {
	shared := &listingContext{project: project, source: source, texts: h.texts, specifiers: specifiers}
	p := &Project{Name: project, Index: source, Releases: make([]*Release, len(h.versions))}
	for i, text := range h.versions {
		version, err := pep440.Parse(text)
		if err != nil {
			return nil, errListing
		}
		part := h.groups[i]
		p.Releases[i] = &Release{Version: version, files: sync.OnceValue(func() []File { return shared.decode(part) })}
	}
	p.Unusable = shared.decode(h.unusable)
	return p, nil
}

// listingLinks are all links of a listing, as the page gave them.
func listingLinks(data string) ([]link, error) {
	h, err := readHead(data)
	if err != nil {
		return nil, err
	}
	var links []link
	for _, group := range append(h.groups, h.unusable) {
		for r := (listingReader{rest: group}); r.rest != ""; {
			if l, _ := r.link(h.texts); !r.failed {
				links = append(links, l)
			}
		}
	}
	return links, nil
}

// listingHead is a listing taken apart, its files not yet read.
type listingHead struct {
	texts    []string
	versions []string
	groups   []string // the files of each version
	unusable string
}

func readHead(data string) (*listingHead, error) {
	r := listingReader{rest: data}
	h := &listingHead{texts: make([]string, r.count())}
	for i := range h.texts {
		h.texts[i] = r.text()
	}
	lengths := make([]int, r.count())
	h.versions, h.groups = make([]string, len(lengths)), make([]string, len(lengths))
	for i := range lengths {
		h.versions[i], lengths[i] = r.text(), r.count()
	}
	for i, length := range lengths {
		h.groups[i] = r.take(length)
	}
	h.unusable = r.rest
	if r.failed {
		return nil, errListing
	}
	return h, nil
}

// listingContext is what the groups of one listing share.
type listingContext struct {
	project    pep508.Name
	source     string
	texts      []string
	specifiers *specifierTable
}

// decode reads the files of one group. The checksum of the cache vouches for
// the bytes, so a group that ends early only ends.
func (c *listingContext) decode(group string) []File {
	r := listingReader{rest: group}
	var files []File
	for r.rest != "" {
		f := r.file(c)
		if r.failed {
			break
		}
		files = append(files, f)
	}
	return files
}

// listingReader reads from a string, so that names and texts share its bytes.
type listingReader struct {
	rest    string
	lastDir string
	failed  bool
}

func (r *listingReader) file(c *listingContext) File {
	l, unusable := r.link(c.texts)
	if r.failed {
		return File{}
	}
	name := fileName{unusable: unusable}
	if unusable == "" {
		name = readName(l.name, c.project)
	}
	return l.file(name, c.source, c.specifiers)
}

func (r *listingReader) link(texts []string) (l link, unusable string) {
	flags := r.number()
	l.name = r.text()
	shared := r.number()
	if shared > uint64(len(r.lastDir)) {
		r.fail()
		return l, ""
	}
	r.lastDir = r.lastDir[:shared] + r.text()
	l.url = r.lastDir
	if flags&flagURLEndsInName != 0 {
		l.url += url.PathEscape(l.name)
	}
	if text := r.number(); text > uint64(len(texts)) {
		r.fail()
	} else if text > 0 {
		l.requires = texts[text-1]
	}
	l.size = int64(r.number())
	l.uploaded = r.signed()
	return l, r.announced(flags, &l)
}

func (r *listingReader) announced(flags uint64, l *link) (unusable string) {
	if l.yanked = flags&flagYanked != 0; l.yanked {
		l.reason = r.text()
	}
	l.metadata = flags&flagMetadata != 0
	if flags&flagMetaHash != 0 {
		l.metaHash = hex.EncodeToString([]byte(r.take(32)))
	}
	if flags&flagSHA256 != 0 {
		l.hashes = append(l.hashes, digest{"sha256", hex.EncodeToString([]byte(r.take(32)))})
	}
	if flags&flagOtherHashes != 0 {
		l.hashes = append(l.hashes, r.digests()...)
	}
	if flags&flagUnusable != 0 {
		unusable = r.text()
	}
	if flags&flagMetaOthers != 0 {
		l.metaOthers = r.digests()
	}
	return unusable
}

func (r *listingReader) digests() (all []digest) {
	for range r.count() {
		all = append(all, digest{r.text(), r.text()})
	}
	return all
}

func (r *listingReader) number() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.fail()
	return 0
}

func (r *listingReader) signed() int64 {
	n := r.number()
	return int64(n>>1) ^ -int64(n&1)
}

// count is a number of things that take at least a byte each.
func (r *listingReader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *listingReader) text() string { return r.take(r.count()) }

func (r *listingReader) take(n int) string {
	if n > len(r.rest) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *listingReader) fail() { r.failed, r.rest = true, "" }
