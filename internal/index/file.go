package index

import (
	"slices"
	"time"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// File is one file that an index or a folder offers for a project.
type File struct {
	// Name is the file name, percent-decoded.
	Name string
	// URL is where the file is, without credentials and without fragment;
	// file:// for a file of a local folder.
	URL string
	// Path is the place of a local file on this machine, else empty.
	Path string
	// Local says that the file comes from one of the developer's own folders,
	// where linux_ARCH files are welcome.
	Local bool
	// Hashes are the digests the index states, hexadecimal in lower case, by
	// the name of their algorithm ("sha256").
	Hashes map[string]string
	// RequiresPython is what the interpreter must be (PEP 503). A text that is
	// no specifier counts as none, as for pip.
	RequiresPython     pep440.SpecifierSet
	RequiresPythonText string
	// Yanked files are for exact pins only (PEP 592).
	Yanked       bool
	YankedReason string
	// Size is in bytes, 0 where the index does not say (PEP 700).
	Size int64
	// UploadTime is zero where the index does not say (PEP 700).
	UploadTime time.Time
	// HasMetadata says that the index states it serves URL + ".metadata"
	// (PEP 658, 714); MetadataHash is its SHA-256 where stated, the others are
	// by the name of their algorithm, as in Hashes.
	HasMetadata         bool
	MetadataHash        string
	OtherMetadataHashes map[string]string
	// IsWheel tells which of Wheel and Sdist is set. Neither is when the file
	// is Unusable.
	IsWheel bool
	Wheel   wheel.Filename
	Sdist   wheel.SdistName
	// Unusable says why a resolver has to skip the file; empty when it need not.
	Unusable string
	// Source is the index or folder that lists the file, without credentials.
	Source string
}

// SHA256 is the digest the index states for the file, or "".
func (f *File) SHA256() string { return f.Hashes["sha256"] }

// Version is the version in the file name; the zero Version when Unusable.
func (f *File) Version() pep440.Version {
	if f.IsWheel {
		return f.Wheel.Version
	}
	return f.Sdist.Version
}

// Project is what an index and the folders beside it offer for a project.
// It is shared between callers and must not be changed.
type Project struct {
	Name pep508.Name
	// Index is the address of the index that serves the project, without
	// credentials; empty when only find-links places have it.
	Index string
	// Releases are the versions, ascending. Versions that PEP 440 calls equal
	// (1.0 and 1.0.0) are one release.
	Releases []*Release
	// Unusable are the files no resolver can use, each with its reason.
	Unusable []File
}

// Refuse is the project as it is for those who do not want some releases:
// where refuse gives a reason for a version, its files are Unusable for that.
func (p *Project) Refuse(refuse func(pep440.Version) string) *Project {
	out := &Project{Name: p.Name, Index: p.Index, Unusable: p.Unusable, Releases: slices.Clone(p.Releases)}
	for i, r := range p.Releases {
		reason := refuse(r.Version)
		if reason == "" {
			continue
		}
		out.Releases[i] = &Release{Version: r.Version, files: onceFiles(func() []File {
			files := slices.Clone(r.Files())
			for j := range files {
				files[j].Unusable = reason
			}
			return files
		})}
	}
	return out
}

// Release is one version of a project with its files.
type Release struct {
	Version pep440.Version
	files   func() []File
}

// Files are the files of the release in order of their names. They are read
// when first asked for, then shared: they must not be changed.
func (r *Release) Files() []File { return r.files() }

// Files lists everything the project offers: the releases ascending, then the
// unusable files. It reads every file; a resolver asks the releases it looks at.
func (p *Project) Files() []File {
	var all []File
	for _, r := range p.Releases {
		all = append(all, r.Files()...)
	}
	return append(all, p.Unusable...)
}

// Release finds a version.
func (p *Project) Release(v pep440.Version) (*Release, bool) {
	lo, hi := 0, len(p.Releases)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := p.Releases[mid].Version.Compare(v); {
		case c == 0:
			return p.Releases[mid], true
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil, false
}
