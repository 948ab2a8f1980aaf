package inspect

import (
	"context"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/selector"
)

func readPackage(ctx context.Context, z *selector.Zip, p selector.Package) Package {
	out := Package{File: p.File(), Size: p.Size, Tags: []string{}, Distributions: []Distribution{}, choosable: choosable{filename: p.Filename}}
	for _, t := range p.Filename.Tags {
		out.Tags = append(out.Tags, t.String())
	}
	if p.Problem != nil {
		out.Problem = p.Problem.Error()
	}
	if m, ok := z.Archive().Member(p.Member); ok {
		out.crc = m.CRC32
	}
	r, err := archive.OpenNested(z.Archive(), p.Member, archive.Limits{})
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	defer r.Close()
	out.files = statesOf(tagPart(p.File()), r.Members())
	own, err := wheel.DistInfo(r.Names(), p.Filename)
	for _, m := range r.Members() {
		out.Files, out.Bytes = out.Files+1, out.Bytes+m.Size
		if strings.HasPrefix(m.Name, own+"/sboms/") && own != "" {
			out.SBOMs = append(out.SBOMs, m.Name)
		}
	}
	if err == nil {
		err = out.describe(r, own)
	}
	if err != nil && out.Problem == "" {
		out.Problem = err.Error()
	}
	all, _ := distributions(ctx, r, r.Members(), own)
	out.Distributions = append(out.Distributions, all...)
	out.Needs = needs(all)
	for _, d := range all {
		for _, n := range d.Native {
			out.glibc = later(out.glibc, n.glibc)
		}
	}
	return out
}

// describe takes what the package says of itself.
func (p *Package) describe(r *archive.Reader, folder string) error {
	data, err := r.ReadFile(folder + "/METADATA")
	if err != nil {
		return err
	}
	m, err := wheel.ParseMetadata(data)
	if err != nil {
		return err
	}
	p.python, p.RequiresPython = m.RequiresPython, report.Readable(m.RequiresPython)
	if data, err = r.ReadFile(folder + "/WHEEL"); err != nil {
		return err
	}
	info, err := wheel.ParseInfo(data)
	p.Generator, p.Trimmed = info.Generator, info.Trimmed
	return err
}

// readOwn reads what lies in the zip beside the packages.
func readOwn(ctx context.Context, z *selector.Zip) ([]Distribution, Amount) {
	return distributions(ctx, z.Archive(), z.Own(), "")
}

// distributions reads those of the dist-info folders, but not that of the
// package itself, and counts the files that belong to none.
func distributions(ctx context.Context, r *archive.Reader, members []archive.Member, own string) ([]Distribution, Amount) {
	left := make(map[string]archive.Member, len(members))
	for _, m := range members {
		left[m.Name] = m
	}
	var all []Distribution
	for _, folder := range wheel.DistInfos(r.Names()) {
		if folder == own || ctx.Err() != nil {
			continue
		}
		all = append(all, distribution(r, folder, left))
	}
	var rest Amount
	var strays Distribution
	for _, m := range members {
		if _, ok := left[m.Name]; ok && (own == "" || !strings.HasPrefix(m.Name, own+"/")) {
			rest.add(m)
			strays.take(r, m)
		}
	}
	if own != "" && rest.Files > 0 {
		// UIP-CLI leaves the dist-info out: whose files these are is not known.
		strays.Amount = rest
		all = append(all, strays)
	}
	return all, rest
}

func (a *Amount) add(m archive.Member) { a.Files, a.Bytes = a.Files+1, a.Bytes+m.Size }

// distribution reads one dist-info folder, and takes its files from left.
func distribution(r *archive.Reader, folder string, left map[string]archive.Member) Distribution {
	var d Distribution
	if name, version, ok := wheel.SplitDistInfo(folder); ok {
		d.Name, d.Version = string(name), version.String()
	}
	if data, err := r.ReadFile(folder + "/METADATA"); err == nil {
		if m, err := wheel.ParseMetadata(data); err == nil {
			d.learn(m)
		}
	}
	if data, err := r.ReadFile(folder + "/WHEEL"); err == nil {
		d.tags = tagsOf(data)
	}
	if data, err := r.ReadFile(folder + "/entry_points.txt"); err == nil {
		points, _ := wheel.ParseEntryPoints(data)
		for _, p := range points {
			d.EntryPoints = append(d.EntryPoints, EntryPoint{p.Group, p.Name, p.Value})
		}
	}
	for _, name := range recorded(r, folder) {
		if m, ok := left[name]; ok {
			delete(left, name)
			d.add(m)
			d.packed += m.CompressedSize
			d.take(r, m)
		}
	}
	return d
}

func (d *Distribution) learn(m wheel.Metadata) {
	d.Name, d.Version, d.Summary = string(m.Name), m.Version.String(), m.Summary
	d.License, d.LicenseFiles = m.Licence(), m.LicenseFiles
	d.RequiresPython = m.RequiresPython.String()
	for _, q := range m.RequiresDist {
		d.Requires = append(d.Requires, q.String())
	}
}

// recorded are the files of a distribution: what its RECORD names, and all of
// its dist-info folder.
func recorded(r *archive.Reader, folder string) []string {
	var names []string
	if data, err := r.ReadFile(folder + "/RECORD"); err == nil {
		record, _ := wheel.ParseRecord(data)
		for _, entry := range record {
			names = append(names, entry.Path)
		}
	}
	for _, m := range r.Members() {
		if strings.HasPrefix(m.Name, folder+"/") {
			names = append(names, m.Name)
		}
	}
	return names
}

// take adds a member to the native files where it is one.
func (d *Distribution) take(r *archive.Reader, m archive.Member) {
	if n, ok, err := nativeFile(r, m); ok && err == nil {
		d.Native = append(d.Native, n)
	}
}
