package index

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/axlepack/axle/internal/fault"
)

const (
	defaultTimeout = 15 * time.Second
	maxRedirects   = 10
)

// newHTTP makes the HTTP client for a configuration. Timeouts of whole
// requests are not its matter: a watchdog ends those that stall.
func newHTTP(config Config, replacement http.RoundTripper) (*http.Client, *credentials) {
	next := replacement
	if next == nil {
		next = &lazyTransport{make: sync.OnceValues(func() (http.RoundTripper, error) { return newTransport(config) })}
	}
	addresses := append([]string(nil), config.FindLinks...)
	for _, i := range config.Indexes {
		addresses = append(addresses, i.URL)
	}
	for _, pin := range config.Pins {
		addresses = append(addresses, pin)
	}
	known := newCredentials(append(addresses, config.Accounts...), config.Netrc)
	return &http.Client{Transport: authTransport{known, next}, CheckRedirect: checkRedirect}, known
}

// lazyTransport is made with the first request: reading certificates takes
// longer than all else in a run that needs no network.
type lazyTransport struct {
	make func() (http.RoundTripper, error)
	used atomic.Bool
}

func (t *lazyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.used.Store(true)
	next, err := t.make()
	if err != nil {
		return nil, err
	}
	return next.RoundTrip(r)
}

func (t *lazyTransport) CloseIdleConnections() {
	if !t.used.Load() {
		return
	}
	if next, err := t.make(); err == nil {
		closeIdle(next)
	}
}

func closeIdle(t http.RoundTripper) {
	if c, ok := t.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// checkRedirect drops credentials that a redirect carries in its address.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return errors.New("more than 10 redirects")
	}
	r.URL.User = nil
	r.Header.Del("Authorization")
	r.Header.Del("Referer")
	return nil
}

func newTransport(config Config) (http.RoundTripper, error) {
	proxy, err := proxyOf(config)
	if err != nil {
		return nil, err
	}
	secure, err := tlsConfig(config)
	if err != nil {
		return nil, err
	}
	timeout := config.timeout()
	base := &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     secure,
		TLSHandshakeTimeout: timeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
	}
	if len(config.TrustedHosts) == 0 {
		return base, nil
	}
	open := base.Clone()
	open.TLSClientConfig.InsecureSkipVerify = true
	return trustingTransport{config.TrustedHosts, base, open}, nil
}

func (c Config) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return defaultTimeout
}

// proxyOf finds the proxy for each request, as the environment variables of
// that purpose are read everywhere.
func proxyOf(config Config) (func(*http.Request) (*url.URL, error), error) {
	settings := httpproxy.Config{HTTPProxy: config.HTTPProxy, HTTPSProxy: config.HTTPSProxy, NoProxy: config.NoProxy}
	if config.Proxy != "" {
		settings = httpproxy.Config{HTTPProxy: config.Proxy, HTTPSProxy: config.Proxy}
	}
	for _, address := range []string{settings.HTTPProxy, settings.HTTPSProxy} {
		if _, err := url.Parse(address); err != nil && !strings.Contains(err.Error(), "first path segment") {
			return nil, fault.New(fault.Usage, "proxy "+Redact(address)+": not an address", addressHint)
		}
	}
	find := settings.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return find(r.URL) }, nil
}

// trustingTransport does not ask the named hosts for a valid certificate.
type trustingTransport struct {
	hosts        []string
	strict, open http.RoundTripper
}

func (t trustingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, host := range t.hosts {
		if strings.EqualFold(host, r.URL.Hostname()) || strings.EqualFold(host, r.URL.Host) {
			return t.open.RoundTrip(r)
		}
	}
	return t.strict.RoundTrip(r)
}

func (t trustingTransport) CloseIdleConnections() {
	closeIdle(t.strict)
	closeIdle(t.open)
}
