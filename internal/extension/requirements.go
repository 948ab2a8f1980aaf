package extension

import (
	"errors"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

var errTODO = errors.New("not implemented")

// Requirements is what requirements.txt and the files it names ask for.
type Requirements struct {
	Items          []RequirementLine
	Constraints    []RequirementLine
	IndexURL       string
	ExtraIndexURLs []string
	FindLinks      []string
	NoIndex        bool
	Pre            bool
	PreferBinary   bool
	RequireHashes  bool
	TrustedHosts   []string
	Formats        FormatControl
	// Files are all files read, in the order read.
	Files []string
}

// RequirementLine is one requirement or constraint.
type RequirementLine struct {
	Requirement pep508.Requirement
	// Path is a wheel, sdist or folder on this machine; "" otherwise.
	Path   string
	Hashes []Hash
	File   string
	Line   int
	Text   string
}

// Hash is a digest that a requirement admits.
type Hash struct{ Algorithm, Digest string }

// FormatControl is --only-binary and --no-binary.
type FormatControl struct {
	OnlyBinaryAll, NoBinaryAll bool
	OnlyBinary, NoBinary       []pep508.Name
}

// ParseRequirements reads a requirements file and those it names.
func ParseRequirements(path string, open func(string) ([]byte, error), env func(string) (string, bool)) (Requirements, []fault.Warning, error) {
	return Requirements{}, nil, errTODO
}
