package indextest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/pep508"
)

// File is one file of a served project.
type File struct {
	// Project is the project that lists the file; "" = the name before the
	// first "-" of Name.
	Project string
	Name    string
	Content []byte
	// Metadata is served as Name + ".metadata", when Options.Metadata says so;
	// nil = there is none.
	Metadata       []byte
	RequiresPython string
	// Yanked is the reason, which may be empty; nil = not yanked.
	Yanked     *string
	UploadTime string
	// SHA256 replaces the true digest on the page; "-" leaves it out.
	SHA256 string
	// Size replaces the true size on the page.
	Size int64
}

// MetadataHabit is what a server does with PEP 658.
type MetadataHabit int

// What servers do with metadata files.
const (
	NoMetadata  MetadataHabit = iota // answers 404
	Advertised                       // says so on the page, with the digest, and serves them
	Unannounced                      // serves them and does not say so
	WrongDigest                      // advertises another digest than what it serves has
	Missing                          // says so on the page, and answers 404
)

// RangeHabit is what a server does with Range.
type RangeHabit int

// What servers do with ranges.
const (
	NoRanges      RangeHabit = iota // ignores them: 200 with everything
	FullRanges                      // serves every one
	NoSuffix                        // answers 416 to "-N", serves "A-B"
	SuffixIgnored                   // answers 200 to "-N", serves "A-B"
	RangesRefused                   // answers 416 to every range
	RangesLie                       // answers 206 with other bytes than asked for
)

// Options are the habits of a server.
type Options struct {
	// JSON answers with JSON where asked for; else HTML whatever is asked.
	JSON     bool
	Metadata MetadataHabit
	Ranges   RangeHabit
	// ETag tags pages and files, and answers 304.
	ETag         bool
	CacheControl string
	// User and Password are asked for (Basic).
	User, Password string
}

type indexHandler struct {
	options  Options
	projects map[pep508.Name][]File
	files    map[string]File
}

// New serves files: pages at /simple/<project>/, the files at /files/<name>.
func New(t testing.TB, options Options, files ...File) *Server {
	t.Helper()
	h := &indexHandler{options: options, projects: map[pep508.Name][]File{}, files: map[string]File{}}
	for _, f := range files {
		if f.Project == "" {
			f.Project, _, _ = strings.Cut(f.Name, "-")
		}
		name := pep508.Normalize(f.Project)
		h.projects[name] = append(h.projects[name], f)
		h.files[f.Name] = f
	}
	return start(t, h)
}

func (h *indexHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.options.User != "" {
		user, password, ok := r.BasicAuth()
		if !ok || user != h.options.User || password != h.options.Password {
			w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "simple":
		h.page(w, r, pep508.Normalize(parts[1]))
	case len(parts) == 2 && parts[0] == "files" && strings.HasSuffix(parts[1], ".metadata"):
		h.metadata(w, r, strings.TrimSuffix(parts[1], ".metadata"))
	case len(parts) == 2 && parts[0] == "files":
		h.file(w, r, parts[1])
	default:
		http.NotFound(w, r)
	}
}

func (h *indexHandler) page(w http.ResponseWriter, r *http.Request, name pep508.Name) {
	files, ok := h.projects[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	asked := strings.Contains(r.Header.Get("Accept"), "json")
	body, contentType := h.html(files, asked), "text/html; charset=utf-8"
	if h.options.JSON && asked {
		body, contentType = h.json(name, files), jsonType
	}
	w.Header().Set("Content-Type", contentType)
	if h.options.CacheControl != "" {
		w.Header().Set("Cache-Control", h.options.CacheControl)
	}
	if h.options.ETag {
		tag := fmt.Sprintf("%q", digest(body))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	_, _ = w.Write(body)
}

// html writes a page as PEP 503 has it; times are there only for who asks for
// JSON, as some indexes do.
func (h *indexHandler) html(files []File, times bool) []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.1\"></head><body>\n")
	for _, f := range files {
		fmt.Fprintf(&b, `<a href="../../files/%s`, html.EscapeString(escape(f.Name)))
		if sum := f.stated(); sum != "" {
			b.WriteString("#sha256=" + sum)
		}
		b.WriteString(`"`)
		if f.RequiresPython != "" {
			fmt.Fprintf(&b, ` data-requires-python="%s"`, html.EscapeString(f.RequiresPython))
		}
		if f.Yanked != nil {
			fmt.Fprintf(&b, ` data-yanked="%s"`, html.EscapeString(*f.Yanked))
		}
		if times && f.UploadTime != "" {
			fmt.Fprintf(&b, ` data-upload-time="%s"`, f.UploadTime)
		}
		if sum, ok := h.advertised(f); ok {
			fmt.Fprintf(&b, ` data-core-metadata="sha256=%s"`, sum)
		}
		fmt.Fprintf(&b, ">%s</a><br>\n", html.EscapeString(f.Name))
	}
	b.WriteString("</body></html>\n")
	return []byte(b.String())
}

func (h *indexHandler) json(name pep508.Name, files []File) []byte {
	list := []map[string]any{}
	for _, f := range files {
		hashes := map[string]string{}
		if sum := f.stated(); sum != "" {
			hashes["sha256"] = sum
		}
		entry := map[string]any{"filename": f.Name, "url": "../../files/" + escape(f.Name), "hashes": hashes, "size": len(f.Content)}
		if f.Size != 0 {
			entry["size"] = f.Size
		}
		if f.UploadTime != "" {
			entry["upload-time"] = f.UploadTime
		}
		if f.RequiresPython != "" {
			entry["requires-python"] = f.RequiresPython
		}
		if f.Yanked != nil {
			entry["yanked"] = *f.Yanked
			if *f.Yanked == "" {
				entry["yanked"] = true
			}
		}
		if sum, ok := h.advertised(f); ok {
			entry["core-metadata"] = map[string]string{"sha256": sum}
		}
		list = append(list, entry)
	}
	body, err := json.Marshal(map[string]any{"meta": map[string]string{"api-version": "1.1"}, "name": name, "files": list})
	if err != nil {
		panic(err) // maps of strings can be written
	}
	return body
}

func (h *indexHandler) advertised(f File) (sum string, ok bool) {
	switch {
	case f.Metadata == nil:
		return "", false
	case h.options.Metadata == Advertised, h.options.Metadata == Missing:
		return digest(f.Metadata), true
	case h.options.Metadata == WrongDigest:
		return digest([]byte("something else")), true
	}
	return "", false
}

func (h *indexHandler) metadata(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := h.files[name]
	if !ok || f.Metadata == nil || h.options.Metadata == NoMetadata || h.options.Metadata == Missing {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(f.Metadata)
}

// stated is the digest that the page names.
func (f File) stated() string {
	switch f.SHA256 {
	case "-":
		return ""
	case "":
		return digest(f.Content)
	}
	return f.SHA256
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
