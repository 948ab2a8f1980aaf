package index

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"os"

	"github.com/axlepack/axle/internal/fault"
)

// check is the strongest digest that is stated beside, or in place of, SHA-256.
type check struct {
	algorithm, want string
	hash            hash.Hash
}

func newCheck(hashes map[string]string) *check {
	for _, a := range []struct {
		name string
		make func() hash.Hash
	}{{"sha512", sha512.New}, {"sha384", sha512.New384}, {"sha224", sha256.New224}, {"sha1", sha1.New}, {"md5", md5.New}} {
		if want := hashes[a.name]; want != "" && hashes["sha256"] == "" {
			return &check{a.name, want, a.make()}
		}
	}
	return &check{}
}

func (c *check) Write(p []byte) (int, error) {
	if c.hash != nil {
		c.hash.Write(p)
	}
	return len(p), nil
}

// checkLocal compares a file of a folder with the digests stated for it.
func checkLocal(ctx context.Context, f File) (Fetched, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return Fetched{}, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	defer func() { _ = file.Close() }()
	d := &download{file: f}
	sum, check := sha256.New(), newCheck(f.Hashes)
	if d.done, err = io.Copy(io.MultiWriter(sum, check), reader(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return file.Read(p)
	})); err != nil {
		return Fetched{}, fault.Errorf(fault.Resolution, "%s: %w", f.Name, err)
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if want := f.SHA256(); want != "" && want != got {
		return Fetched{}, d.mismatch("sha256", want, got)
	}
	if check.want != "" {
		if err := d.verify(check); err != nil {
			return Fetched{}, err
		}
	}
	return Fetched{Path: f.Path, SHA256: got, Size: d.done}, nil
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }
