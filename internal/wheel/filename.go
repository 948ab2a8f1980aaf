package wheel

import (
	"errors"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
)

var errTODO = errors.New("not implemented")

// Filename is the parsed name of a wheel file.
type Filename struct {
	Text    string // as it was written
	Name    pep508.Name
	Version pep440.Version
	Build   Build
	// Tags are all triples the name stands for, sorted.
	Tags []tags.Tag
	// Pythons, ABIs and Platforms are the parts of the compressed tag set,
	// in lower case, as written.
	Pythons, ABIs, Platforms []string
}

// Build is the build number of a wheel; the zero Build is none.
type Build struct {
	Number int
	Suffix string
	Given  bool // tells a build number 0 from none
}

func ParseBuild(s string) (Build, error) { return Build{}, errTODO }
func (b Build) String() string           { return "" }
func (b Build) Compare(c Build) int      { return 0 }

func ParseFilename(s string) (Filename, error)        { return Filename{Text: s}, errTODO }
func ParseFilenameLenient(s string) (Filename, error) { return Filename{Text: s}, errTODO }
func (f Filename) String() string                     { return f.Text }

// SdistName is what the file name of a source distribution says.
type SdistName struct {
	Name    pep508.Name
	Version pep440.Version
}

func ParseSdist(filename string, project pep508.Name) (SdistName, error) { return SdistName{}, errTODO }
