package index

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// parseHTML reads a page as PEP 503 describes it: every anchor with an href
// is a file. The page is not built as a tree: some have five thousand anchors.
func parseHTML(base *url.URL, body []byte) ([]link, error) {
	p := htmlPage{base: base, tokens: html.NewTokenizer(bytes.NewReader(body))}
	for {
		switch p.tokens.Next() {
		case html.ErrorToken:
			if err := p.tokens.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return p.links, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := p.tag(); err != nil {
				return nil, err
			}
		}
	}
}

type htmlPage struct {
	base    *url.URL
	hasBase bool
	tokens  *html.Tokenizer
	links   []link
}

func (p *htmlPage) tag() error {
	name, more := p.tokens.TagName()
	switch string(name) {
	case "a":
		if more {
			p.anchor()
		}
	case "base":
		if href := p.attributes()["href"]; href != "" && !p.hasBase {
			if u, err := p.base.Parse(href); err == nil && mayLink(p.base, u) {
				u.User = nil
				p.base, p.hasBase = u, true
			}
		}
	case "meta":
		if a := p.attributes(); strings.EqualFold(a["name"], "pypi:repository-version") {
			return checkVersion(a["content"])
		}
	}
	return nil
}

// attributes are those of a rare tag; the first of a name counts, as it does
// for browsers.
func (p *htmlPage) attributes() map[string]string {
	all := map[string]string{}
	for {
		key, value, more := p.tokens.TagAttr()
		if _, ok := all[string(key)]; !ok && len(key) > 0 {
			all[string(key)] = string(value)
		}
		if !more {
			return all
		}
	}
}

func (p *htmlPage) anchor() {
	var l link
	var href, core, distInfo string
	for more := true; more; {
		var key, value []byte
		key, value, more = p.tokens.TagAttr()
		switch string(key) {
		case "href":
			href = string(value)
		case "data-requires-python":
			l.requires = string(value)
		case "data-yanked":
			l.yanked, l.reason = true, string(value)
		case "data-core-metadata":
			core = string(value)
		case "data-dist-info-metadata":
			distInfo = string(value)
		case "data-upload-time":
			l.setTime(string(value))
		}
	}
	if href == "" || !l.setURL(p.base, href) {
		return
	}
	if core == "" {
		core = distInfo // the name before PEP 714
	}
	l.setMetadata(core)
	p.links = append(p.links, l)
}

// setMetadata reads "true" or "sha256=…" (PEP 658).
func (l *link) setMetadata(value string) {
	algorithm, hex, hashed := strings.Cut(value, "=")
	l.metadata = hashed || value == "true"
	if h, ok := newDigest(algorithm, hex); ok {
		l.addMetadataHash(h)
	}
}
