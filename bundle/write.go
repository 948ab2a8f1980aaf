package bundle

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pack"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/target"
)

// write makes packages and zips in a staging folder of dist and moves them
// into place when all of them are there.
func (s *session) write(ctx context.Context, wheels *merge.Wheels, result *Result) error {
	unlock, err := s.writeAlone(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	out, err := stage(s.dist())
	if err != nil {
		return err
	}
	defer out.remove()
	var written []merge.Written
	if s.project.Manifest.ZipSafe {
		err = s.writeZipSafe(ctx, wheels, out, result)
	} else {
		written, err = s.writeZips(ctx, wheels, out, result)
	}
	if err == nil {
		err = s.checkBudget(ctx, wheels, written, result, out)
	}
	if err == nil {
		err = s.verify(ctx, result, out)
	}
	if err != nil {
		result.Zips, result.Packages, result.Trimmed = nil, nil, nil
		return err
	}
	return out.place(s.project.Manifest.Name, s.project.Manifest.Version.PEP440)
}

// writeAlone waits until no other build writes into the same dist, and then
// clears what builds left there that were killed. Where the system has no
// locks nothing is cleared.
func (s *session) writeAlone(ctx context.Context) (unlock func(), err error) {
	dist, err := filepath.Abs(s.dist())
	if err != nil {
		return nil, err
	}
	unlock, err = s.store.Lock(ctx, "write "+dist)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return func() {}, nil
	}
	if err := sweep(dist); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// extension is what every zip of the project has.
func (s *session) extension() pack.Extension {
	m := s.project.Manifest
	return pack.Extension{
		Name: m.Name, Version: m.Version.PEP440, Manifest: m.Packed(),
		Source: os.DirFS(s.project.Source), Modules: s.project.Modules, ZipSafe: m.ZipSafe,
	}
}

// writeZips writes the packages, and beside that the zips that embed them.
func (s *session) writeZips(ctx context.Context, wheels *merge.Wheels, out *staged, result *Result) ([]merge.Written, error) {
	plan := result.Plan.Packages
	s.enter(merging, len(plan.Packages), event.F("packages", len(plan.Packages)))
	ready := make([]chan archive.Sums, len(plan.Packages))
	for i := range ready {
		ready[i] = make(chan archive.Sums, 1)
	}
	var written []merge.Written
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		written, err = wheels.WriteAll(ctx, plan, out.packages(), merge.WriteOptions{
			Workers: runtime.GOMAXPROCS(0),
			Done: func(i int, w merge.Written) {
				ready[i] <- w.Sums
				s.item(merging, w.Package.Filename.Text)
				s.opt.Events.Note(event.Item, "package", w.Package.Filename.Text, event.F("size", report.Size(w.Sums.Size)), event.F("targets", len(w.Package.Targets)))
			},
		})
		return err
	})
	embedded := append(own(plan, out, ready), collected(plan)...)
	if err := out.keep(plan.Foreign); err != nil {
		return nil, err
	}
	var zips []pack.Written
	group.Go(func() (err error) {
		zips, err = s.writeParts(ctx, embedded, solved(result.Plan.Lock), out)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := s.checkLengths(written); err != nil {
		return nil, err
	}
	for _, w := range written {
		o := output(out.finalPackage(w.Path), w.Sums, w.Package.Targets)
		o.Trimmed = w.Trimmed
		result.Packages = append(result.Packages, o)
		result.Trimmed = merge.AddTrimmed(result.Trimmed, w.Trimmed)
	}
	for _, z := range zips {
		result.Zips = append(result.Zips, output(out.finalZip(z.Path), z.Sums, nil))
	}
	return written, nil
}

// own are the packages of the plan as the zip embeds them, each once it is
// there.
func own(plan merge.Plan, out *staged, ready []chan archive.Sums) []pack.Package {
	list := make([]pack.Package, len(plan.Packages))
	for i, p := range plan.Packages {
		list[i] = pack.Package{
			Name: p.Filename.Text, Path: filepath.Join(out.packages(), p.Filename.Text), Platforms: platformsOf(p.Targets),
			Wait: func(ctx context.Context) (archive.Sums, error) {
				select {
				case sums := <-ready[i]:
					ready[i] <- sums // for the zip of another platform
					return sums, nil
				case <-ctx.Done():
					return archive.Sums{}, context.Cause(ctx)
				}
			},
		}
	}
	return list
}

// collected are the packages made elsewhere.
func collected(plan merge.Plan) []pack.Package {
	var list []pack.Package
	for _, f := range plan.Foreign {
		list = append(list, pack.Package{Name: f.Filename.Text, Path: f.Path, Sums: f.Sums, Platforms: platformsOf(f.Targets)})
	}
	return list
}

func platformsOf(targets []target.Target) []target.Platform {
	var list []target.Platform
	for _, t := range targets {
		if !slices.Contains(list, t.Platform) {
			list = append(list, t.Platform)
		}
	}
	return list
}

// solved are the targets that have a solution.
func solved(l lock.Lock) []target.Target {
	list := make([]target.Target, len(l.Solutions))
	for i, s := range l.Solutions {
		list[i] = s.Target
	}
	return list
}

// writeParts writes one zip, or with Split one for each platform of the
// targets.
func (s *session) writeParts(ctx context.Context, packages []pack.Package, solved []target.Target, out *staged) ([]pack.Written, error) {
	e := s.extension()
	if !s.opt.Split {
		e.Packages = packages
		w, err := pack.WriteFile(ctx, out.zip(pack.Filename(e.Name, e.Version, "")), e)
		return []pack.Written{w}, err
	}
	var zips []pack.Written
	for _, part := range pack.Split(packages, platformsOf(solved)...) {
		e.Packages = part.Packages
		w, err := pack.WriteFile(ctx, out.zip(pack.Filename(e.Name, e.Version, part.Platform.String())), e)
		if err != nil {
			return nil, err
		}
		zips = append(zips, w)
	}
	return zips, nil
}

// writeZipSafe puts the dependencies beside the modules.
func (s *session) writeZipSafe(ctx context.Context, wheels *merge.Wheels, out *staged, result *Result) error {
	pins, err := pack.OneSet(result.Plan.Lock.Solutions, binaryIn(wheels))
	if err != nil {
		return err
	}
	var members []*merge.Wheel
	for _, pin := range pins {
		if w, ok := wheels.Wheel(pin.File); ok {
			members = append(members, w)
		}
	}
	entries, trimmed, err := merge.Layout(members, s.targets)
	if err != nil {
		return err
	}
	e := s.extension()
	for _, entry := range entries {
		e.Members = append(e.Members, pack.Member{Path: entry.Path, Owner: entry.Owner, Native: entry.Native, WriteTo: entry.WriteTo})
	}
	if len(members) > 0 {
		bill, err := s.bill(wheels, pins, result.Plan.Lock)
		if err != nil {
			return err
		}
		e.Members = append(e.Members, bill)
	}
	for _, w := range pack.Shadowed(e.Modules, e.Members) {
		s.found(finding.Finding{Code: finding.ModuleHidden, Text: w.String()})
	}
	s.enter(packing, 0)
	w, err := pack.WriteFile(ctx, out.zip(pack.Filename(e.Name, e.Version, "")), e)
	if err != nil {
		return err
	}
	o := output(out.finalZip(w.Path), w.Sums, nil)
	o.Trimmed, result.Trimmed = trimmed, trimmed
	result.Zips = append(result.Zips, o)
	return nil
}

// bill is the bill of materials of a zip that has its dependencies beside the
// modules.
func (s *session) bill(wheels *merge.Wheels, pins []lock.Pin, l lock.Lock) (pack.Member, error) {
	m := s.project.Manifest
	var all [][]lock.Pin
	for _, one := range l.Solutions {
		all = append(all, one.Pins)
	}
	data, err := wheels.Bill(sbom.Thing{
		Name: m.Project(), Version: m.Version.PEP440, File: pack.Filename(m.Name, m.Version.PEP440, ""), Application: true,
	}, pins, merge.NewGraph(all...))
	return pack.Member{Path: sbom.InZip, Owner: "the bill of materials", WriteTo: func(w *archive.Writer) error {
		return w.Add(sbom.InZip, 0o644, data)
	}}, err
}

// binaryIn finds the first binary of a file that Python would load.
func binaryIn(wheels *merge.Wheels) func(lock.File) (string, bool) {
	return func(f lock.File) (string, bool) {
		if w, ok := wheels.Wheel(f); ok {
			return w.Binary()
		}
		return "", false
	}
}

func output(path string, sums archive.Sums, targets []target.Target) Output {
	o := Output{Path: path, Size: sums.Size, SHA256: hex.EncodeToString(sums.SHA256[:])}
	for _, t := range targets {
		o.Targets = append(o.Targets, t.String())
	}
	return o
}
