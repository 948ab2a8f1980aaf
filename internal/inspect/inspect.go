// Package inspect says what an extension zip really holds: its packages, their
// distributions with versions, licences and sizes, what is native and which
// floor that needs, and the entry points. It reads what tools other than axle
// made as well, UIP-CLI's archives among them.
//
// What is said comes from the files themselves: METADATA, RECORD and
// entry_points.txt of each distribution, and the headers of the binaries. A
// package that cannot be read is reported with its problem beside the others.
// Hashes are not compared, but where it is told which package serves what.
package inspect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/selector"
)

// Extension is an extension zip. Sizes are in bytes.
type Extension struct {
	File           string `json:"file"`
	Size           int64  `json:"size"`
	SHA256         string `json:"sha256"`
	Name           string `json:"name"`
	Version        string `json:"extension_version"`
	APILevel       string `json:"api_level"`
	RequiresPython string `json:"requires_python"`
	ZipSafe        bool   `json:"zip_safe"`
	Description    string `json:"description,omitempty"`
	Owner          string `json:"owner,omitempty"`
	// Own are the files that are neither in a package nor of a distribution.
	Own Amount `json:"own_files"`
	// Distributions lie beside the modules, where zip_safe is true.
	Distributions []Distribution `json:"distributions,omitempty"`
	Packages      []Package      `json:"packages"`
	// SBOMs are the bills of materials beside the modules.
	SBOMs []string `json:"sboms,omitempty"`

	Warnings []fault.Warning `json:"-"`

	refused string // why it runs nowhere
	python  extension.PythonRange
	keys    map[string]string // of extension.yml
	files   map[fileKey]FileState
}

// Amount is a number of files and their size, unpacked.
type Amount struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Package is a dependency package.
type Package struct {
	File string `json:"file"`
	Size int64  `json:"size"`
	Amount
	Tags           []string `json:"tags"`
	RequiresPython string   `json:"requires_python,omitempty"`
	Generator      string   `json:"generator,omitempty"`
	// Trimmed is what was left out of it, as it says itself.
	Trimmed string `json:"trimmed,omitempty"`
	// Needs are the floors of its binaries: "glibc 2.28", "macOS 11.0".
	Needs         []string       `json:"needs,omitempty"`
	Distributions []Distribution `json:"distributions"`
	// SBOMs are the bills of materials that the package brings of itself, by
	// their paths in it.
	SBOMs []string `json:"sboms,omitempty"`
	// Problem says why the package cannot be read, or used at all.
	Problem string `json:"problem,omitempty"`

	choosable
	refusal selector.Refusal // see [Extension.Judge]
	crc     uint32
	files   map[fileKey]FileState
}

// Distribution is a project's files inside a package, as its dist-info names
// them.
type Distribution struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Summary string `json:"summary,omitempty"`
	// License is an SPDX expression where there is one, else what METADATA says
	// in other words; "" where it says nothing.
	License        string   `json:"license,omitempty"`
	LicenseFiles   []string `json:"license_files,omitempty"`
	RequiresPython string   `json:"requires_python,omitempty"`
	Requires       []string `json:"requires,omitempty"`
	Amount
	Native      []Native     `json:"native,omitempty"`
	EntryPoints []EntryPoint `json:"entry_points,omitempty"`

	tags   string // of the wheel that it was
	packed int64  // bytes that it has inside of its archive
}

// Native is a file of machine code.
type Native struct {
	Path string `json:"path"`
	// For names the systems and processors: "linux x86_64".
	For []string `json:"for"`
	// Needs is its floor: "glibc 2.17"; "" where it has none.
	Needs string `json:"needs,omitempty"`
	// ABI is the Python ABI that its name claims: "cp311", "abi3".
	ABI string `json:"abi,omitempty"`

	glibc [2]int
}

// EntryPoint is a line of entry_points.txt.
type EntryPoint struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Zip reads an extension zip, or a full package around one. Errors are those of
// [selector.Open].
func Zip(ctx context.Context, file string) (Extension, error) {
	z, err := selector.Open(file)
	if err != nil {
		return Extension{File: file}, err
	}
	defer z.Close()
	m := z.Extension.Manifest
	out := Extension{
		File: file, Size: z.Size, Warnings: z.Warnings, Packages: make([]Package, len(z.Extension.Packages)),
		Name: m.Name, Version: m.Version.String(), APILevel: m.APILevel.String(), RequiresPython: m.RequiresPython.String(),
		python: m.RequiresPython, keys: keysOf(m), files: statesOf("", z.Own()), ZipSafe: m.ZipSafe, Description: m.Description, Owner: ownerText(m.Owner),
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range z.Extension.Packages {
		group.Go(func() error {
			out.Packages[i] = readPackage(ctx, z, p)
			return ctx.Err()
		})
	}
	group.Go(func() (err error) {
		out.SHA256, err = digest(file)
		return err
	})
	out.Distributions, out.Own = readOwn(ctx, z)
	if _, ok := z.Archive().Member(sbom.InZip); ok {
		out.SBOMs = []string{sbom.InZip}
	}
	err = group.Wait()
	for _, p := range out.Packages {
		maps.Copy(out.files, p.files)
	}
	out.setApart(z.Archive())
	return out, err
}

// Judge finds out what is refused, by [selector.Refusals], for which it reads and
// compares all that is in the zip: such a package serves nothing in
// [Extension.Matrix].
func (e *Extension) Judge(ctx context.Context) error {
	refusals, err := selector.Refusals(ctx, e.File)
	if err != nil {
		return err
	}
	e.refused = refusals[""].Text
	for i := range e.Packages {
		e.Packages[i].refusal = refusals[e.Packages[i].File]
	}
	return nil
}

func digest(file string) (string, error) {
	in, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func ownerText(o extension.Owner) string {
	switch {
	case o.Name != "" && o.Organization != "":
		return o.Name + ", " + o.Organization
	case o.Name != "":
		return o.Name
	}
	return o.Organization
}
