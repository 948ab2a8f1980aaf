package lock

import (
	"time"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// Filename is the name of a lock file (PEP 751).
const Filename = "pylock.toml"

// Document is a lock file as PEP 751 defines it: what any installer reads of
// it, and in Record what axle alone reads. Where PEP 751 tells "not written"
// from "empty", that is a nil slice.
type Document struct {
	// Environments are markers of which one must hold where it is installed.
	Environments   []pep508.Marker
	RequiresPython pep440.SpecifierSet
	// Extras and DependencyGroups may be asked for; DefaultGroups are unless
	// the user says otherwise.
	Extras                          []pep508.Name
	DependencyGroups, DefaultGroups []string
	// CreatedBy is the tool that wrote it.
	CreatedBy string
	Packages  []Package
	// Record is [tool.axle], nil in a lock of another tool. Damage says why it
	// cannot be used although it is there: the packages were changed without
	// it, or a later axle wrote it.
	Record *Record
	Damage error
}

// Package is a project at a version, for the environments that its marker
// admits. Of Directory, Archive, and Sdist with Wheels there is exactly one.
type Package struct {
	Name pep508.Name
	// Version is zero where it is not written: of a source tree, and of an
	// entry whose wheels are of several versions, which tags tell apart.
	Version        pep440.Version
	Marker         pep508.Marker
	RequiresPython pep440.SpecifierSet
	// Dependencies are other packages that this one requires: for information.
	Dependencies []Dependency
	Index        string
	Directory    *Directory
	Archive      *Artifact
	Sdist        *Artifact
	Wheels       []Artifact
	// Requires is packages.tool.axle.requires: what the package's own metadata
	// requires for some target of the lock, markers included.
	Requires []pep508.Requirement
}

// Dependency points at another package. Version and Marker are written where
// the name alone does not say which.
type Dependency struct {
	Name    pep508.Name
	Version pep440.Version
	Marker  pep508.Marker
}

// Directory is a source tree on the machine that locked.
type Directory struct {
	Path, Subdirectory string
	Editable           bool
}

// Artifact is one file. Either URL or Path is set, or both; a Path that is
// relative begins at the folder of the lock.
type Artifact struct {
	// Name is the file name, also where the lock leaves it to URL or Path.
	Name       string
	UploadTime time.Time // UTC; zero when not written
	URL, Path  string
	Size       int64 // in bytes; 0 when not written
	// Hashes are hexadecimal digests by the name of their algorithm. There is
	// at least one.
	Hashes map[string]string
	// Subdirectory is for archives alone.
	Subdirectory string
}

// Artifacts are all files of a package.
func (p *Package) Artifacts() []Artifact {
	var all []Artifact
	if p.Archive != nil {
		all = append(all, *p.Archive)
	}
	if p.Sdist != nil {
		all = append(all, *p.Sdist)
	}
	return append(all, p.Wheels...)
}

// versions are that of the entry, or those of its files.
func (p *Package) versions() []pep440.Version {
	if !p.Version.IsZero() {
		return []pep440.Version{p.Version}
	}
	var all []pep440.Version
	for _, w := range p.Artifacts() {
		if f, err := wheel.ParseFilenameLenient(w.Name); err == nil {
			all = append(all, f.Version)
		}
	}
	return all
}
