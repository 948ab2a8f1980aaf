package sbom

import (
	"cmp"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// Thing is what was built: a dependency package, or an extension zip with its
// dependencies beside its modules.
type Thing struct {
	Name    pep508.Name
	Version pep440.Version
	// File is its file name.
	File string
	// Application says that it is the extension itself, not its dependencies.
	Application bool
	// Trimmed names the kinds of files that were left out of the distributions:
	// "tests, stubs".
	Trimmed string
	// Distributions are in it.
	Distributions []Distribution
}

// Distribution is a project at a version, by one wheel.
type Distribution struct {
	Name    pep508.Name
	Version pep440.Version
	// File is the name of the wheel and SHA256 its digest in hexadecimal.
	File, SHA256 string
	// Source is what the wheel was built from on the machine that built; it
	// has no path where the wheel was taken as it is, and no digest where the
	// source was a folder.
	Source File
	// Metadata says which licence it has.
	Metadata wheel.Metadata
	// Files are those that are named: see [Notable].
	Files []File
	// Direct says that the extension itself requires it.
	Direct bool
	// Requires are the others that it requires, for any target that the thing
	// is for.
	Requires []pep508.Name
}

// File is a file by its path, and its SHA-256 in hexadecimal where it is known.
type File struct{ Path, SHA256 string }

// Notable says whether a document names a file of a distribution: a licence, an
// SBOM of its own, or a library that repairing the wheel put into it.
func Notable(name string) bool {
	return inInfo(name, "licenses") || inInfo(name, "sboms") || isLicence(name) || Bundled(name)
}

// inInfo says whether a file is in a folder of a dist-info folder.
func inInfo(name, folder string) bool {
	info, rest, _ := strings.Cut(name, "/")
	return strings.HasSuffix(info, ".dist-info") && strings.HasPrefix(rest, folder+"/")
}

// isLicence knows licences by their names, for the time before PEP 639.
func isLicence(name string) bool {
	info, rest, _ := strings.Cut(name, "/")
	if !strings.HasSuffix(info, ".dist-info") || strings.Contains(rest, "/") {
		return false
	}
	rest = strings.ToUpper(rest)
	for _, word := range []string{"LICEN", "COPYING", "NOTICE", "AUTHORS"} {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// Bundled says whether a file lies where auditwheel, delvewheel and delocate put
// the libraries that they copy into a wheel.
func Bundled(name string) bool {
	folder := path.Dir(name)
	first, _, _ := strings.Cut(name, "/")
	return folder != "." && (strings.HasSuffix(first, ".libs") || path.Base(folder) == ".dylibs")
}

// Hex writes a digest.
func Hex(sum [32]byte) string { return hex.EncodeToString(sum[:]) }

// Document is the bill of materials of the thing.
func (t Thing) Document() Document {
	about := Component{Type: "library", Name: string(t.Name), Version: t.Version.String(), PURL: purl("generic", t.Name, t.Version, t.File)}
	if t.Application {
		about.Type = "application"
	}
	about.Ref = about.PURL
	if t.Trimmed != "" {
		about.Properties = []Property{{"axle:trimmed", t.Trimmed}}
	}
	d := newDocument(about, "build")
	list := slices.SortedFunc(slices.Values(t.Distributions), func(a, b Distribution) int { return cmp.Compare(a.Name, b.Name) })
	refs := map[pep508.Name]string{}
	for _, dist := range list {
		c := dist.component()
		refs[dist.Name] = c.Ref
		d.Components = append(d.Components, c)
	}
	d.Dependencies = graph(about.Ref, list, refs)
	return d
}

// graph says what requires what. The thing itself requires what the extension
// does, and what nothing else in it is known to require.
func graph(root string, list []Distribution, refs map[pep508.Name]string) []Dependency {
	if len(list) == 0 {
		return nil
	}
	required := map[pep508.Name]bool{}
	known := slices.ContainsFunc(list, func(d Distribution) bool { return d.Direct })
	var all []Dependency
	for _, dist := range list {
		one := Dependency{Ref: refs[dist.Name]}
		for _, name := range dist.Requires {
			if ref, ok := refs[name]; ok && name != dist.Name {
				required[name] = true
				one.DependsOn = append(one.DependsOn, ref)
			}
		}
		slices.Sort(one.DependsOn)
		one.DependsOn = slices.Compact(one.DependsOn)
		if known || one.DependsOn != nil { // to be listed without any means to require nothing
			all = append(all, one)
		}
	}
	top := Dependency{Ref: root}
	for _, dist := range list {
		if dist.Direct || !required[dist.Name] {
			top.DependsOn = append(top.DependsOn, refs[dist.Name])
		}
	}
	slices.Sort(top.DependsOn)
	return append([]Dependency{top}, all...)
}

func (dist Distribution) component() Component {
	m := dist.Metadata
	c := Component{
		Type: "library", Name: string(dist.Name), Version: dist.Version.String(),
		Summary: m.Summary, Licenses: Licenses(m), Hashes: hashes(dist.SHA256),
	}
	if m.NameText != "" {
		c.Name = m.NameText
	}
	file := dist.File
	switch {
	case dist.Source.SHA256 != "":
		file = path.Base(dist.Source.Path)
	case dist.Source.Path != "":
		file = "" // no file of it is anywhere
	}
	c.PURL = purl("pypi", dist.Name, dist.Version, file)
	c.Ref = c.PURL
	if dist.Source.SHA256 != "" {
		c.References = append(c.References, Reference{
			Type: "source-distribution", URL: relative(file), Hashes: hashes(dist.Source.SHA256), Comment: "the wheel was built from it",
		})
	}
	files := slices.SortedFunc(slices.Values(dist.Files), func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	for _, f := range files {
		if Bundled(f.Path) {
			c.Components = append(c.Components, Component{Type: "file", Ref: c.Ref + "#" + relative(f.Path), Name: f.Path, Hashes: hashes(f.SHA256)})
			continue
		}
		kind := "license"
		if inInfo(f.Path, "sboms") {
			kind = "bom"
		}
		c.References = append(c.References, Reference{Type: kind, URL: relative(f.Path), Hashes: hashes(f.SHA256)})
	}
	return c
}

func hashes(sum string) []Hash {
	if sum == "" {
		return nil
	}
	return []Hash{{"SHA-256", sum}}
}
