package index

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

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
	flagMetaOthers
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
		if c := a.version().Compare(b.version()); c != 0 {
			return c
		}
		return strings.Compare(a.link.name, b.link.name)
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
		{len(l.metaOthers) > 0, flagMetaOthers},
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
	b = appendDigests(b, others)
	if n.unusable != "" {
		b = appendString(b, n.unusable)
	}
	return appendDigests(b, n.metaOthers)
}

// appendDigests writes nothing where there are none: the flags say so.
func appendDigests(b []byte, digests []digest) []byte {
	if len(digests) == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(len(digests)))
	for _, h := range digests {
		b = appendString(appendString(b, h.algorithm), h.hex)
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
