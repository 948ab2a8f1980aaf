package index

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// fileURL is the address of a local path.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/x
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// localPath is the path of a file:// address; ok is false for others.
func localPath(address string) (string, bool) {
	if len(address) < 5 || !strings.EqualFold(address[:5], "file:") {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:] // /C:/x
	}
	if u.Host != "" && u.Host != "localhost" {
		path = "//" + u.Host + path // a share of Windows
	}
	return filepath.FromSlash(path), true
}

// place is a find-links entry or an index, told apart by what it is.
type place struct {
	address string // without credentials; of a local place the path
	url     string // without credentials, http(s):// or file://
	path    string // of a local place
}

// newPlace reads an address or a path. A path that exists wins over an
// address of the same spelling, as it does for pip.
func newPlace(text string) place {
	if path, ok := localPath(text); ok {
		return place{address: path, url: fileURL(path), path: path}
	}
	if isRemote(text) {
		clean := Redact(text)
		return place{address: clean, url: clean}
	}
	path := text
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return place{address: redactHost(text), url: fileURL(path), path: path}
}

func isRemote(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}
