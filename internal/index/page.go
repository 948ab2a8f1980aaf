package index

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// The content types of a simple index (PEP 691).
const (
	typeJSON   = "application/vnd.pypi.simple.v1+json"
	typeHTML   = "application/vnd.pypi.simple.v1+html"
	typeLegacy = "text/html"
)

// What ParsePage refuses.
var (
	// ErrUnsupportedVersion: the page has a version of the API with another
	// major number than 1 (PEP 629).
	ErrUnsupportedVersion = errors.New("version of the simple API is not supported")
	// ErrUnsupportedContentType: the answer is no page of an index.
	ErrUnsupportedContentType = errors.New("content type is not that of an index page")
)

// ParsePage reads a page of an index for one project: HTML (PEP 503) or JSON
// (PEP 691), told apart by contentType. address is where the page came from,
// after redirects; its last component is the project. Files are in page order.
func ParsePage(address, contentType string, body []byte) ([]File, error) {
	links, err := parseLinks(address, contentType, body)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Redact(address), err)
	}
	project, err := pep508.ParseName(path.Base(u.Path))
	if err != nil {
		project = "" // a page of files of any project
	}
	source := redactURL(u)
	files := make([]File, len(links))
	var specifiers specifierTable
	for i := range links {
		files[i] = links[i].file(readName(links[i].name, project), source, &specifiers)
	}
	return files, nil
}

// parseLinks reads a page into its links.
func parseLinks(address, contentType string, body []byte) ([]link, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Redact(address), err)
	}
	base.User = nil
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil { // parameters that are none: the type stands before them
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	var links []link
	switch media {
	case typeJSON:
		links, err = parseJSON(base, body)
	case typeHTML, typeLegacy:
		links, err = parseHTML(base, body)
	default:
		err = fmt.Errorf("%w: %q", ErrUnsupportedContentType, media)
	}
	if err != nil {
		return nil, fault.Errorf(fault.Resolution, "%s: %w", redactURL(base), err)
	}
	return links, nil
}

// checkVersion refuses another major version than 1. A greater minor version
// only adds what may be ignored.
func checkVersion(version string) error {
	major, _, _ := strings.Cut(strings.TrimSpace(version), ".")
	if n, err := strconv.Atoi(major); err != nil || n != 1 {
		return fmt.Errorf("%w: %q", ErrUnsupportedVersion, version)
	}
	return nil
}
