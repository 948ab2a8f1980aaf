package wheel

import (
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// Metadata is the METADATA of a distribution.
type Metadata struct {
	MetadataVersion   string
	Name              pep508.Name
	NameText          string
	Version           pep440.Version
	Summary           string
	RequiresDist      []pep508.Requirement
	RequiresPython    pep440.SpecifierSet
	ProvidesExtra     []pep508.Name
	Dynamic           []string
	License           string
	LicenseExpression string
	LicenseFiles      []string
	// Invalid are the lines that could not be read, each with the reason.
	Invalid []string
}

func ParseMetadata(data []byte) (Metadata, error) { return Metadata{}, errTODO }
func (m Metadata) Marshal() []byte                { return nil }
