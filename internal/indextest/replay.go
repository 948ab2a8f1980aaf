package indextest

import (
	"archive/zip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/axlepack/axle/internal/pep508"
)

const jsonType = "application/vnd.pypi.simple.v1+json"

// Replay serves recorded indexes: zips with simple/<project>.json and
// meta/<project>/<version>, as the resolver corpus describes them. The first
// that has a project serves it; all else is 404. The files themselves are not
// there. Missed lists the metadata that was asked for and not recorded.
func Replay(t testing.TB, zips ...string) *Server {
	t.Helper()
	r := &replay{members: map[string]*zip.File{}, read: map[string][]byte{}}
	for _, path := range zips {
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = z.Close() })
		for _, f := range z.File {
			if _, known := r.members[f.Name]; !known {
				r.members[f.Name] = f
			}
		}
	}
	return start(t, r)
}

// Missed lists the paths that were answered with 404.
func (s *Server) Missed() []string {
	var paths []string
	for _, r := range s.Log() {
		if r.Status == http.StatusNotFound {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

type replay struct {
	mu      sync.Mutex
	members map[string]*zip.File
	read    map[string][]byte
}

func (r *replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var name, contentType string
	switch {
	case len(parts) == 2 && parts[0] == "simple":
		name, contentType = "simple/"+string(pep508.Normalize(parts[1]))+".json", jsonType
	case len(parts) == 3 && parts[0] == "files" && strings.HasSuffix(parts[2], ".whl.metadata"):
		name, contentType = "meta/"+parts[1]+"/"+versionOf(parts[2]), "text/plain; charset=utf-8"
	}
	data, ok := r.member(name)
	if !ok {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "max-age=86400")
	_, _ = w.Write(data)
}

func versionOf(wheelName string) string {
	if _, rest, ok := strings.Cut(wheelName, "-"); ok {
		version, _, _ := strings.Cut(rest, "-")
		return version
	}
	return ""
}

func (r *replay) member(name string) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if data, ok := r.read[name]; ok {
		return data, true
	}
	f, ok := r.members[name]
	if !ok {
		return nil, false
	}
	in, err := f.Open()
	if err != nil {
		return nil, false
	}
	defer func() { _ = in.Close() }()
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, false
	}
	r.read[name] = data
	return data, true
}

func escape(name string) string { return (&url.URL{Path: name}).EscapedPath() }
