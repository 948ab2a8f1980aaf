package index

import (
	"net/url"
	"strings"
)

// Redact takes the user and the password out of an address, for whatever is
// shown or written. Text that is no address loses what stands before an "@".
func Redact(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		address = redactHost(address)
	}
	u, err := url.Parse(address)
	if err == nil {
		return redactURL(u)
	}
	if !ok {
		return address
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return scheme + "://" + rest
}

// redactHost is for an address whose scheme was forgotten: "user:password@host".
// Paths are left as they are.
func redactHost(text string) string {
	host := text
	if i := strings.IndexAny(text, `/\?#`); i >= 0 {
		host = text[:i]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 && strings.Contains(host[:at], ":") {
		return text[at+1:]
	}
	return text
}

func redactURL(u *url.URL) string {
	if u.User == nil {
		return u.String()
	}
	clean := *u
	clean.User = nil
	return clean.String()
}

// String is the address without credentials.
func (i Index) String() string { return Redact(i.URL) }

// GoString keeps credentials out of %#v.
func (i Index) GoString() string { return "index.Index{" + i.String() + "}" }

// String keeps credentials out of whatever prints a configuration.
func (c Config) String() string { return "index.Config" }

// GoString is String.
func (c Config) GoString() string { return c.String() }
