package index

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// Direct is the file that a requirement names by address or by path
// ("name @ https://…", "./wheels/x.whl"). Its digests are those of the
// address's fragment. Credentials of the address are dropped: the client
// knows them from [Config.Accounts]. Errors carry [fault.BadInput].
func Direct(text string) (File, error) {
	f, err := direct(text)
	if err == nil && f.Unusable != "" {
		err = fault.Errorf(fault.BadInput, "%s: %s", f.Name, f.Unusable)
	}
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// DirectSource is Direct for what is to be built: a project folder, or an
// archive, whose name need not have a version ("https://…/main.zip"). Neither
// Wheel nor Sdist is set.
func DirectSource(text string) (File, error) {
	p := newPlace(text)
	if info, err := os.Stat(p.path); p.path != "" && err == nil && info.IsDir() {
		return File{Name: filepath.Base(p.path), URL: p.url, Path: p.path, Local: true}, nil
	}
	f, err := direct(text)
	switch {
	case err != nil:
		return File{}, err
	case f.IsWheel || !isArchive(f.Name):
		return File{}, fault.Errorf(fault.BadInput, "%s: it is no source archive", f.Name)
	}
	f.Sdist, f.Unusable = wheel.SdistName{}, ""
	return f, nil
}

func direct(text string) (File, error) {
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
	return l.file(readName(l.name, ""), "", new(specifierTable)), nil
}
