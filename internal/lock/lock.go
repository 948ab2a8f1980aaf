// Package lock holds what a resolution decided: for every target the file
// chosen for every project, with its digest. It is the value that passes from
// resolving to collecting, merging and packing, and what pylock.toml (PEP 751)
// writes down.
//
// A [Solution] is complete for its target: nothing outside it is needed to
// install, and nothing in it is unneeded. Markers, tags and Requires-Python
// were decided for the target and are not looked at again.
//
// # pylock.toml
//
// [NewDocument] writes a lock down as a [Document]: what PEP 751 has for every
// installer, with the shortest markers that tell the targets apart, and under
// [tool.axle] what was asked, with the file of each target. [Document.Lock]
// gives just the lock back. [Parse] reads locks of any tool; of those,
// [Document.Preferences] gives the versions. Paths are relative to the folder
// of the document; credentials are never written. Packages from version
// control are refused.
package lock

import (
	"slices"
	"time"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// File is one file that was chosen: a wheel, or a source distribution that has
// to be built.
type File struct {
	// Filename is that of the wheel; of a source distribution it has Text, Name
	// and Version alone.
	Filename wheel.Filename
	// URL is where the file is fetched from, without credentials or fragment.
	// It is empty for a file of the developer's own folders.
	URL string
	// Path is set instead of URL for a file on this machine, or a project
	// folder.
	Path string
	// SHA256 is lower-case hexadecimal; empty only for a local file or an
	// index that publishes none.
	SHA256 string
	// Size is in bytes, 0 when the index does not say.
	Size int64
	// UploadTime is zero when the index does not say (PEP 700).
	UploadTime time.Time
}

// IsWheel tells a wheel from a source distribution.
func (f File) IsWheel() bool { return len(f.Filename.Tags) > 0 }

// Key identifies the bytes of the file: its digest where one is known, else
// its address. Two pins with the same key need one download.
func (f File) Key() string {
	switch {
	case f.SHA256 != "":
		return "sha256:" + f.SHA256
	case f.Path != "":
		return f.Path
	}
	return f.URL
}

// Pin is a project at one version, by one file, for one target.
type Pin struct {
	Project pep508.Name
	Version pep440.Version
	File    File
	// Source is what File was built from on this machine; nil for a file that is
	// as it was fetched.
	Source *File
	// Index is the address of the index that served the file, without
	// credentials; empty for local files and direct URLs.
	Index string
	// RequiresPython is the distribution's own, whole (PEP 440).
	RequiresPython pep440.SpecifierSet
	// Licence is what its metadata says of the licence, in a line, where it was
	// read. It is not part of pylock.toml.
	Licence string
	// Requires are the requirements of the distribution that hold for the
	// target and the extras asked of it.
	Requires []pep508.Requirement
	// Extras asked of the project for this target, sorted.
	Extras []pep508.Name
	// Direct says that the user's own requirements name the project.
	Direct bool
	// Via names the projects that require this one, sorted; the user's own
	// requirements are not among them.
	Via []pep508.Name
}

// Solution is everything one target needs.
type Solution struct {
	Target target.Target
	// Pins are sorted by project.
	Pins []Pin
	// Notes say what the reader should know: a version held back by another
	// platform, an extra that does not exist.
	Notes []string
}

// RequiresPython is what all pins together demand of the interpreter.
func (s Solution) RequiresPython() pep440.SpecifierSet {
	var all pep440.SpecifierSet
	for _, p := range s.Pins {
		all = all.And(p.RequiresPython)
	}
	return all
}

// Pin finds the pin of a project.
func (s Solution) Pin(project pep508.Name) (Pin, bool) {
	i, ok := slices.BinarySearchFunc(s.Pins, project, func(p Pin, n pep508.Name) int {
		switch {
		case p.Project < n:
			return -1
		case p.Project > n:
			return 1
		}
		return 0
	})
	if !ok {
		return Pin{}, false
	}
	return s.Pins[i], true
}

// Failure is a target for which nothing was found, and why.
type Failure struct {
	Target target.Target
	Err    error
}

// Lock is the outcome for a whole matrix. Solutions and Failures are each in
// the order of the targets asked for.
type Lock struct {
	Solutions []Solution
	Failures  []Failure
}

// Files lists every file of every solution once, in order of file name and
// then of key.
func (l Lock) Files() []File {
	seen := map[string]bool{}
	var files []File
	for _, s := range l.Solutions {
		for _, p := range s.Pins {
			if key := p.File.Key(); !seen[key] {
				seen[key] = true
				files = append(files, p.File)
			}
		}
	}
	slices.SortFunc(files, func(a, b File) int {
		if a.Filename.Text != b.Filename.Text {
			if a.Filename.Text < b.Filename.Text {
				return -1
			}
			return 1
		}
		if a.Key() < b.Key() {
			return -1
		}
		if a.Key() > b.Key() {
			return 1
		}
		return 0
	})
	return files
}
