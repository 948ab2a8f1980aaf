package sbom

import (
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// purl is a package URL: of a distribution ("pypi"), or of what is no package of
// any registry ("generic"). The file may be empty.
func purl(kind string, name pep508.Name, version pep440.Version, file string) string {
	text := "pkg:" + kind + "/" + escape(string(name)) + "@" + escape(version.String())
	if file != "" {
		text += "?file_name=" + escape(file)
	}
	return text
}

// escape percent-encodes what a package URL does not have as it is.
func escape(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

// relative is a path as a relative reference (RFC 3986).
func relative(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(escape(path), "%2F", "/"), ":", "%3A")
}
