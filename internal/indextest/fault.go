package indextest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is a misbehaviour of the server for some requests.
type Fault struct {
	// Kind and Path choose the requests; empty chooses every one. Path is a
	// part of the path.
	Kind Kind
	Path string
	// Skip lets so many chosen requests pass first; Times is how many are
	// treated then, 0 = every one.
	Skip, Times int

	// Status answers with this status and nothing else.
	Status int
	// RetryAfter is the header of that answer: seconds or a date.
	RetryAfter string
	// Redirect answers 302 to this address.
	Redirect string
	// CutAfter breaks the connection after so many bytes of the body; -1
	// breaks it before the first.
	CutAfter int
	// StallAfter sends so many bytes of the body (-1: none, not even the
	// header) and then nothing until the client gives up.
	StallAfter int
	// Delay waits before it answers as if nothing were wrong.
	Delay time.Duration
	// Body replaces the whole answer, with the content type Type.
	Body, Type string
}

// Fail adds a fault. The first fault that fits a request is used.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// next is the fault for a request, or nil; it counts. It is called with the
// lock held.
func (s *Server) next(r *Request) *Fault {
	for i, f := range s.faults {
		if f.Kind != "" && f.Kind != r.Kind || !strings.Contains(r.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			}
		}
		return f
	}
	return nil
}

// serve misbehaves; false says that the request is to be answered as usual.
func (f *Fault) serve(w http.ResponseWriter, r *http.Request, usual http.Handler) bool {
	switch {
	case f.Delay > 0:
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
		return false
	case f.Redirect != "":
		http.Redirect(w, r, f.Redirect, http.StatusFound)
	case f.Status != 0:
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		w.WriteHeader(f.Status)
	case f.Body != "":
		w.Header().Set("Content-Type", f.Type)
		w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)))
		_, _ = w.Write([]byte(f.Body))
	case f.CutAfter != 0:
		usual.ServeHTTP(&limitedWriter{ResponseWriter: w, left: max(0, f.CutAfter)}, r)
		panic(http.ErrAbortHandler)
	case f.StallAfter != 0:
		if f.StallAfter > 0 {
			usual.ServeHTTP(&limitedWriter{ResponseWriter: w, left: f.StallAfter}, r)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// limitedWriter sends the first bytes of a body and drops the others.
type limitedWriter struct {
	http.ResponseWriter
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left > 0 {
		part := p[:min(len(p), w.left)]
		w.left -= len(part)
		if _, err := w.ResponseWriter.Write(part); err != nil {
			return 0, err
		}
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
	return len(p), nil
}

func (w *limitedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
