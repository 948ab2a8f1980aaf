package merge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Foreign is a dependency package that was made elsewhere, by another machine
// or another tool, and whose name and contents were checked.
type Foreign struct {
	Filename wheel.Filename
	Path     string
	// RequiresPython is that of its METADATA; UIP-CLI writes none.
	RequiresPython pep440.SpecifierSet
	// Least is what its binaries need of a platform that its name gives without
	// a floor (linux_x86_64); the zero Platform where there is nothing to say.
	Least target.Platform
	// Generator is the tool that made it, as it says itself.
	Generator string
	// Trimmed is what was left out of it, in the words of [Trim.String].
	Trimmed string
	// Distributions are those whose dist-info it has, without its own.
	Distributions []string
	Files         int
	archive.Sums
}

// fits says whether the package is good for a target that its name admits.
func (f Foreign) fits(t target.Target) bool {
	some, _ := f.RequiresPython.AdmitsMinor(t.Python.Major, t.Python.Minor)
	return some && (f.Least == target.Platform{} || t.Platform.Admits(f.Least))
}

// CheckPackage checks a package made elsewhere for an extension: that its
// name is one of a package of this extension and version, that WHEEL has the
// tags of the name, that RECORD names every file as it is, and that its
// binaries keep what the tags promise. All reasons against it are reported at
// once, with [fault.BadInput], or [fault.Mismatch] where RECORD is not true.
func CheckPackage(ctx context.Context, path, name string, version pep440.Version) (Foreign, []finding.Finding, error) {
	file := filepath.Base(path)
	f, err := wheel.ParseFilename(file)
	if err != nil {
		return Foreign{}, nil, err
	}
	c := foreignCheck{Foreign: Foreign{Filename: f, Path: path}}
	c.identity(name, version)
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		return Foreign{}, nil, append(c.problems, err).Err()
	}
	defer func() { _ = r.Close() }()
	if err := c.look(ctx, r); err != nil {
		return Foreign{}, nil, append(c.problems, err).Err()
	}
	return c.Foreign, c.warnings, c.problems.Err()
}

// foreignCheck collects what is wrong with one package.
type foreignCheck struct {
	Foreign
	warnings []finding.Finding
	problems fault.List
}

func (c *foreignCheck) refuse(format string, args ...any) {
	c.problems = append(c.problems, fault.Errorf(fault.BadInput, "%s: %s", c.Filename.Text, fmt.Sprintf(format, args...)))
}

func (c *foreignCheck) warn(code finding.Code, format string, args ...any) {
	c.warnings = append(c.warnings, finding.Finding{
		Code: code, Severity: finding.Warning, Package: c.Filename.Text, Text: c.Filename.Text + ": " + fmt.Sprintf(format, args...),
	})
}

// identity holds the name of the file against the extension.
func (c *foreignCheck) identity(name string, version pep440.Version) {
	if want := pep508.Normalize(name); c.Filename.Name != want {
		c.refuse("is a package of %s, not of %s", c.Filename.Name, want)
	}
	if !c.Filename.Version.Equal(version) {
		c.refuse("is for version %s, not %s", c.Filename.Version, version)
	}
}

// look reads the package whole.
func (c *foreignCheck) look(ctx context.Context, r *archive.Reader) error {
	contents, err := inspect(ctx, r, c.Filename)
	if contents == nil {
		return err
	}
	var several fault.List
	if errors.As(err, &several) {
		c.problems = append(c.problems, several...)
	}
	if err := c.documents(r, contents.DistInfo); err != nil {
		return err
	}
	for _, text := range contents.Findings {
		c.refuse("%s", text)
	}
	for _, dir := range wheel.DistInfos(r.Names()) {
		if dir != contents.DistInfo {
			c.Distributions = append(c.Distributions, strings.TrimSuffix(dir, ".dist-info"))
		}
	}
	c.Files = len(contents.Members)
	c.binaries(contents.Binaries)
	return c.sum()
}

// documents holds WHEEL against the name of the file, and reads what
// METADATA asks of Python.
func (c *foreignCheck) documents(r *archive.Reader, dir string) error {
	info, err := wheel.ReadInfo(r.Names(), r.ReadFile, c.Filename)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Filename.Text, err)
	}
	c.Generator, c.Trimmed = info.Generator, info.Trimmed
	if made, _, renamed := info.Renamed(c.Filename); renamed {
		c.refuse("was made as %s, so its file was renamed", made)
	}
	data, err := r.ReadFile(dir + "/METADATA")
	if err != nil {
		return err
	}
	m, err := wheel.ParseMetadata(data)
	c.RequiresPython = m.RequiresPython
	return err
}

// binaries holds native files against the tags.
func (c *foreignCheck) binaries(list []native.Facts) {
	for _, found := range native.CheckAll(list, c.Filename.Tags) {
		if found.Certain {
			c.refuse("%s", found)
		} else {
			c.warn(finding.BinaryDoubt, "%s", found)
		}
	}
	for _, platform := range c.Filename.Platforms {
		if arch, ok := strings.CutPrefix(platform, "linux_"); ok {
			c.bareLinux(platform, arch, list)
		}
	}
}

// bareLinux says what a platform without a floor hides.
func (c *foreignCheck) bareLinux(platform, arch string, list []native.Facts) {
	var need Need
	for _, facts := range list {
		for _, image := range facts.Images {
			least, ok := needOf(facts.Format, image, target.Platform{Family: target.Manylinux, Arch: arch})
			if ok && (need.Member == "" || least.Compare(need.Least) > 0) {
				need = Need{Least: least, Member: facts.Name}
			}
		}
	}
	if need.Member == "" {
		c.warn(finding.LinuxFloor, "%s says nothing of the C library", platform)
		return
	}
	c.Least = need.Least
	c.warn(finding.LinuxFloor, "%s says nothing of the C library: in truth it needs %s (%s)", platform, need.Least, need.Member)
}

// sum hashes the file, so that it can be embedded.
func (c *foreignCheck) sum() error {
	in, err := os.Open(c.Path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	data := archive.NewHashingWriter(io.Discard)
	if _, err := io.Copy(data, in); err != nil {
		return err
	}
	c.Sums, err = data.Finish()
	return err
}
