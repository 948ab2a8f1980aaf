package cache

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// blobSpace holds, for each blob, the size and time of change it had when its
// digest was last computed. As long as both are unchanged the file is
// believed; otherwise its digest is computed again.
const blobSpace = "blob-1"

// MismatchError says that bytes have another digest than they should.
type MismatchError struct {
	Want, Got string // SHA-256, hexadecimal
	Size      int64  // how many bytes have the digest Got
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("sha256 is %s, expected %s", e.Got, e.Want)
}

// Blob finds the file with the given SHA-256 (hexadecimal). A file that was
// changed since it was stored is removed and counts as absent.
func (s *Store) Blob(sha256hex string) (path string, ok bool) {
	path, sum, err := s.blobPath(sha256hex)
	if err != nil {
		return "", false
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	if known, ok := s.Get(blobSpace, sum); ok && string(known) == string(stamp(info)) {
		return path, true
	}
	if got, err := digest(path); err != nil || got != sum {
		s.discard(path)
		return "", false
	}
	_ = s.Set(blobSpace, sum, stamp(info))
	return path, true
}

// Verify computes the digest of a stored blob again, whatever its size and
// time say, and removes a damaged one.
func (s *Store) Verify(sha256hex string) bool {
	_, sum, err := s.blobPath(sha256hex)
	if err != nil {
		return false
	}
	_ = s.Delete(blobSpace, sum)
	_, ok := s.Blob(sum)
	return ok
}

// Put stores the bytes that write writes as a blob and returns its digest,
// its size in bytes and its path. When sha256hex is given and the bytes have
// another digest, nothing is stored and the error is a [*MismatchError]. The
// writer fails once ctx is done.
func (s *Store) Put(ctx context.Context, sha256hex string, write func(io.Writer) error) (sum string, size int64, path string, err error) {
	temp, err := s.temp()
	if err != nil {
		return "", 0, "", fmt.Errorf("cache: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already when all went well
	w := &blobWriter{stop: ctx.Err, file: temp, hash: sha256.New()}
	err = write(w)
	if e := temp.Close(); err == nil && e != nil {
		err = fmt.Errorf("cache: %w", e)
	}
	if err != nil {
		return "", 0, "", err
	}
	sum = hex.EncodeToString(w.hash.Sum(nil))
	if sha256hex != "" && !strings.EqualFold(sha256hex, sum) {
		return sum, w.size, "", &MismatchError{Want: strings.ToLower(sha256hex), Got: sum, Size: w.size}
	}
	path, err = s.keep(temp.Name(), sum)
	return sum, w.size, path, err
}

// keep moves a finished file to its place. The file is not synced to the disk:
// should the machine lose power, size or digest give the damage away.
func (s *Store) keep(temp, sum string) (string, error) {
	path, _, err := s.blobPath(sum)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(temp, 0o444); err != nil {
		return "", fmt.Errorf("cache: %w", err)
	}
	if err := place(temp, path); err != nil {
		// Another process was faster, and a system may refuse to replace a
		// read-only file: the bytes are the same.
		if have, ok := s.Blob(sum); ok {
			return have, nil
		}
		return "", fmt.Errorf("cache: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("cache: %w", err)
	}
	_ = s.Set(blobSpace, sum, stamp(info))
	return path, nil
}

// discard takes a damaged file away. It is moved first, since a reader may
// have it open and another process may write it anew under the same name.
func (s *Store) discard(path string) {
	if _, err := os.Lstat(path); err != nil {
		return
	}
	aside := filepath.Join(s.dir, tempDir, filepath.Base(path)+".damaged")
	if err := os.Rename(path, aside); err == nil {
		_ = os.Remove(aside)
		return
	}
	_ = os.Remove(path)
}

// blobPath is the place of a blob, and its digest in lower case.
func (s *Store) blobPath(sha256hex string) (path, sum string, err error) {
	sum = strings.ToLower(sha256hex)
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size {
		return "", "", fmt.Errorf("cache: %q is not a SHA-256", sha256hex)
	}
	return filepath.Join(s.dir, blobDir, sum[:2], sum[2:]), sum, nil
}

func stamp(info fs.FileInfo) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(info.Size()))
	return binary.LittleEndian.AppendUint64(b, uint64(info.ModTime().UnixNano()))
}

func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type blobWriter struct {
	stop func() error // why nobody waits for it any more
	file *os.File
	hash hash.Hash
	size int64
}

// Write hashes what it writes, and stops when nobody waits for it any more.
func (w *blobWriter) Write(p []byte) (int, error) {
	if err := w.stop(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	w.hash.Write(p[:n])
	w.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("cache: %w", err)
	}
	return n, nil
}
