package archive

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile writes a file whole or not at all: write fills a temporary file
// beside path, which takes its place when all went well and is removed
// otherwise. The writer that write gets has a buffer; its errors name path. A
// file that is already there is replaced. The folder must exist. The file is not
// synced: it is whole for every process from then on, but not after a power cut.
func WriteFile(path string, write func(io.Writer) error) error {
	return writeFile(path, createBeside, write)
}

// WriteHashed is WriteFile that also sums up what was written.
func WriteHashed(path string, write func(io.Writer) error) (sums Sums, err error) {
	err = WriteFile(path, func(w io.Writer) error {
		h := NewHashingWriter(w)
		werr := write(h)
		var ferr error
		if sums, ferr = h.Finish(); werr == nil {
			werr = ferr
		}
		return werr
	})
	return sums, err
}

// tempFile is an *os.File, or in tests one on a disk that is full.
type tempFile interface {
	io.WriteCloser
	Name() string
}

func writeFile(path string, create func(path string) (tempFile, error), write func(io.Writer) error) (err error) {
	file, err := create(path)
	if err != nil {
		return nameError(path, err)
	}
	closed := false
	finished := false
	defer func() {
		if !closed {
			_ = file.Close()
		}
		if !finished {
			_ = os.Remove(file.Name())
		}
	}()
	buffer := bufio.NewWriterSize(&namedWriter{file, path}, copyBuffer)
	if err := write(buffer); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	closed = true
	if err := file.Close(); err != nil {
		return nameError(path, err)
	}
	if err := replace(file.Name(), path); err != nil {
		return nameError(path, err)
	}
	finished = true
	return nil
}

// namedWriter makes its errors name the file that is meant, not the temporary
// one.
type namedWriter struct {
	w    io.Writer
	path string
}

// Write implements io.Writer.
func (n *namedWriter) Write(p []byte) (int, error) {
	written, err := n.w.Write(p)
	if err == nil && written < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		err = nameError(n.path, err)
	}
	return written, err
}

func nameError(path string, err error) error {
	var onFile *fs.PathError
	var onRename *os.LinkError
	switch {
	case errors.As(err, &onRename):
		err = onRename.Err
	case errors.As(err, &onFile):
		err = onFile.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// createBeside makes the temporary file. Other than os.CreateTemp it leaves the
// mode to the user's mask, as the finished file has it.
func createBeside(path string) (tempFile, error) {
	name := filepath.Join(filepath.Dir(path), ".axle-"+rand.Text()+".tmp")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return file, nil
}
