package indextest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Kind tells requests apart.
type Kind string

// The kinds of requests.
const (
	Page     Kind = "page"     // the listing of a project
	Metadata Kind = "metadata" // FILE.metadata
	Range    Kind = "range"    // a part of a file
	Whole    Kind = "whole"    // a whole file
)

// Request is one line of a server's log.
type Request struct {
	Method string
	Path   string
	Kind   Kind
	Header http.Header
	Status int
	Bytes  int64 // of the body that were sent
}

// Server is an index that runs until its test ends.
type Server struct {
	// URL is the address of the server, without a slash at its end.
	URL string

	handler http.Handler
	mu      sync.Mutex
	log     []*Request
	faults  []*Fault
}

// start serves handler on the loopback behind the log and the faults.
func start(t testing.TB, handler http.Handler) *Server {
	t.Helper()
	s := &Server{handler: handler}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	s.URL = server.URL
	return s
}

// Simple is the address of the index: URL + "/simple/".
func (s *Server) Simple() string { return s.URL + "/simple/" }

// ServeHTTP answers and writes down what it answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	entry := &Request{Method: r.Method, Path: r.URL.Path, Kind: kindOf(r), Header: r.Header.Clone(), Status: http.StatusOK}
	s.mu.Lock()
	s.log = append(s.log, entry)
	fault := s.next(entry)
	s.mu.Unlock()
	w = &loggedWriter{w, s, entry}
	if fault == nil || !fault.serve(w, r, s.handler) {
		s.handler.ServeHTTP(w, r)
	}
}

func kindOf(r *http.Request) Kind {
	switch {
	case strings.HasSuffix(r.URL.Path, "/"):
		return Page
	case strings.HasSuffix(r.URL.Path, ".metadata"):
		return Metadata
	case r.Header.Get("Range") != "":
		return Range
	}
	return Whole
}

// Log is a copy of what was asked so far.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := make([]Request, len(s.log))
	for i, r := range s.log {
		log[i] = *r
	}
	return log
}

// Forget empties the log.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// Count is how many requests of a kind had a path that contains part.
func (s *Server) Count(kind Kind, part string) int {
	n := 0
	for _, r := range s.Log() {
		if r.Kind == kind && strings.Contains(r.Path, part) {
			n++
		}
	}
	return n
}

// Bytes is how many bytes were sent for requests of a kind.
func (s *Server) Bytes(kind Kind) (n int64) {
	for _, r := range s.Log() {
		if r.Kind == kind {
			n += r.Bytes
		}
	}
	return n
}

// loggedWriter writes down what is sent before it is sent: a client that has
// the answer finds it in the log.
type loggedWriter struct {
	http.ResponseWriter
	server *Server
	entry  *Request
}

func (w *loggedWriter) WriteHeader(status int) {
	w.server.mu.Lock()
	w.entry.Status = status
	w.server.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

func (w *loggedWriter) Write(p []byte) (int, error) {
	w.server.mu.Lock()
	w.entry.Bytes += int64(len(p))
	w.server.mu.Unlock()
	return w.ResponseWriter.Write(p)
}

func (w *loggedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Transport answers requests for the server without sockets: each is handled
// whole before its answer is returned, so faults that break or stall a
// connection need the real address.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	rec.Body = new(bytes.Buffer)
	t.server.ServeHTTP(rec, in)
	resp := rec.Result()
	resp.Request = r
	if r.Method == http.MethodHead {
		resp.Body = io.NopCloser(strings.NewReader(""))
	}
	return resp, nil
}
