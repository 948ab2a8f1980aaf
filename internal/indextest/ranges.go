package indextest

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (h *indexHandler) file(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := h.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if h.options.ETag {
		w.Header().Set("ETag", fmt.Sprintf("%q", digest(f.Content)))
	}
	asked := r.Header.Get("Range")
	suffix := strings.HasPrefix(asked, "bytes=-")
	switch habit := h.options.Ranges; {
	case asked == "":
	case habit == NoRanges, habit == SuffixIgnored && suffix:
		r.Header.Del("Range")
	case habit == RangesRefused, habit == NoSuffix && suffix:
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		return
	case habit == RangesLie:
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-9/%d", len(f.Content)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(f.Content[:min(10, len(f.Content))])
		return
	}
	if h.options.Ranges == NoRanges {
		w.Header().Set("Accept-Ranges", "none")
		w.Header().Set("Content-Length", strconv.Itoa(len(f.Content)))
		_, _ = w.Write(f.Content)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(f.Content))
}
