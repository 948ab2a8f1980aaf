package extension

import (
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// Manifest is extension.yml.
type Manifest struct {
	// Name is the extension's name as written.
	Name string
	// Version is the extension's version.
	Version Version
	// APILevel is the Universal Extension API level asked of the agent.
	APILevel APILevel
	// RequiresPython says which Pythons the extension works with; ">=2.7" when not written.
	RequiresPython PythonRange
	// PythonExtraPaths are added to the module search path; they may begin with "${extension_zip}".
	PythonExtraPaths []string
	// ZipSafe says that the extension runs straight from its zip; true when not written.
	ZipSafe bool
	// ZipSafeSet says that the file has the key.
	ZipSafeSet bool
	// Owner says whose extension it is.
	Owner Owner
	// Comments is free text.
	Comments string
	// Bundle is the section of axle's own.
	Bundle Bundle
	// Raw is the file as read.
	Raw []byte
}

// Owner says whose extension it is.
type Owner struct{ Name, Organization string }

// APILevel is a Universal Extension API level, X.Y.Z.
type APILevel struct{ Major, Minor, Patch int }

// Project is the normalised name of the extension, as in package file names.
func (m Manifest) Project() pep508.Name { return pep508.Normalize(m.Name) }

// ParseManifest reads extension.yml; name is how messages call the file.
func ParseManifest(name string, data []byte) (Manifest, []fault.Warning, error) {
	return Manifest{}, nil, errTODO
}

// Packed is the manifest for the zip: as written, without the section "bundle".
func (m Manifest) Packed() []byte { return m.Raw }

// Version is the version of an extension: SemVer 2.0 that PEP 440 can express.
type Version struct {
	Text   string         // as written, SemVer
	PEP440 pep440.Version // as package file names have it
}

// String is the version as written.
func (v Version) String() string { return v.Text }
