package wheel

// Hash is the digest of a file as RECORD writes it; the zero Hash is none.
type Hash struct {
	Algorithm string // "sha256"
	Digest    string // urlsafe base64 without padding
}

func SHA256(sum [32]byte) Hash                 { return Hash{} }
func (h Hash) SHA256() (sum [32]byte, ok bool) { return sum, false }
func (h Hash) String() string                  { return "" }

// RecordEntry is one line of RECORD.
type RecordEntry struct {
	Path string
	Hash Hash
	Size int64 // -1 = not recorded
}

// Record is the RECORD of a wheel.
type Record []RecordEntry

func ParseRecord(data []byte) (Record, error) { return nil, errTODO }
func (r Record) Marshal() []byte              { return nil }
func (r Record) Map() map[string]RecordEntry  { return nil }
