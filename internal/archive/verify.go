package archive

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// verifier holds files to a RECORD.
type verifier struct{ entries map[string]wheel.RecordEntry }

// newVerifier tells what shows without reading: files that RECORD does not
// have, entries without a file, other sizes, hashes that are missing or weak.
func newVerifier(r *Reader, files []Member, opt ExtractOptions) (*verifier, error) {
	if opt.Verify == nil {
		return &verifier{}, nil
	}
	p := problems{archive: r.path}
	for _, m := range files {
		entry, ok := opt.Verify[m.Name]
		switch {
		case !ok:
			p.addCode(fault.Mismatch, m.Name, "RECORD does not have it")
		case entry.Size >= 0 && entry.Size != m.Size:
			p.addCode(fault.Mismatch, m.Name, "it has %d bytes, and RECORD says %d", m.Size, entry.Size)
		case entry.Hash == (wheel.Hash{}) && !unhashed(m.Name):
			p.addCode(fault.Mismatch, m.Name, "RECORD has no hash of it")
		case entry.Hash != (wheel.Hash{}) && newHash(entry.Hash.Algorithm) == nil:
			p.addCode(fault.Mismatch, m.Name, "RECORD has a hash of it by %s, which is not trusted", entry.Hash.Algorithm)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(opt.Verify)) {
		if _, ok := r.byName[name]; !ok && (opt.Include == nil || opt.Include(name)) {
			p.addCode(fault.Mismatch, name, "RECORD has it, and the archive does not")
		}
	}
	return &verifier{opt.Verify}, p.err()
}

// CheckRecord tells what of an archive does not fit a RECORD, as far as it shows
// without reading the files.
func CheckRecord(r *Reader, entries map[string]wheel.RecordEntry) error {
	_, err := newVerifier(r, r.members, ExtractOptions{Verify: entries})
	return err
}

// unhashed: RECORD cannot have its own hash, nor that of its signatures.
func unhashed(name string) bool {
	_, file, ok := strings.Cut(name, ".dist-info/")
	return ok && (file == "RECORD" || file == "RECORD.jws" || file == "RECORD.p7s")
}

// newHash is nil for an algorithm that is unknown or weak.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// hash sums a file up, or does nothing where nothing is to be compared.
func (v *verifier) hash(name string) io.Writer {
	if h := newHash(v.entries[name].Hash.Algorithm); h != nil {
		return h
	}
	return io.Discard
}

func (v *verifier) verify(r *Reader, m Member, sum io.Writer) error {
	h, ok := sum.(hash.Hash)
	if !ok || base64.RawURLEncoding.EncodeToString(h.Sum(nil)) == v.entries[m.Name].Hash.Digest {
		return nil
	}
	return &Problem{Archive: r.path, Member: m.Name, Code: fault.Mismatch,
		Reason: "its " + v.entries[m.Name].Hash.Algorithm + " is not the one in RECORD"}
}
