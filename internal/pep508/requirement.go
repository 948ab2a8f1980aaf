package pep508

import (
	"errors"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

var errTODO = errors.New("not implemented")

// Name is a normalised project or extra name (PEP 503).
type Name string

func ParseName(s string) (Name, error) { return Normalize(s), nil }
func Normalize(s string) Name          { return Name(strings.ToLower(strings.ReplaceAll(s, "_", "-"))) }
func (n Name) String() string          { return string(n) }
func (n Name) Escaped() string         { return strings.ReplaceAll(string(n), "-", "_") }

// ParseError says what is wrong in a requirement or marker, and where.
type ParseError struct {
	Text   string // the whole text given to Parse
	Offset int    // byte offset of the fault in Text
	Want   string // what was expected there
}

func (e *ParseError) Error() string { return e.Text }

// Requirement is one dependency.
type Requirement struct {
	Name       Name
	NameText   string
	Extras     []Name
	ExtrasText []string
	URL        string
	Specifier  pep440.SpecifierSet
	Marker     Marker
}

func Parse(s string) (Requirement, error)        { return Requirement{}, errTODO }
func ParseLenient(s string) (Requirement, error) { return Requirement{}, errTODO }
func (r Requirement) String() string             { return r.NameText }
func (r Requirement) Equal(o Requirement) bool   { return false }
