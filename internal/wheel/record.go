package wheel

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// Hash is the digest of a file as RECORD has it; the zero Hash is none.
// Comparable.
type Hash struct {
	Algorithm string // as hashlib names it: "sha256"
	Digest    string // urlsafe base64 without padding
}

// SHA256 makes the Hash of a SHA-256 sum.
func SHA256(sum [sha256.Size]byte) Hash {
	return Hash{Algorithm: "sha256", Digest: base64.RawURLEncoding.EncodeToString(sum[:])}
}

// SHA256 is the sum, and whether the hash is one of SHA-256 at all.
func (h Hash) SHA256() (sum [sha256.Size]byte, ok bool) {
	if h.Algorithm != "sha256" {
		return sum, false
	}
	digest, err := base64.RawURLEncoding.DecodeString(h.Digest)
	if err != nil || len(digest) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(digest), true
}

// String is "sha256=…", "" for none.
func (h Hash) String() string {
	if h == (Hash{}) {
		return ""
	}
	return h.Algorithm + "=" + h.Digest
}

// RecordEntry is one line of RECORD.
type RecordEntry struct {
	Path string // with forward slashes, relative to the root of the wheel
	Hash Hash
	Size int64 // in bytes, -1 where it is not recorded
}

// Record is the RECORD of a wheel, in the order of the file.
type Record []RecordEntry

// ParseRecord reads RECORD: lines of path, hash and size, comma-separated as
// Python's csv module writes them. The hash and size of a file may be missing,
// as they are of RECORD itself. A path that comes twice and differently is an
// error; twice the same counts once.
func ParseRecord(data []byte) (Record, error) {
	record := make(Record, 0, bytes.Count(data, []byte("\n"))+1)
	seen := make(map[string]int, cap(record))
	line := 0
	for len(data) > 0 {
		var fields []string
		var err error
		line++
		if fields, data, err = cutRow(data); err != nil {
			return nil, badRecord(line, err.Error())
		}
		if len(fields) == 1 && fields[0] == "" {
			continue
		}
		entry, reason := parseRecordEntry(fields)
		if reason != "" {
			return nil, badRecord(line, reason)
		}
		first, again := seen[entry.Path]
		if !again {
			seen[entry.Path] = len(record)
			record = append(record, entry)
		} else if record[first] != entry {
			return nil, badRecord(line, strconv.Quote(entry.Path)+" comes twice, with different hashes or sizes")
		}
	}
	return record, nil
}

func badRecord(line int, reason string) error {
	return fault.Errorf(fault.BadInput, "RECORD: row %d: %s", line, reason)
}

func parseRecordEntry(fields []string) (entry RecordEntry, reason string) {
	if len(fields) != 3 {
		return entry, strconv.Itoa(len(fields)) + " fields, not path, hash and size"
	}
	if fields[0] == "" {
		return entry, "the path is empty"
	}
	entry = RecordEntry{Path: fields[0], Size: -1}
	if fields[1] != "" {
		algorithm, digest, _ := strings.Cut(fields[1], "=")
		entry.Hash = Hash{Algorithm: strings.ToLower(algorithm), Digest: strings.TrimRight(digest, "=")}
		if entry.Hash.Algorithm == "" || entry.Hash.Digest == "" {
			return entry, strconv.Quote(fields[1]) + " is no hash of the form algorithm=digest"
		}
	}
	if fields[2] != "" {
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return entry, strconv.Quote(fields[2]) + " is no size in bytes"
		}
		entry.Size = size
	}
	return entry, ""
}

// Map is the record by path.
func (r Record) Map() map[string]RecordEntry {
	m := make(map[string]RecordEntry, len(r))
	for _, entry := range r {
		m[entry.Path] = entry
	}
	return m
}

// Marshal writes the entries sorted by path, the RECORD itself last: the one
// named so that has no hash. (A dependency package also holds the RECORD of each
// distribution in it, and those have hashes.) ParseRecord reads it back to the
// same entries.
func (r Record) Marshal() []byte {
	sorted := slices.SortedStableFunc(slices.Values(r), func(a, b RecordEntry) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a.Path, b.Path))
	})
	var w bytes.Buffer
	for _, entry := range sorted {
		writeField(&w, entry.Path)
		w.WriteByte(',')
		writeField(&w, entry.Hash.String())
		w.WriteByte(',')
		if entry.Size >= 0 {
			w.Write(strconv.AppendInt(w.AvailableBuffer(), entry.Size, 10))
		}
		w.WriteByte('\n')
	}
	return w.Bytes()
}

func last(entry RecordEntry) int {
	if entry.Hash == (Hash{}) && strings.HasSuffix(entry.Path, ".dist-info/RECORD") {
		return 1
	}
	return 0
}
