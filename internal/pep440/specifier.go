package pep440

// ParseError says what is wrong in a version or specifier text, and where.
type ParseError struct {
	Text   string // the whole text given to Parse
	Offset int    // byte offset of the fault in Text
	Want   string // what was expected there
}

func (e *ParseError) Error() string { return e.Text }

// Specifier is one clause of a specifier set.
type Specifier struct{ text string }

func ParseSpecifier(s string) (Specifier, error) { return Specifier{s}, errTODO }
func (s Specifier) Operator() string             { return "" }
func (s Specifier) VersionText() string          { return "" }
func (s Specifier) String() string               { return s.text }

// SpecifierSet is a conjunction of clauses; the zero set admits everything.
type SpecifierSet struct{ clauses []Specifier }

func ParseSpecifierSet(s string) (SpecifierSet, error)        { return SpecifierSet{}, errTODO }
func MustParseSpecifierSet(s string) SpecifierSet             { return SpecifierSet{} }
func ParseSpecifierSetLenient(s string) (SpecifierSet, error) { return SpecifierSet{}, errTODO }
func (s SpecifierSet) String() string                         { return "" }
func (s SpecifierSet) Specifiers() []Specifier                { return s.clauses }
func (s SpecifierSet) IsEmpty() bool                          { return len(s.clauses) == 0 }
func (s SpecifierSet) Prereleases() bool                      { return false }
func (s SpecifierSet) Matches(v Version) bool                 { return true }
func (s SpecifierSet) Contains(v string, pre *bool) bool      { return true }
func (s SpecifierSet) Filter(vs []string, pre *bool) []string { return vs }
func (s SpecifierSet) And(t SpecifierSet) SpecifierSet        { return s }
func (s SpecifierSet) Ranges() Ranges                         { return Ranges{} }

// PatchRange is a run of patch numbers, both ends included; To is -1 when it has no end.
type PatchRange struct{ From, To int }

func (s SpecifierSet) AdmitsMinor(major, minor int) (some, all bool) { return true, true }
func (s SpecifierSet) AdmittedPatches(major, minor int) []PatchRange { return []PatchRange{{0, -1}} }

func (s SpecifierSet) Unsatisfiable(pre *bool) bool          { return false }
func (s SpecifierSet) Equal(t SpecifierSet) bool             { return false }
func (s SpecifierSet) Subset(t SpecifierSet) (bool, error)   { return false, errTODO }
func (s SpecifierSet) Superset(t SpecifierSet) (bool, error) { return false, errTODO }
func (s SpecifierSet) Disjoint(t SpecifierSet) (bool, error) { return false, errTODO }

// Ranges is a set of versions; the zero value is empty.
type Ranges struct{}

func Empty() Ranges                        { return Ranges{} }
func Full() Ranges                         { return Ranges{} }
func Singleton(v Version) Ranges           { return Ranges{} }
func (r Ranges) Intersect(s Ranges) Ranges { return r }
func (r Ranges) Union(s Ranges) Ranges     { return r }
func (r Ranges) Complement() Ranges        { return r }
func (r Ranges) IsEmpty() bool             { return true }
func (r Ranges) IsFull() bool              { return false }
func (r Ranges) Contains(v Version) bool   { return false }
func (r Ranges) SubsetOf(s Ranges) bool    { return true }
func (r Ranges) Disjoint(s Ranges) bool    { return true }
func (r Ranges) Equal(s Ranges) bool       { return true }
func (r Ranges) String() string            { return "" }
