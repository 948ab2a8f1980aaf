package selector

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/wheel"
)

// manifestName is where an extension zip has its manifest.
const manifestName = "extension.yml"

// nestedZip is the extension zip inside a full package of the product
// (unv_tmplt_NAME-VERSION.zip), beside its template.
const nestedZip = "extension_archive.zip"

// packageFolder is where an extension zip has its dependency packages.
const packageFolder = "dep/"

// Zip is an extension zip that was checked and read. Close it after use.
type Zip struct {
	// Path is the file that was opened.
	Path string
	// Size of that file in bytes.
	Size int64
	// Digest identifies the content: the hexadecimal SHA-256 over name, size
	// and CRC-32 of every member.
	Digest    string
	Extension Extension
	Warnings  []fault.Warning

	reader *archive.Reader
	outer  *archive.Reader // the full package around it, or nil
}

// Extension is what selecting needs to know of an extension.
type Extension struct {
	Manifest extension.Manifest
	Packages []Package
}

// Package is a dependency package as it lies in an extension zip.
type Package struct {
	// Member is its name in the zip: "dep/NAME-VERSION-TAGS.whl".
	Member   string
	Filename wheel.Filename
	// Size in bytes.
	Size int64
	// RequiresPython is what the package's METADATA demands.
	RequiresPython pep440.SpecifierSet
	// Problem says why the package cannot be used at all, or is nil.
	Problem error
}

// File is the package's file name.
func (p Package) File() string { return path.Base(p.Member) }

// Open reads an extension zip: its manifest, and of each dependency package
// its name and METADATA. A full package (unv_tmplt_NAME-VERSION.zip) is
// unwrapped. Nothing is extracted. Errors have exit code 3.
func Open(file string) (_ *Zip, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	reader, err := archive.OpenReader(file, archive.Limits{})
	if err != nil {
		return nil, err
	}
	z := &Zip{Path: file, Size: info.Size(), reader: reader}
	defer func() {
		if err != nil {
			z.Close()
		}
	}()
	if err := z.unwrap(); err != nil {
		return nil, err
	}
	if err := z.readManifest(); err != nil {
		return nil, err
	}
	z.Digest = digest(z.reader)
	z.readPackages()
	return z, nil
}

// Close releases the file.
func (z *Zip) Close() error {
	err := z.reader.Close()
	if z.outer != nil {
		err = errors.Join(err, z.outer.Close())
	}
	return err
}

// unwrap goes to the extension zip inside a full package.
func (z *Zip) unwrap() error {
	if _, ok := z.reader.Member(manifestName); ok {
		return nil
	}
	if _, ok := z.reader.Member(nestedZip); !ok {
		return fault.New(fault.BadInput, fmt.Sprintf("%s: no %s in it, so it is not an extension zip", z.Path, manifestName),
			"make one with: axle build")
	}
	inner, err := archive.OpenNested(z.reader, nestedZip, archive.Limits{})
	if err != nil {
		return err
	}
	z.outer, z.reader = z.reader, inner
	if _, ok := inner.Member(manifestName); !ok {
		return fault.Errorf(fault.BadInput, "%s: %s in it has no %s", z.Path, nestedZip, manifestName)
	}
	return nil
}

func (z *Zip) readManifest() error {
	text, err := z.reader.ReadFile(manifestName)
	if err != nil {
		return err
	}
	m, warnings, err := extension.ParseManifest(z.Path+"/"+manifestName, text)
	z.Extension.Manifest, z.Warnings = m, warnings
	return err
}

// readPackages fills in what lies under dep/. A package that cannot be read
// stays in the list with its problem, so that selecting can say so.
func (z *Zip) readPackages() {
	m := z.Extension.Manifest
	for _, member := range z.reader.Members() {
		if !strings.HasPrefix(member.Name, packageFolder) || !strings.HasSuffix(member.Name, ".whl") {
			continue
		}
		p := Package{Member: member.Name, Size: member.Size}
		if p.Filename, p.Problem = wheel.ParseFilename(p.File()); p.Problem == nil {
			p.Problem = belongs(p.Filename, m)
		}
		if p.Problem == nil {
			p.RequiresPython, p.Problem = z.requiresPython(p)
		}
		z.Extension.Packages = append(z.Extension.Packages, p)
	}
	if len(z.Extension.Packages) > 0 && m.ZipSafe {
		z.Warnings = append(z.Warnings, fault.Warning{File: z.Path, Text: fmt.Sprintf(
			"zip_safe is true, so the %d dependency packages in %s are ignored; set zip_safe: false", len(z.Extension.Packages), packageFolder)})
	}
}

// belongs checks that a package is named after the extension.
func belongs(f wheel.Filename, m extension.Manifest) error {
	if f.Name != m.Project() {
		return fmt.Errorf("%s: its name is %s, and the extension is %s", f.Text, f.Name, m.Name)
	}
	if !f.Version.Equal(m.Version.PEP440) {
		return fmt.Errorf("%s: its version is %s, and the extension is %s", f.Text, f.Version, m.Version)
	}
	return nil
}

func (z *Zip) requiresPython(p Package) (pep440.SpecifierSet, error) {
	inner, err := archive.OpenNested(z.reader, p.Member, archive.Limits{})
	if err != nil {
		return pep440.SpecifierSet{}, err
	}
	defer inner.Close()
	folder, err := wheel.DistInfo(ownDistInfo(inner.Names(), p.Filename), p.Filename)
	if err != nil {
		return pep440.SpecifierSet{}, err
	}
	text, err := inner.ReadFile(folder + "/METADATA")
	if err != nil {
		return pep440.SpecifierSet{}, err
	}
	meta, err := wheel.ParseMetadata(text)
	return meta.RequiresPython, err
}

// ownDistInfo keeps, of the member names of a package, those of dist-info
// folders that can be its own: beside it lie those of the distributions.
func ownDistInfo(names []string, f wheel.Filename) []string {
	var own []string
	for _, name := range names {
		folder, _, ok := strings.Cut(name, "/")
		if !ok || !strings.HasSuffix(folder, ".dist-info") {
			continue
		}
		project, _, _ := strings.Cut(strings.TrimSuffix(folder, ".dist-info"), "-")
		if strings.EqualFold(project, f.Name.Escaped()) {
			own = append(own, name)
		}
	}
	return own
}

// digest sums up what is in an archive by its directory.
func digest(r *archive.Reader) string {
	h := sha256.New()
	for _, m := range r.Members() {
		io.WriteString(h, m.Name)
		binary.Write(h, binary.BigEndian, []uint64{0, uint64(m.Size), uint64(m.CRC32)})
	}
	return hex.EncodeToString(h.Sum(nil))
}
