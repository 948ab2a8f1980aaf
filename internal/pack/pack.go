// Package pack puts an extension zip together: extension.yml, the modules,
// and what they depend on.
//
// With zip_safe: false the dependency packages lie under dep/, stored without
// compressing them again, so that an agent reads the one it wants in place.
// With zip_safe: true there are no packages: the files of the dependencies lie
// beside the modules, where zipimport and importlib.metadata find them. That
// needs one set of files for all targets ([OneSet]) without any binary, since a
// zip can neither choose between files nor load a binary.
//
// The layout is that of UIP-CLI 2.1.1, less the EGG-INFO folder, which its
// build library leaves behind and nobody reads. Members are sorted by path and
// have the mode 0644, except for scripts of dependencies; the bytes of the zip
// depend on its contents alone. It is written whole or not at all.
package pack

import (
	"context"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// ManifestName is the file that makes a zip an extension.
const ManifestName = "extension.yml"

// Folder is where dependency packages lie.
const Folder = "dep"

// Package is a dependency package that lies on this machine.
type Package struct {
	// Name is its file name.
	Name string
	// Path is where it lies.
	Path string
	// Sums are those of the file. A file that differs is an error.
	archive.Sums
	// Wait, when not nil, gives the sums once the file is there: the zip can
	// then be written while packages still are.
	Wait func(context.Context) (archive.Sums, error)
	// Platforms are those of its targets; empty when they are not known.
	Platforms []target.Platform
}

// Member is a file of a dependency.
type Member struct {
	Path string
	// Owner names the distribution, "requests 2.32.3".
	Owner string
	// Native says that the file is a binary.
	Native bool
	// WriteTo adds the file to an archive, under Path.
	WriteTo func(*archive.Writer) error
}

// Extension is what goes into a zip.
type Extension struct {
	// Name is the extension's name, for messages and file names.
	Name    string
	Version pep440.Version
	// Manifest is extension.yml as packed: without the section "bundle".
	Manifest []byte
	// Source holds the modules, and Modules names them.
	Source  fs.FS
	Modules []string
	// ZipSafe decides which of the next two may be there.
	ZipSafe  bool
	Members  []Member  // with zip_safe: true
	Packages []Package // with zip_safe: false
}

// Filename is how the zip is called. A part for one platform says which.
func Filename(name string, version pep440.Version, part string) string {
	stem := pep508.Normalize(name).Escaped() + "-" + version.String()
	if part != "" {
		stem += "-" + part
	}
	return stem + ".zip"
}

// Written is a zip that was written.
type Written struct {
	Path  string
	Files int
	archive.Sums
}

// WriteFile writes an extension zip to a path, whole or not at all.
func WriteFile(ctx context.Context, path string, e Extension) (Written, error) {
	written := Written{Path: path}
	if err := e.Check(); err != nil {
		return Written{}, err
	}
	var err error
	written.Sums, err = archive.WriteHashed(path, func(out io.Writer) (err error) {
		written.Files, err = e.write(ctx, out)
		return err
	})
	if err != nil {
		return Written{}, err
	}
	return written, nil
}

// itself stands for the owner of what no dependency brought.
const itself = "the extension itself"

// file is one member of the zip.
type file struct {
	path  string
	owner string // for messages
	write func(context.Context, *archive.Writer) error
}

// write writes the zip and counts its members.
func (e Extension) write(ctx context.Context, out io.Writer) (int, error) {
	files := e.files()
	slices.SortStableFunc(files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	w := archive.NewWriter(out)
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := f.write(ctx, w); err != nil {
			return 0, err
		}
	}
	return len(files), w.Close()
}

// files lists all members, those of the extension itself first.
func (e Extension) files() []file {
	files := []file{{ManifestName, itself, func(_ context.Context, w *archive.Writer) error {
		return w.Add(ManifestName, 0o644, e.Manifest)
	}}}
	for _, m := range e.Modules {
		files = append(files, file{m, itself, func(_ context.Context, w *archive.Writer) error {
			data, err := fs.ReadFile(e.Source, m)
			if err != nil {
				return fault.Errorf(fault.BadInput, "%s: %w", m, err)
			}
			return w.Add(m, 0o644, data)
		}})
	}
	for _, m := range e.Members {
		files = append(files, file{m.Path, m.Owner, func(_ context.Context, w *archive.Writer) error { return m.WriteTo(w) }})
	}
	for _, p := range e.Packages {
		files = append(files, file{path.Join(Folder, p.Name), p.Name, p.write})
	}
	return files
}

// write embeds the package.
func (p Package) write(ctx context.Context, w *archive.Writer) error {
	sums := p.Sums
	if p.Wait != nil {
		var err error
		if sums, err = p.Wait(ctx); err != nil {
			return err
		}
	}
	return w.StoredFile(path.Join(Folder, p.Name), p.Path, sums)
}

// Part is an extension zip for one platform.
type Part struct {
	Platform target.Platform
	Packages []Package
}

// Split deals packages out to one zip for each platform that they serve, in
// the order of platforms. A package for several platforms is in several
// zips, and one whose platforms are not known in all. The other platforms
// have a zip too, which needs no package.
func Split(packages []Package, others ...target.Platform) []Part {
	platforms := slices.Clone(others)
	for _, p := range packages {
		platforms = append(platforms, p.Platforms...)
	}
	slices.SortFunc(platforms, target.Platform.Compare)
	var parts []Part
	for _, platform := range slices.Compact(platforms) {
		part := Part{Platform: platform}
		for _, p := range packages {
			if len(p.Platforms) == 0 || slices.Contains(p.Platforms, platform) {
				part.Packages = append(part.Packages, p)
			}
		}
		parts = append(parts, part)
	}
	return parts
}
