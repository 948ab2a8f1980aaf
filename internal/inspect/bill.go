package inspect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"slices"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/selector"
)

// Bill is one bill of materials (CycloneDX) for a whole extension zip: the
// extension, its packages, and every distribution once. Of packages that bring
// one it is what they say; of others what their dist-info folders tell, without
// the digests of the wheels they were made of, and without what requires what.
// Errors are those of [selector.Open], and the documents that cannot be read.
func Bill(ctx context.Context, file string) ([]byte, error) {
	z, err := selector.Open(file)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	m := z.Extension.Manifest
	b := bill{components: map[string]sbom.Component{}, requires: map[string][]string{}, partly: map[string][]string{}}
	b.about = sbom.Thing{Name: m.Project(), Version: m.Version.PEP440, Application: true}.Document()
	b.about.Metadata.Lifecycles = []sbom.Lifecycle{{Phase: "post-build"}}
	b.root = b.about.Metadata.Component.Ref
	if err := b.own(z); err != nil {
		return nil, err
	}
	for _, p := range z.Extension.Packages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.pack(z, p); err != nil {
			return nil, err
		}
	}
	return b.document().Marshal(), nil
}

// WriteBill writes the bill of materials of a zip to a file, whole or not at all.
func WriteBill(ctx context.Context, zip, path string) error {
	data, err := Bill(ctx, zip)
	if err != nil {
		return err
	}
	err = archive.WriteFile(path, func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, path+": its folder does not exist", "make the folder, or name another file")
	}
	return err
}

// bill is what was gathered.
type bill struct {
	about      sbom.Document
	root       string
	components map[string]sbom.Component // by their references
	requires   map[string][]string
	partly     map[string][]string // references, by how much is known of them
}

// own adds what lies beside the modules.
func (b *bill) own(z *selector.Zip) error {
	r := z.Archive()
	m := z.Extension.Manifest
	thing := sbom.Thing{Name: m.Project(), Version: m.Version.PEP440, Application: true}
	d, err := documentOf(r, "", sbom.InZip, thing)
	if err == nil {
		b.join(d, b.root)
	}
	return err
}

// pack adds a package and what is in it.
func (b *bill) pack(z *selector.Zip, p selector.Package) error {
	r, err := archive.OpenNested(z.Archive(), p.Member, archive.Limits{})
	if err != nil {
		return err
	}
	defer r.Close()
	own, _ := wheel.DistInfo(r.Names(), p.Filename) // of what has none nothing more is known
	thing := sbom.Thing{Name: p.Filename.Name, Version: p.Filename.Version, File: p.File()}
	d, err := documentOf(r, own, own+"/"+sbom.InPackage, thing)
	if err != nil {
		return err
	}
	// What the package says of itself is not taken from it.
	about := thing.Document().Metadata.Component
	sum, err := digestOf(z.Archive(), p.Member)
	if err != nil {
		return err
	}
	about.Hashes = []sbom.Hash{{Algorithm: "SHA-256", Content: sum}}
	b.components[about.Ref] = about
	b.requires[b.root] = append(b.requires[b.root], about.Ref)
	if _, said := r.Member(own + "/" + sbom.InPackage); !said {
		how := sbom.Incomplete
		if len(d.Components) == 0 {
			how = sbom.Unknown
		}
		b.partly[how] = append(b.partly[how], about.Ref)
	}
	b.join(d, about.Ref)
	return nil
}

// documentOf reads a bill of materials, or makes one of the dist-info folders
// beside it, but for the folder own.
func documentOf(r *archive.Reader, own, name string, t sbom.Thing) (sbom.Document, error) {
	if _, ok := r.Member(name); ok {
		data, err := r.ReadFile(name)
		if err != nil {
			return sbom.Document{}, err
		}
		d, err := sbom.Parse(data)
		if err != nil {
			err = fmt.Errorf("%s: %s: %w", r.Path(), name, err)
		}
		return d, err
	}
	for _, folder := range wheel.DistInfos(r.Names()) {
		if folder == own {
			continue
		}
		if dist, ok := distributionOf(r, folder); ok {
			t.Distributions = append(t.Distributions, dist)
		}
	}
	return t.Document(), nil
}

// distributionOf is what a dist-info folder tells; not ok where it does not
// even tell which distribution it is of.
func distributionOf(r *archive.Reader, folder string) (sbom.Distribution, bool) {
	var dist sbom.Distribution
	data, err := r.ReadFile(folder + "/METADATA")
	if err != nil {
		return dist, false
	}
	if dist.Metadata, err = wheel.ParseMetadata(data); err != nil {
		return dist, false
	}
	dist.Name, dist.Version = dist.Metadata.Name, dist.Metadata.Version
	left := map[string]bool{}
	for _, name := range recorded(r, folder) {
		if left[name] || !sbom.Notable(name) {
			continue
		}
		left[name] = true
		if sum, err := digestOf(r, name); err == nil {
			dist.Files = append(dist.Files, sbom.File{Path: name, SHA256: sum})
		}
	}
	return dist, true
}

func digestOf(r *archive.Reader, name string) (string, error) {
	in, err := r.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, in)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// join adds the components of a document that is about what has the reference
// top here. What is the same in two packages is there once; what differs under
// one reference gets another.
func (b *bill) join(d sbom.Document, top string) {
	refs := map[string]string{d.Metadata.Component.Ref: top}
	for _, c := range d.Components {
		old := c.Ref
		if other, taken := b.components[c.Ref]; taken && !reflect.DeepEqual(other, c) {
			c = c.Under(d.Metadata.Component.Ref)
		}
		refs[old] = c.Ref
		b.components[c.Ref] = c
	}
	for _, dep := range d.Dependencies {
		from, ok := refs[dep.Ref]
		if !ok {
			continue
		}
		if _, ok := b.requires[from]; !ok {
			b.requires[from] = nil // it is known to require nothing
		}
		for _, on := range dep.DependsOn {
			if to, ok := refs[on]; ok {
				b.requires[from] = append(b.requires[from], to)
			}
		}
	}
}

// document writes it all down.
func (b *bill) document() sbom.Document {
	d := b.about
	d.Components, d.Dependencies = nil, nil
	for _, ref := range slices.Sorted(maps.Keys(b.components)) {
		d.Components = append(d.Components, b.components[ref])
	}
	for _, from := range slices.Sorted(maps.Keys(b.requires)) {
		on := b.requires[from]
		slices.Sort(on)
		d.Dependencies = append(d.Dependencies, sbom.Dependency{Ref: from, DependsOn: slices.Compact(on)})
	}
	for _, how := range slices.Sorted(maps.Keys(b.partly)) {
		slices.Sort(b.partly[how])
		d.Compositions = append(d.Compositions, sbom.Composition{Aggregate: how, Assemblies: b.partly[how]})
	}
	return d
}
