package selector

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// nestedZip is the extension zip inside a full package of the product
// (unv_tmplt_NAME-VERSION.zip), beside its template.
const nestedZip = "extension_archive.zip"

// packageFolder is where an extension zip has its dependency packages.
const packageFolder = "dep"

// mainModule is what an extension begins with.
const mainModule = "extension.py"

// Zip is an extension zip that was checked and read. Close it after use. It
// serves one goroutine.
type Zip struct {
	// Path is the file that was opened, and Size its size in bytes.
	Path string
	Size int64
	// Extension is what is in it. What packages say of themselves is read as
	// far as it is needed, see [Zip.Select].
	Extension Extension
	Warnings  []fault.Warning

	reader *archive.Reader
	outer  *archive.Reader // the full package around it, or nil
	last   nested          // the package that was read last
	stamp  string          // of the file, from before it was read
}

// nested is a package that is open.
type nested struct {
	member string
	reader *archive.Reader
}

// Extension is what selecting needs to know of an extension.
type Extension struct {
	Manifest extension.Manifest
	// Packages are the dependency packages, in the order of the zip.
	Packages []Package
}

// Open reads an extension zip: its manifest, and the names of its dependency
// packages. A full package (unv_tmplt_NAME-VERSION.zip) is unwrapped. Nothing is
// extracted. A file that is not there is an error with exit code 11, one that
// is no extension zip of 3.
func Open(file string) (*Zip, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, file+": no such file", "axle build makes one, in dist/extension_build of the project")
	case err != nil:
		return nil, fault.WithCode(err, fault.BadInput)
	}
	stamp := deployments.Stamp(file, time.Now())
	reader, err := archive.OpenReader(file, archive.Limits{})
	if errors.Is(err, archive.ErrFormat) {
		return nil, fault.WithHints(err, "copy it again from where it was built, or build it again: axle build")
	}
	if err != nil {
		return nil, err
	}
	z := &Zip{Path: file, Size: info.Size(), reader: reader, stamp: stamp}
	if err = z.unwrap(); err == nil {
		err = z.readManifest()
	}
	if err != nil {
		return nil, errors.Join(err, z.Close())
	}
	z.listPackages()
	return z, nil
}

// Close releases the file.
func (z *Zip) Close() error {
	var errs []error
	for _, r := range []*archive.Reader{z.last.reader, z.reader, z.outer} {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	return errors.Join(errs...)
}

// unwrap goes to the extension zip inside a full package.
func (z *Zip) unwrap() error {
	if _, ok := z.reader.Member(extension.ManifestName); ok {
		return nil
	}
	if _, ok := z.reader.Member(nestedZip); !ok {
		return fault.New(fault.BadInput, fmt.Sprintf("%s: no %s in it, so it is not an extension zip", z.Path, extension.ManifestName),
			"make one with: axle build")
	}
	inner, err := archive.OpenNested(z.reader, nestedZip, archive.Limits{})
	if err != nil {
		return err
	}
	z.outer, z.reader = z.reader, inner
	if _, ok := inner.Member(extension.ManifestName); !ok {
		return fault.Errorf(fault.BadInput, "%s: %s in it has no %s", z.Path, nestedZip, extension.ManifestName)
	}
	return nil
}

func (z *Zip) readManifest() error {
	text, err := z.reader.ReadFile(extension.ManifestName)
	if err != nil {
		return err
	}
	z.Extension.Manifest, z.Warnings, err = extension.ParseManifest(z.Path+"/"+extension.ManifestName, text)
	return err
}

// isPackage tells the dependency packages from the extension's own files.
func isPackage(name string) bool {
	return path.Dir(name) == packageFolder && path.Ext(name) == wheel.Extension
}

// isOwn is the opposite of isPackage.
func isOwn(name string) bool { return !isPackage(name) }

// Own are the extension's own files, by name, for axle's own reports.
func (z *Zip) Own() []archive.Member {
	own := slices.DeleteFunc(slices.Clone(z.reader.Members()), func(m archive.Member) bool { return isPackage(m.Name) })
	slices.SortFunc(own, func(a, b archive.Member) int { return cmp.Compare(a.Name, b.Name) })
	return own
}

// digest is the hexadecimal SHA-256 over the names, modes and contents of the
// extension's own files. It reads them all, and so finds what is damaged.
func (z *Zip) digest() (string, error) {
	sum := sha256.New()
	for _, m := range z.Own() {
		fmt.Fprintf(sum, "%q %o %d\n", m.Name, m.Mode, m.Size)
		data, err := z.reader.Open(m.Name)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, data)
		if err = errors.Join(err, data.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// writeOwn writes a zip of the extension's own files, still compressed.
func (z *Zip) writeOwn(file string) error {
	return archive.WriteFile(file, func(out io.Writer) error {
		w := archive.NewWriter(out)
		for _, m := range z.Own() {
			if err := w.CopyRaw(z.reader, m, m.Name, m.Mode); err != nil {
				return err
			}
		}
		return w.Close()
	})
}
