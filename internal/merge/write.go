package merge

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/wheel"
)

// generator is who made a package, for its WHEEL file. It has no version: the
// same lock gives the same bytes with every release that makes the same package.
const generator = "axle"

// Written is a package that was written.
type Written struct {
	Package Package
	// Path is where it lies.
	Path string
	// Files is the number of its members, Unpacked their size together.
	Files    int
	Unpacked int64
	// Trimmed is what was left out of it, by kind.
	Trimmed []Trimmed
	archive.Sums
}

// Write writes one package. Its bytes depend on the package, on the bytes of
// its wheels, and on name, the extension's as written. The writer should have
// a buffer. The result has neither path nor sums.
func (w *Wheels) Write(ctx context.Context, name string, p Package, out io.Writer) (Written, error) {
	written := Written{Package: p}
	entries, trimmed, err := w.entries(name, p)
	if err != nil {
		return Written{}, err
	}
	written.Trimmed = trimmed
	to := archive.NewWriter(out)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return Written{}, err
		}
		if err := e.WriteTo(to); err != nil {
			return Written{}, err
		}
		written.Files++
		written.Unpacked += e.Size
	}
	return written, to.Close()
}

// WriteOptions change how packages are written. The zero value works.
type WriteOptions struct {
	// Workers is how many packages are written at once; 0 stands for one for
	// each processor.
	Workers int
	// Done, when not nil, is told of each package of the plan that is there, in
	// any order and from several goroutines.
	Done func(i int, w Written)
}

// WriteAll writes the packages of a plan into a folder, several at once, each
// whole or not at all. The results are in the order of the plan; every error
// of every package is reported.
func (w *Wheels) WriteAll(ctx context.Context, plan Plan, dir string, opt WriteOptions) ([]Written, error) {
	written, errs := make([]Written, len(plan.Packages)), make([]error, len(plan.Packages))
	var group errgroup.Group
	group.SetLimit(workers(opt.Workers))
	for i, p := range plan.Packages {
		group.Go(func() error {
			written[i], errs[i] = w.writeFile(ctx, plan.Name, p, dir)
			if errs[i] == nil && opt.Done != nil {
				opt.Done(i, written[i])
			}
			return nil
		})
	}
	_ = group.Wait()
	if err := allOf(ctx, errs); err != nil {
		return nil, err
	}
	return written, nil
}

func (w *Wheels) writeFile(ctx context.Context, name string, p Package, dir string) (written Written, err error) {
	path := filepath.Join(dir, p.Filename.Text)
	sums, err := archive.WriteHashed(path, func(out io.Writer) (err error) {
		written, err = w.Write(ctx, name, p, out)
		return err
	})
	written.Path, written.Sums = path, sums
	return written, err
}

// entries lays a package out, with its own dist-info.
func (w *Wheels) entries(name string, p Package) ([]Entry, []Trimmed, error) {
	members, err := w.members(p)
	if err != nil {
		return nil, nil, err
	}
	entries, trimmed, err := layOut(members, p.Targets)
	if err != nil {
		return nil, nil, err
	}
	purelib := !slices.ContainsFunc(members, func(m *Wheel) bool { return !m.Purelib })
	dir := p.Filename.Name.Escaped() + "-" + p.Filename.Version.String() + ".dist-info"
	bill, err := w.Bill(sbom.Thing{Name: p.Filename.Name, Version: p.Filename.Version, File: p.Filename.Text}, p.Pins, p.Graph)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"METADATA", metadataOf(name, p)}, {"WHEEL", infoOf(p, purelib, w.trim)}, {sbom.InPackage, bill}} {
		e := Entry{Path: dir + "/" + file.name, Owner: "the package itself"}
		e.set(file.data)
		entries = append(entries, e)
	}
	if entries, err = unite(entries); err != nil {
		return nil, nil, err
	}
	record := Entry{Path: dir + "/RECORD"}
	record.set(recordOf(entries, record.Path))
	entries = append(entries, record)
	sortEntries(entries)
	return entries, trimmed, nil
}

// members finds the wheels of a package.
func (w *Wheels) members(p Package) ([]*Wheel, error) {
	var list []*Wheel
	var problems fault.List
	for _, pin := range p.Pins {
		one, ok := w.Wheel(pin.File)
		switch {
		case !ok:
			problems = append(problems, fault.New(fault.Internal, pin.File.Filename.Text+": was not opened"))
		case pin.Project == p.Filename.Name:
			problems = append(problems, fault.New(fault.NameClash,
				fmt.Sprintf("%s: the extension has the name of a distribution that it depends on", pin.Project),
				"give the extension another name"))
		default:
			list = append(list, one)
		}
	}
	return list, problems.Err()
}

// metadataOf is the METADATA of a package: every member is required at its
// exact version.
func metadataOf(name string, p Package) []byte {
	m := wheel.Metadata{
		MetadataVersion: "2.1",
		Name:            p.Filename.Name,
		NameText:        name,
		Version:         p.Filename.Version,
		RequiresPython:  p.RequiresPython,
	}
	for _, pin := range p.Pins {
		m.RequiresDist = append(m.RequiresDist, exactly(pin))
	}
	return m.Marshal()
}

func exactly(pin lock.Pin) pep508.Requirement {
	set, err := pep440.ParseSpecifierSet("==" + pin.Version.String())
	if err != nil {
		panic("merge: " + err.Error()) // a version writes what it reads
	}
	return pep508.Requirement{Name: pin.Project, NameText: string(pin.Project), Specifier: set}
}

func infoOf(p Package, purelib bool, trim Trim) []byte {
	return wheel.Info{
		WheelVersion: "1.0", Generator: generator, RootIsPurelib: purelib,
		Tags: p.Filename.Tags, Build: p.Filename.Build, Trimmed: trim.String(),
	}.Marshal()
}

func archiveMode(exec bool) fs.FileMode {
	if exec {
		return 0o755
	}
	return 0o644
}
