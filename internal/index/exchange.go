package index

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
)

const (
	defaultRetries = 5
	firstBackoff   = 250 * time.Millisecond
	longestBackoff = 10 * time.Second
	// longestRetryAfter is how long a request waits when a server asks it to.
	longestRetryAfter = time.Minute
)

// exchange is one request whose answer is wanted.
type exchange struct {
	url    string // without credentials
	header map[string]string
	// source is the index that named the address; its credentials count first.
	source string
	// slots bounds how many exchanges of a kind are under way at once.
	slots chan struct{}
	// read uses an answer of any status that is not tried again. Its errors
	// are final, but for those of the body.
	read func(*http.Response) error
}

// brokenError is a connection that ended early; what was asked for is asked
// for again.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// run sends the request until an answer was read or trying again is of no
// use. No slot is held while waiting between two attempts.
func (c *Client) run(ctx context.Context, e exchange) error {
	for attempt := 0; ; attempt++ {
		err := c.attempt(ctx, e)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wait, again := c.backoff(err, attempt)
		if !again {
			return describe(e.url, err)
		}
		c.options.Events.Note(event.Item, "again", withoutQuery(e.url), event.F("in", wait.Round(time.Millisecond)), event.F("because", err.Error()))
		if err := c.options.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// describe names the address in an error of the network. Errors of package
// http repeat the address of the last redirect, so only their cause is kept.
func describe(address string, err error) error {
	var broken *brokenError
	if !errors.As(err, &broken) {
		var failed *url.Error
		if !errors.As(err, &failed) {
			return err
		}
		err = failed.Err
	} else {
		err = broken.err
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
	}
	if coded := (interface{ ExitCode() int })(nil); errors.As(err, &coded) {
		return err
	}
	return unreachable(address, err)
}

// attempt sends the request once.
func (c *Client) attempt(ctx context.Context, e exchange) (err error) {
	if c.options.Offline && !strings.HasPrefix(e.url, "file:") {
		return &OfflineError{What: e.url}
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := func() bool { return errors.Is(context.Cause(ctx), errStalled) }
	dog := newWatchdog(c.config.timeout(), func() { cancel(errStalled) })
	defer dog.stop()
	req, err := c.request(ctx, e)
	if err != nil {
		return err
	}
	task := c.options.Events.Begin(event.Event{Level: event.Item, What: "request", Name: withoutQuery(e.url), Bytes: true})
	status := 0
	defer func() { task.End(err, event.F("status", status)) }()
	resp, err := c.http.Do(req)
	if err != nil {
		if stalled() {
			err = errStalled
		}
		return &brokenError{err}
	}
	status = resp.StatusCode
	resp.Body = &watchedBody{body: resp.Body, dog: dog, stalled: stalled, task: task}
	defer drain(resp)
	if isTransient(resp.StatusCode) {
		return c.statusError(e.url, resp)
	}
	return e.read(resp)
}

func (c *Client) request(ctx context.Context, e exchange) (*http.Request, error) {
	req, err := http.NewRequestWithContext(context.WithValue(ctx, sourceKey{}, e.source), http.MethodGet, e.url, nil)
	if err != nil {
		return nil, fault.WithHints(fmt.Errorf("%s: not an address", Redact(e.url)), addressHint)
	}
	for key, value := range e.header {
		req.Header.Set(key, value)
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	return req, nil
}

// withoutQuery is an address as it is told: what stands behind the question
// mark may be a key.
func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

// drain reads the little that may be left, so that the connection can be used
// again; a connection with much left is cheaper to close.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	_ = resp.Body.Close()
}

func isTransient(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return status >= 520 && status <= 530
}

// backoff says whether an error is worth another attempt, and after how long.
func (c *Client) backoff(err error, attempt int) (time.Duration, bool) {
	retries := defaultRetries
	if c.config.Retries != nil {
		retries = *c.config.Retries
	}
	if attempt >= retries || !retryable(err) {
		return 0, false
	}
	var status *StatusError
	if errors.As(err, &status) && status.RetryAfter > 0 {
		return status.RetryAfter, status.RetryAfter <= longestRetryAfter
	}
	wait := min(firstBackoff<<min(attempt, 16), longestBackoff)
	// Half of the wait is by chance, so that many clients do not come back together.
	return wait/2 + rand.N(wait/2+1), true
}

func retryable(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return isTransient(status.Status)
	}
	var broken *brokenError
	if !errors.As(err, &broken) {
		return false
	}
	return !isLasting(err)
}

// isLasting tells errors of the connection that another attempt will meet again.
func isLasting(err error) bool {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		address   *url.Error
		coded     interface{ ExitCode() int }
	)
	switch {
	case errors.As(err, &coded): // our own: certificates that cannot be read
		return true
	case errors.As(err, &dns):
		return dns.IsNotFound
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid), errors.As(err, &verify), errors.As(err, &record):
		return true
	case errors.As(err, &address):
		text := address.Err.Error()
		return strings.Contains(text, "unsupported protocol scheme") || strings.Contains(text, "redirects")
	}
	return false
}

func (c *Client) statusError(address string, resp *http.Response) *StatusError {
	e := &StatusError{URL: address, Status: resp.StatusCode}
	if resp.Request != nil {
		source, _ := resp.Request.Context().Value(sourceKey{}).(string)
		e.HadCredentials = c.credentials.find(resp.Request.URL, source) != nil
	}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), c.options.Now())
	return e
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(now).Round(time.Second))
	}
	return 0
}

// watchdog calls back when nothing was heard for a while.
type watchdog struct {
	timer *time.Timer
	limit time.Duration
}

func newWatchdog(limit time.Duration, bark func()) *watchdog {
	return &watchdog{time.AfterFunc(limit, bark), limit}
}

func (d *watchdog) heard() { d.timer.Reset(d.limit) }
func (d *watchdog) stop()  { d.timer.Stop() }

// watchedBody tells the watchdog of every byte, and marks the errors of the
// connection.
type watchedBody struct {
	body    io.ReadCloser
	dog     *watchdog
	stalled func() bool
	task    *event.Task
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if n > 0 {
		b.dog.heard()
		b.task.Add(int64(n), "")
	}
	if err != nil && err != io.EOF {
		if b.stalled() {
			err = errStalled
		}
		err = &brokenError{err}
	}
	return n, err
}

func (b *watchedBody) Close() error { return b.body.Close() }

// sleep waits, or ends with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
