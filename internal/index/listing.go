package index

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// A listing is a page in the form the cache keeps: files grouped by version,
// versions ascending, each group with its length, so that reading it costs
// what the caller looks at. Of numpy's five thousand files a resolver wants
// those of two or three versions.
//
//	listing  = table of Requires-Python texts, groups, files of the unusable group
//	table    = count, strings
//	groups   = count, (version text, length of the files in bytes)...
//	file     = see listingWriter.file
//
// Numbers are unsigned varints, strings a length and bytes. The format is
// named by pageSpace: whoever changes it changes that name.

// Flags of a file in a listing.
const (
	flagYanked = 1 << iota
	flagMetadata
	flagMetaHash
	flagSHA256
	flagOtherHashes
	flagUnusable
	flagURLEndsInName
)

// encodeListing writes the links of a project's page as a listing.
func encodeListing(links []link, project pep508.Name) []byte {
	w := listingWriter{requires: map[string]uint64{"": 0}}
	groups := group(links, project)
	var body, heads []byte
	for _, g := range groups {
		start := len(body)
		w.lastDir = ""
		for _, n := range g.files {
			body = w.file(body, n)
		}
		if g.version != "" {
			heads = appendString(heads, g.version)
			heads = binary.AppendUvarint(heads, uint64(len(body)-start))
		}
	}
	out := binary.AppendUvarint(nil, uint64(len(w.texts)))
	for _, text := range w.texts {
		out = appendString(out, text)
	}
	releases := len(groups) - 1
	out = binary.AppendUvarint(out, uint64(releases))
	return append(append(out, heads...), body...)
}

// named is a link whose file name was read.
type named struct {
	*link
	fileName
}

type listingGroup struct {
	version string // empty for the unusable files, which come last
	files   []named
}

// group sorts links by version, and by name within a version, so that the
// order of the page decides nothing. A file listed twice counts once.
func group(links []link, project pep508.Name) []listingGroup {
	all := make([]named, 0, len(links))
	for i := range links {
		all = append(all, named{&links[i], readName(links[i].name, project)})
	}
	slices.SortStableFunc(all, func(a, b named) int {
		if a.unusable != "" || b.unusable != "" {
			return cmp.Or(cmp.Compare(boolInt(a.unusable != ""), boolInt(b.unusable != "")), cmp.Compare(a.link.name, b.link.name))
		}
		return cmp.Or(a.version().Compare(b.version()), cmp.Compare(a.link.name, b.link.name))
	})
	all = slices.CompactFunc(all, func(a, b named) bool { return a.link.name == b.link.name })
	var groups []listingGroup
	var last pep440.Version
	for len(all) > 0 && all[0].unusable == "" {
		v := all[0].version()
		if len(groups) == 0 || !v.Equal(last) {
			groups = append(groups, listingGroup{version: v.String()})
			last = v
		}
		g := &groups[len(groups)-1]
		g.files = append(g.files, all[0])
		all = all[1:]
	}
	return append(groups, listingGroup{files: all})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

type listingWriter struct {
	requires map[string]uint64
	texts    []string
	lastDir  string
}

func (w *listingWriter) file(b []byte, n named) []byte {
	l := n.link
	dir, escaped := l.url, url.PathEscape(l.name)
	var flags uint64
	if strings.HasSuffix(l.url, escaped) {
		dir = strings.TrimSuffix(l.url, escaped)
		flags |= flagURLEndsInName
	}
	sha256, others := splitHashes(l.hashes)
	for _, f := range []struct {
		on   bool
		flag uint64
	}{
		{l.yanked, flagYanked}, {l.metadata, flagMetadata}, {l.metaHash != "", flagMetaHash},
		{sha256 != "", flagSHA256}, {len(others) > 0, flagOtherHashes}, {n.unusable != "", flagUnusable},
	} {
		if f.on {
			flags |= f.flag
		}
	}
	b = binary.AppendUvarint(b, flags)
	b = appendString(b, l.name)
	shared := commonPrefix(w.lastDir, dir)
	w.lastDir = dir
	b = binary.AppendUvarint(b, uint64(shared))
	b = appendString(b, dir[shared:])
	b = binary.AppendUvarint(b, w.text(l.requires))
	b = binary.AppendUvarint(b, uint64(l.size))
	b = binary.AppendVarint(b, l.uploaded)
	return w.rest(b, n, sha256, others)
}

// rest writes what the flags announce.
func (w *listingWriter) rest(b []byte, n named, sha256 string, others []digest) []byte {
	if n.yanked {
		b = appendString(b, n.reason)
	}
	b = appendHex(b, n.metaHash)
	b = appendHex(b, sha256)
	if len(others) > 0 {
		b = binary.AppendUvarint(b, uint64(len(others)))
		for _, h := range others {
			b = appendString(appendString(b, h.algorithm), h.hex)
		}
	}
	if n.unusable != "" {
		b = appendString(b, n.unusable)
	}
	return b
}

func (w *listingWriter) text(s string) uint64 {
	i, ok := w.requires[s]
	if !ok {
		w.texts = append(w.texts, s)
		i = uint64(len(w.texts))
		w.requires[s] = i
	}
	return i
}

func splitHashes(hashes []digest) (sha256 string, others []digest) {
	for _, h := range hashes {
		if h.algorithm == "sha256" && sha256 == "" {
			sha256 = h.hex
		} else {
			others = append(others, h)
		}
	}
	return sha256, others
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendHex(b []byte, text string) []byte {
	raw, err := hex.DecodeString(text)
	if err != nil {
		panic("digest was not checked: " + text)
	}
	return append(b, raw...)
}

var errListing = errors.New("listing is damaged")

// decodeListing opens a listing: versions are read, files are not.
func decodeListing(data string, project pep508.Name, source string, specifiers *specifierTable) (*Project, error) {
	h, err := readHead(data)
	if err != nil {
		return nil, err
	}
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
		for range r.count() {
			l.hashes = append(l.hashes, digest{r.text(), r.text()})
		}
	}
	if flags&flagUnusable != 0 {
		unusable = r.text()
	}
	return unusable
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
