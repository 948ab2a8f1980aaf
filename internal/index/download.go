package index

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/axlepack/axle/internal/event"
)

// maxResumes is how often a download that breaks again and again is taken up.
const maxResumes = 30

// download is one file on its way.
type download struct {
	client    *Client
	file      File
	done      int64  // bytes written
	validator string // of the first answer: a strong ETag or Last-Modified
	resumed   bool
	task      *event.Task
}

func (d *download) mismatch(algorithm, want, got string) *MismatchError {
	return &MismatchError{File: d.file.Name, Index: d.file.Source, Algorithm: algorithm, Want: want, Got: got, WantSize: d.file.Size, GotSize: d.done}
}

// short says that fewer bytes came than the index promised, and the server
// did not notice.
func (d *download) short() bool { return d.file.Size > 0 && d.done < d.file.Size }

// run writes the file's bytes to w, taking up a broken download where it broke.
func (d *download) run(ctx context.Context, w io.Writer) error {
	check := newCheck(d.file.Hashes)
	out := io.MultiWriter(w, check)
	for resumes := 0; ; resumes++ {
		header := map[string]string{"Accept-Encoding": "identity"}
		if d.done > 0 {
			d.resumed = true
			header["Range"] = fmt.Sprintf("bytes=%d-", d.done)
			if d.validator != "" {
				header["If-Range"] = d.validator
			}
		}
		err := d.client.run(ctx, exchange{url: d.file.URL, source: d.file.Source, header: header, slots: d.client.downloads, read: func(resp *http.Response) error {
			return d.read(resp, out)
		}})
		var broken *resumeError
		switch {
		case err == nil:
			return d.verify(check)
		case !errors.As(err, &broken):
			return err
		case resumes == maxResumes:
			return describe(d.file.URL, broken.err)
		}
		if err := d.client.options.Sleep(ctx, firstBackoff); err != nil {
			return err
		}
	}
}

// resumeError ends an exchange whose answer broke after some bytes: the next
// one asks for the rest.
type resumeError struct{ err error }

func (e *resumeError) Error() string { return e.err.Error() }

func (d *download) read(resp *http.Response, out io.Writer) error {
	switch {
	case resp.StatusCode == http.StatusOK:
		if err := d.startOver(resp); err != nil {
			return err
		}
	case resp.StatusCode == http.StatusPartialContent && d.done > 0:
		from, _, _, ok := parseContentRange(resp.Header.Get("Content-Range"))
		if !ok || from != d.done {
			return d.changed()
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && d.done > 0:
		return d.changed()
	default:
		return d.client.statusError(d.file.URL, resp)
	}
	return d.copy(resp, out)
}

// startOver takes an answer with the whole file. Where some of it is here
// already, that much is skipped: the digest tells whether it was the same.
func (d *download) startOver(resp *http.Response) error {
	validator := resp.Header.Get("ETag")
	if validator == "" || validator[0] != '"' { // weak tags do not count for ranges
		validator = resp.Header.Get("Last-Modified")
	}
	if d.done == 0 {
		d.validator = validator
		return nil
	}
	if validator != d.validator {
		return d.changed()
	}
	_, err := io.CopyN(io.Discard, resp.Body, d.done)
	return err
}

// changed says that the file is not the one of which a part is here.
func (d *download) changed() error {
	return d.mismatch("content", "the one that was begun", "another one")
}

func (d *download) copy(resp *http.Response, out io.Writer) error {
	total := d.file.Size
	if total == 0 && resp.ContentLength >= 0 {
		total = d.done + resp.ContentLength
	}
	begun := d.done
	buf := make([]byte, 128<<10)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			if _, err := out.Write(buf[:n]); err != nil {
				return err
			}
			d.done += int64(n)
			d.task.At(d.done, total)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && d.done == begun:
			return err // nothing gained: this counts as an attempt that failed
		case err != nil:
			return &resumeError{err}
		}
	}
}

// verify compares what the cache does not: other digests than SHA-256, and the
// size where there is no digest.
func (d *download) verify(check *check) error {
	if check.want != "" {
		if got := hex.EncodeToString(check.hash.Sum(nil)); got != check.want {
			return d.mismatch(check.algorithm, check.want, got)
		}
		return nil
	}
	if d.file.SHA256() == "" && d.file.Size != 0 && d.file.Size != d.done {
		return d.mismatch("size", strconv.FormatInt(d.file.Size, 10), strconv.FormatInt(d.done, 10))
	}
	return nil
}
