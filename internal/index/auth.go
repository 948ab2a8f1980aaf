package index

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/jdx/go-netrc"
)

// credentials knows users and passwords by the scheme, host and port they
// were given for. Nothing else ever sees them.
type credentials struct {
	entries []credential
	netrc   *netrc.Netrc
}

type credential struct {
	address      string // that they were part of, without them
	origin, path string
	user         *url.Userinfo
}

// newCredentials takes them from the addresses of indexes and from the text
// of a netrc file. A netrc entry counts for its host on any port; a "default"
// entry counts for none, since it would be sent to hosts it was not meant for.
func newCredentials(addresses []string, netrcText string) *credentials {
	c := new(credentials)
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.User != nil && u.Host != "" {
			c.entries = append(c.entries, credential{redactURL(u), origin(u), u.Path, u.User})
		}
	}
	c.netrc = parseNetrc(netrcText)
	return c
}

// parseNetrc is nil for a text that cannot be read; the library panics on a
// machine without a name.
func parseNetrc(text string) (parsed *netrc.Netrc) {
	defer func() {
		if recover() != nil {
			parsed = nil
		}
	}()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	parsed, err := netrc.ParseString(text)
	if err != nil {
		return nil
	}
	return parsed
}

// find is the user for an address. Of several with the same origin it is that
// of the index which named the address (source), else the one whose path
// reaches furthest into the address, else the first.
func (c *credentials) find(u *url.URL, source string) *url.Userinfo {
	var best *credential
	for i := range c.entries {
		e := &c.entries[i]
		if e.origin != origin(u) {
			continue
		}
		if e.address == source {
			return e.user
		}
		if best == nil || strings.HasPrefix(u.Path, e.path) && (!strings.HasPrefix(u.Path, best.path) || len(e.path) > len(best.path)) {
			best = e
		}
	}
	if best != nil {
		return best.user
	}
	if c.netrc == nil || u.Hostname() == "default" {
		return nil
	}
	if m := c.netrc.Machine(u.Hostname()); m != nil && !m.IsDefault {
		if login, password := m.Get("login"), m.Get("password"); login != "" || password != "" {
			return url.UserPassword(login, password)
		}
	}
	return nil
}

// origin is scheme, host and port, with the port written out.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Scheme+"://"+u.Hostname()) + ":" + port
}

// sourceKey is where a request's context names the index that led to it.
type sourceKey struct{}

// authTransport adds credentials to requests. It works below redirects: each
// hop has what belongs to its own origin, and no hop has what belongs to
// another.
type authTransport struct {
	credentials *credentials
	next        http.RoundTripper
}

func (t authTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	source, _ := r.Context().Value(sourceKey{}).(string)
	user := t.credentials.find(r.URL, source)
	if user == nil && r.Header.Get("Authorization") == "" && r.URL.User == nil {
		return t.next.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	r.URL.User = nil
	r.Header.Del("Authorization")
	if user != nil {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
	return t.next.RoundTrip(r)
}

// CloseIdleConnections lets http.Client reach the transport below.
func (t authTransport) CloseIdleConnections() { closeIdle(t.next) }
