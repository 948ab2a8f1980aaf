package index

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// link is one file as a page lists it, before its name is understood.
type link struct {
	name     string // decoded file name
	url      string // absolute, without credentials and fragment
	hashes   []digest
	requires string // Requires-Python, as written
	yanked   bool
	reason   string
	size     int64
	uploaded int64 // microseconds since 1970; 0 = not said
	metadata bool
	// Of the metadata file: its SHA-256, and other digests.
	metaHash   string
	metaOthers []digest
}

// digest is a checksum in hexadecimal digits of lower case.
type digest struct{ algorithm, hex string }

// digestLengths are the digests that are taken from a page, with their length
// in hexadecimal digits; 0 is any length.
var digestLengths = map[string]int{
	"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
	"blake2b": 0, "blake2s": 0, "blake2b_256": 64,
	"sha3_224": 56, "sha3_256": 64, "sha3_384": 96, "sha3_512": 128,
}

// newDigest takes a digest that is one; a page's other fragments are not.
func newDigest(algorithm, hex string) (digest, bool) {
	algorithm, hex = strings.ToLower(algorithm), strings.ToLower(hex)
	length, known := digestLengths[algorithm]
	if !known || hex == "" || length != 0 && len(hex) != length || strings.Trim(hex, "0123456789abcdef") != "" {
		return digest{}, false
	}
	return digest{algorithm, hex}, true
}

// setURL resolves the address that a page gives for a file, and takes digests
// from its fragment and, where the page did not say, the name from its path.
// It reports whether the address is one a file can be fetched from.
func (l *link) setURL(base *url.URL, ref string) bool {
	if l.setPlainURL(ref) {
		return true
	}
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || !mayLink(base, u) {
		return false
	}
	l.readFragment(u.Fragment)
	u.Fragment, u.RawFragment, u.User = "", "", nil
	l.url = u.String()
	if l.name == "" {
		l.name = path.Base(strings.TrimRight(u.Path, "/"))
	}
	return l.name != "" && l.name != "." && l.name != "/"
}

// setPlainURL is setURL for the addresses that most pages consist of: absolute,
// and of characters that mean nothing but themselves.
func (l *link) setPlainURL(ref string) bool {
	scheme, rest, ok := strings.Cut(ref, "://")
	if !ok || scheme != "https" && scheme != "http" {
		return false
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	if host, path, ok := strings.Cut(rest, "/"); !ok || !isPlainHost(host) || !isPlain(path) {
		return false
	}
	slash := strings.LastIndexByte(rest, '/')
	if slash < 1 || rest[0] == '/' || slash == len(rest)-1 || strings.Contains(rest, "/.") || strings.Trim(fragment, fragmentBytes) != "" {
		return false
	}
	l.readFragment(fragment)
	l.url = ref[:len(scheme)+len("://")+len(rest)]
	if l.name == "" {
		l.name = rest[slash+1:]
	}
	return true
}

func isPlain(s string) bool {
	for i := range len(s) {
		if !plainBytes[s[i]] {
			return false
		}
	}
	return true
}

// isPlainHost also takes a port.
func isPlainHost(s string) bool {
	host, port, ok := strings.Cut(s, ":")
	return isPlain(host) && (!ok || port != "" && len(port) <= 5 && strings.Trim(port, "0123456789") == "")
}

// folderTable resolves the relative addresses of a page, whose files mostly lie
// in few folders, folder by folder.
type folderTable struct {
	base  *url.URL
	known map[string]string // relative folder → its address; "" = it has none
}

// absolute resolves a relative address that is of characters that mean nothing
// but themselves, and gives back any other as it is.
func (t folderTable) absolute(ref string) string {
	if !isPlain(ref) {
		return ref
	}
	slash := strings.LastIndexByte(ref, '/')
	folder, name := ref[:slash+1], ref[slash+1:]
	if name == "" || name == "." || name == ".." {
		return ref
	}
	address, ok := t.known[folder]
	if !ok {
		if u, err := t.base.Parse("./" + folder); err == nil && !strings.HasPrefix(folder, "/") {
			u.User, u.Fragment, u.RawFragment = nil, "", ""
			address = u.String()
		}
		t.known[folder] = address
	}
	if address == "" {
		return ref
	}
	return address + name
}

const fragmentBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~=&"

var plainBytes = func() (plain [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/" {
		plain[c] = true
	}
	return plain
}()

// readFragment takes digests out of the fragment of an address.
func (l *link) readFragment(fragment string) {
	for part := range strings.SplitSeq(fragment, "&") {
		if algorithm, hex, ok := strings.Cut(part, "="); ok {
			if h, ok := newDigest(algorithm, hex); ok {
				l.hashes = append(l.hashes, h)
			}
		}
	}
}

// addMetadataHash keeps a digest of the metadata file.
func (l *link) addMetadataHash(h digest) {
	if h.algorithm == "sha256" {
		l.metaHash = h.hex
	} else {
		l.metaOthers = append(l.metaOthers, h)
	}
}

// mayLink keeps a page of the network from naming files of this machine.
func mayLink(base, u *url.URL) bool {
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "file":
		return base.Scheme == "file"
	}
	return false
}

