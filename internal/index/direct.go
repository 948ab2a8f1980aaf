package index

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// Direct is the file that a requirement names by address or by path
// ("name @ https://…", "./wheels/x.whl"). Its digests are those of the
// address's fragment. Credentials of the address are dropped: they have to be
// those of an index or of netrc. Errors carry [fault.BadInput].
func Direct(text string) (File, error) {
	p := newPlace(text)
	base, err := url.Parse(p.url)
	if err != nil {
		return File{}, fault.Errorf(fault.BadInput, "%s: not an address", Redact(text))
	}
	address, fragment, _ := strings.Cut(p.url, "#")
	if p.path != "" {
		info, err := os.Stat(p.path)
		if err != nil {
			return File{}, fault.Errorf(fault.BadInput, "%w", err)
		}
		if info.IsDir() {
			return File{}, fault.Errorf(fault.BadInput, "%s: it is a folder, not a wheel", p.address)
		}
		_, fragment, _ = strings.Cut(text, "#")
		address = p.url
	}
	var l link
	if !l.setURL(base, address+"#"+fragment) {
		return File{}, fault.Errorf(fault.BadInput, "%s: it does not name a file", p.address)
	}
	if p.path != "" {
		l.name = filepath.Base(p.path)
	}
	f := l.file(readName(l.name, ""), "", new(specifierTable))
	if f.Unusable != "" {
		return File{}, fault.Errorf(fault.BadInput, "%s: %s", l.name, f.Unusable)
	}
	return f, nil
}
