package selector

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/wheel"
)

// Package is a dependency package as it lies in an extension zip.
type Package struct {
	// Member is its name in the zip: "dep/NAME-VERSION-TAGS.whl".
	Member   string
	Filename wheel.Filename
	// Size in bytes.
	Size int64
	// Read says that the package itself was looked at, and not its name alone.
	Read bool
	// RequiresPython is what the package's METADATA demands.
	RequiresPython pep440.SpecifierSet
	// Binaries is what its binaries say.
	Binaries Binaries
	// Problem says why the package cannot be used at all, or is nil.
	Problem error
}

// File is the package's file name.
func (p Package) File() string { return path.Base(p.Member) }

// listPackages fills in what lies under dep/, as far as names tell. A package
// that cannot be used stays in the list with its problem, so that selecting can
// say so.
func (z *Zip) listPackages() {
	m := z.Extension.Manifest
	for _, member := range z.reader.Members() {
		if !isPackage(member.Name) {
			continue
		}
		p := Package{Member: member.Name, Size: member.Size}
		p.Filename, p.Problem = parseFile(p.File(), m)
		z.Extension.Packages = append(z.Extension.Packages, p)
	}
	if len(z.Extension.Packages) > 0 && m.ZipSafe {
		z.Warnings = append(z.Warnings, fault.Warning{File: z.Path, Text: fmt.Sprintf(
			"zip_safe is true, so the %d dependency packages in %s/ are ignored; set zip_safe: false", len(z.Extension.Packages), packageFolder)})
	}
}

// parseFile reads the name of a package and checks that it is the extension's.
// A version may be spelled as the extension spells it, which has dashes: then
// the part that a wheel's name would take for a build number is none.
func parseFile(file string, m extension.Manifest) (wheel.Filename, error) {
	name := file
	if project, rest, ok := strings.Cut(file, "-"); ok && strings.Contains(m.Version.Text, "-") {
		if rest, ok = strings.CutPrefix(rest, m.Version.Text+"-"); ok {
			name = project + "-" + m.Version.PEP440.String() + "-" + rest
		}
	}
	f, err := wheel.ParseFilenameLenient(name)
	if err != nil {
		return f, err
	}
	f.Text = file
	switch {
	case f.Name != m.Project():
		err = fmt.Errorf("it is a package of %s, and the extension is %s", f.Name, m.Name)
	case !f.Version.Equal(m.Version.PEP440):
		err = fmt.Errorf("it is a package of version %s, and the extension is %s", f.Version, m.Version)
	}
	return f, err
}

// open opens a package, or gives the one that is open still.
func (z *Zip) open(member string) (*archive.Reader, error) {
	if z.last.member == member {
		return z.last.reader, nil
	}
	if z.last.reader != nil {
		_ = z.last.reader.Close()
		z.last = nested{}
	}
	r, err := archive.OpenNested(z.reader, member, archive.Limits{})
	if err == nil {
		z.last = nested{member, r}
	}
	return r, err
}

// read looks into a package, and leaves it open.
func (z *Zip) read(p *Package) {
	if p.Read || p.Problem != nil {
		return
	}
	r, err := z.open(p.Member)
	p.learn(r, err)
}

// readFitting looks into every package that one of the interpreters could use,
// several at once.
func (z *Zip) readFitting(ctx context.Context, list []candidate) {
	wanted := make([]bool, len(z.Extension.Packages))
	for i := range list {
		list[i].markFitting(wanted, z.Extension)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range z.Extension.Packages {
		p := &z.Extension.Packages[i]
		if !wanted[i] || p.Read || p.Problem != nil {
			continue
		}
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			r, err := archive.OpenNested(z.reader, p.Member, archive.Limits{})
			p.learn(r, err)
			if err == nil {
				_ = r.Close()
			}
			return nil
		})
	}
	_ = group.Wait()
}

// learn takes from a package what selecting needs.
func (p *Package) learn(r *archive.Reader, err error) {
	p.Read = true
	if err == nil {
		p.RequiresPython, err = requiresPython(r, p.Filename)
	}
	if err == nil {
		p.Binaries, err = readBinaries(r, p.Filename)
	}
	p.Problem = err
}

func requiresPython(r *archive.Reader, f wheel.Filename) (pep440.SpecifierSet, error) {
	var none pep440.SpecifierSet
	folder, err := wheel.DistInfo(r.Names(), f)
	if err != nil {
		return none, err
	}
	for _, file := range []string{"RECORD", "WHEEL"} {
		if _, ok := r.Member(folder + "/" + file); !ok {
			return none, fault.Errorf(fault.BadInput, "%s has no %s, so this is no wheel", folder, file)
		}
	}
	text, err := asRecorded(r, folder, "METADATA")
	if err != nil {
		return none, err
	}
	meta, err := wheel.ParseMetadata(text)
	switch {
	case err != nil:
		return none, err
	case meta.Name != f.Name || !meta.Version.Equal(f.Version):
		return none, fault.Errorf(fault.BadInput, "its METADATA is that of %s %s", meta.Name, meta.Version)
	}
	for _, invalid := range meta.Invalid {
		if strings.HasPrefix(invalid, "Requires-Python:") {
			return none, fault.New(fault.BadInput, "its METADATA cannot be understood: "+invalid)
		}
	}
	return meta.RequiresPython, nil
}

// asRecorded reads a file of a package's own folder, and holds it against the
// line that RECORD has of it.
func asRecorded(r *archive.Reader, folder, name string) ([]byte, error) {
	text, err := r.ReadFile(folder + "/" + name)
	if err != nil {
		return nil, err
	}
	record, err := r.ReadFile(folder + "/RECORD")
	if err != nil {
		return nil, err
	}
	// One line of thousands: the others are read when the package is extracted.
	_, line, ok := bytes.Cut(append([]byte("\n"), record...), []byte("\n"+folder+"/"+name+",sha256="))
	if !ok {
		return text, nil
	}
	want, _, _ := bytes.Cut(line, []byte(","))
	sum := sha256.Sum256(text)
	if got := base64.RawURLEncoding.EncodeToString(sum[:]); got != string(want) {
		return nil, fault.Errorf(fault.Mismatch, "its %s is not the one that RECORD names: it has sha256=%s, and RECORD says %s", name, got, want)
	}
	return text, nil
}

// record is the RECORD of an open package, and the hexadecimal SHA-256 of it:
// since it has those of all files, it stands for all that the package holds.
func record(r *archive.Reader, f wheel.Filename) (wheel.Record, string, error) {
	folder, err := wheel.DistInfo(r.Names(), f)
	if err != nil {
		return nil, "", err
	}
	text, err := r.ReadFile(folder + "/RECORD")
	if err != nil {
		return nil, "", err
	}
	entries, err := wheel.ParseRecord(text)
	if err != nil {
		return nil, "", fault.Errorf(fault.BadInput, "%s: %w", r.Path(), err)
	}
	sum := sha256.Sum256(text)
	return entries, hex.EncodeToString(sum[:]), nil
}