// setTime reads an upload time (RFC 3339); one that cannot be read counts as
// not said.
func (l *link) setTime(text string) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", text); err != nil {
			return
		}
	}
	l.uploaded = t.UnixMicro()
}

// archives are the endings of source distributions. Only .tar.gz and .zip are
// standard; the others are read as pip reads them.
var archives = []string{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.zst", ".tar.lz", ".tar.lzma", ".tbz", ".txz", ".tlz", ".tar"}

// fileName is what the file name of a link says.
type fileName struct {
	isWheel  bool
	wheel    wheel.Filename
	sdist    wheel.SdistName
	unusable string
}

func (n *fileName) version() pep440.Version {
	if n.isWheel {
		return n.wheel.Version
	}
	return n.sdist.Version
}

// readName understands a file name on the page of a project; "" is a page
// with files of any project.
func readName(name string, project pep508.Name) fileName {
	if strings.HasSuffix(name, wheel.Extension) {
		return readWheelName(name, project)
	}
	for _, ending := range archives {
		stem, ok := strings.CutSuffix(name, ending)
		if !ok {
			continue
		}
		sdist, err := wheel.ParseSdist(stem+".tar.gz", project)
		if err != nil {
			return fileName{unusable: "its name has no version that can be read"}
		}
		return fileName{sdist: sdist}
	}
	return fileName{unusable: "it is neither a wheel nor a source archive"}
}

func readWheelName(name string, project pep508.Name) fileName {
	w, err := wheel.ParseFilename(name)
	switch {
	case err != nil && onlyOld(name):
		return fileName{unusable: "its name is of an old form, which pip no longer takes"}
	case err != nil:
		return fileName{unusable: "its name is no wheel's name"}
	case project != "" && w.Name != project:
		return fileName{unusable: "its name is that of another project, " + string(w.Name)}
	}
	return fileName{isWheel: true, wheel: w}
}

// onlyOld says whether a wheel's name was good before packaging told names and
// versions apart strictly: with "__" in the name, or "_" for "-" in the version.
func onlyOld(name string) bool {
	_, err := wheel.ParseFilenameLenient(name)
	return err == nil
}

// file is the finished value for a link.
func (l *link) file(n fileName, source string, specifiers *specifierTable) File {
	f := File{
		Name: l.name, URL: l.url,
		RequiresPythonText: l.requires, RequiresPython: specifiers.get(l.requires),
		Yanked: l.yanked, YankedReason: l.reason,
		Size: l.size, HasMetadata: l.metadata, MetadataHash: l.metaHash, OtherMetadataHashes: digestMap(l.metaOthers),
		IsWheel: n.isWheel, Wheel: n.wheel, Sdist: n.sdist, Unusable: n.unusable, Source: source,
	}
	if path, ok := localPath(l.url); ok {
		f.Path, f.Local = path, true
	}
	f.Hashes = digestMap(l.hashes)
	if l.uploaded != 0 {
		f.UploadTime = time.UnixMicro(l.uploaded).UTC()
	}
	return f
}

func digestMap(digests []digest) map[string]string {
	if len(digests) == 0 {
		return nil
	}
	byName := make(map[string]string, len(digests))
	for _, h := range digests {
		byName[h.algorithm] = h.hex
	}
	return byName
}
