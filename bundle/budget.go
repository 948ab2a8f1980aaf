package bundle

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/bytesize"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pack"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
)

// SizeError says which outputs of a build are larger than the project's budget.
// None of them was put in place.
type SizeError struct {
	// Over are the packages and then the zips, the largest first.
	Over []Oversize
	// Saving is what trimming more would take away from the first of them.
	Saving []merge.Trimmed

	trimmed        []extension.TrimKind // already
	split, zipSafe bool
}

// Oversize is an output that is too large, and what weighs most in it. Sizes are
// as in the file, compressed.
type Oversize struct {
	File  string
	Size  int64
	Limit bytesize.Size
	Zip   bool
	// Targets are those of a package.
	Targets []target.Target
	// Packages are those in a zip. Distributions are summed over all packages of
	// the file. All three are sorted, the largest first.
	Packages, Distributions, Files []Weight
}

// Weight is what something has in a file.
type Weight struct {
	Name  string
	Bytes int64
}

// mostTold is how many of a kind are told one by one.
const mostTold = 5

// Error has a line for each file, and what weighs most in the first of them.
func (e *SizeError) Error() string {
	var b strings.Builder
	for i, o := range e.Over {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s, and %s is the most for a %s", o.File, o.Limit.Excess(o.Size), o.Limit, o.what())
		if len(o.Targets) > 0 {
			fmt.Fprintf(&b, " (%s)", targetList(o.Targets))
		}
	}
	first := e.Over[0]
	if len(e.Over) > 1 {
		fmt.Fprintf(&b, "\n%s:", first.File)
	}
	first.list(&b, "packages", first.Packages)
	first.list(&b, "distributions", first.Distributions)
	first.list(&b, "files", first.Files)
	return b.String()
}

func (o Oversize) what() string {
	if o.Zip {
		return "zip"
	}
	return "package"
}

// list writes the largest of a kind, one on each line.
func (o Oversize) list(b *strings.Builder, kind string, weights []Weight) {
	if len(weights) == 0 {
		return
	}
	fmt.Fprintf(b, "\n  %s that weigh most:", kind)
	var rest int64
	for i, w := range weights {
		if i < mostTold {
			fmt.Fprintf(b, "\n    %s  %s", o.Limit.In(w.Bytes), w.Name)
		} else {
			rest += w.Bytes
		}
	}
	if n := len(weights) - mostTold; n > 0 {
		fmt.Fprintf(b, "\n    %s  in %d more", o.Limit.In(rest), n)
	}
}

// ExitCode is that of packages that cannot be had.
func (e *SizeError) ExitCode() int { return fault.NoPackage }

// Hints say what makes the outputs smaller.
func (e *SizeError) Hints() []string {
	first := e.Over[0]
	var hints []string
	if hint := e.trimHint(); hint != "" {
		hints = append(hints, hint)
	}
	if len(first.Packages) > 1 {
		hint := "build fewer packages: narrow bundle.platforms or requires_python; axle matrix shows what each dependency costs"
		if !e.split {
			hint = "write one zip for each platform with --split platform, or narrow bundle.platforms or requires_python; axle matrix shows what each dependency costs"
		}
		hints = append(hints, hint)
	}
	if len(first.Distributions) > 0 {
		name, _, _ := strings.Cut(first.Distributions[0].Name, " ")
		hints = append(hints, fmt.Sprintf("%s weighs most: axle why %s shows what requires it", name, name))
	}
	last := "raise bundle.max_size, or --max-size"
	if len(hints) > 0 {
		last = "or " + last
	}
	return append(hints, last)
}

func (e *SizeError) trimHint() string {
	kinds := e.trimmed
	var saved int64
	for _, t := range e.Saving {
		kinds, saved = append(kinds, t.Kind), saved+t.Packed
	}
	if saved == 0 {
		return ""
	}
	first := e.Over[0]
	names := strings.ReplaceAll(strings.Trim(fmt.Sprint(kinds), "[]"), " ", ",")
	hint := fmt.Sprintf("--trim %s, or bundle.trim, takes %s away", names, first.Limit.In(saved))
	if first.Size-saved > first.Limit.Bytes {
		hint += ", which is not enough by itself"
	}
	return hint
}

func targetList(list []target.Target) string {
	var names []string
	for _, t := range list {
		names = append(names, t.String())
	}
	if n := len(names) - mostTold; n > 1 {
		names = append(names[:mostTold], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// checkBudget holds what was staged against the budget. The error has everything
// that is too large.
func (s *session) checkBudget(ctx context.Context, wheels *merge.Wheels, written []merge.Written, result *Result, out *staged) error {
	e := &SizeError{trimmed: slices.Clip(s.trim.Kinds), split: s.opt.Split, zipSafe: s.project.Manifest.ZipSafe}
	for _, w := range written {
		if above(w.Size, s.budget.Package) {
			e.Over = append(e.Over, Oversize{File: w.Package.Filename.Text, Size: w.Size, Limit: s.budget.Package, Targets: w.Package.Targets})
		}
	}
	for _, f := range result.Plan.Packages.Foreign {
		if above(f.Size, s.budget.Package) {
			e.Over = append(e.Over, Oversize{File: f.Filename.Text, Size: f.Size, Limit: s.budget.Package, Targets: f.Targets})
		}
	}
	for _, z := range result.Zips {
		if above(z.Size, s.budget.Zip) {
			e.Over = append(e.Over, Oversize{File: filepath.Base(z.Path), Size: z.Size, Limit: s.budget.Zip, Zip: true})
		}
	}
	if len(e.Over) == 0 {
		return nil
	}
	slices.SortStableFunc(e.Over, func(a, b Oversize) int {
		switch {
		case a.Zip == b.Zip:
			return cmp.Compare(b.Size, a.Size)
		case a.Zip:
			return 1
		}
		return -1
	})
	if err := s.weigh(ctx, e, wheels, written, result, out); err != nil {
		return err
	}
	return e
}

func above(size int64, limit bytesize.Size) bool { return !limit.IsZero() && size > limit.Bytes }

// weigh finds what weighs most in the first of the files, and what more
// trimming would take away.
func (s *session) weigh(ctx context.Context, e *SizeError, wheels *merge.Wheels, written []merge.Written, result *Result, out *staged) error {
	first := &e.Over[0]
	trim, err := s.withOwn(merge.Trim{Kinds: extension.TrimKinds(), Except: s.trim.Except})
	if err != nil {
		return err
	}
	sum := newScale()
	for _, w := range written {
		if !first.Zip && w.Package.Filename.Text != first.File || first.Zip && !inZip(out.zip(first.File), w.Package.Filename.Text) {
			continue
		}
		owners, err := wheels.Owners(w.Package)
		if err != nil {
			return err
		}
		if err := sum.add(w.Path, owners); err != nil {
			return err
		}
		if first.Zip {
			first.Packages = append(first.Packages, Weight{w.Package.Filename.Text, w.Size})
		}
		more, err := wheels.WouldTrim(ctx, w.Package.Pins, trim)
		if err != nil {
			return err
		}
		e.Saving = merge.AddTrimmed(e.Saving, more)
	}
	if e.zipSafe {
		if err := s.weighZipSafe(ctx, e, wheels, result, out, sum, trim); err != nil {
			return err
		}
	}
	e.Saving = slices.DeleteFunc(e.Saving, func(t merge.Trimmed) bool { return slices.Contains(s.trim.Kinds, t.Kind) })
	first.Distributions, first.Files = sum.heaviest()
	sortWeights(first.Packages)
	return nil
}

// weighZipSafe weighs a zip that has the dependencies beside the modules.
func (s *session) weighZipSafe(ctx context.Context, e *SizeError, wheels *merge.Wheels, result *Result, out *staged, sum *scale, trim merge.Trim) error {
	pins, err := pack.OneSet(result.Plan.Lock.Solutions, binaryIn(wheels))
	if err != nil {
		return err
	}
	owners, err := wheels.Owners(merge.Package{Pins: pins, Targets: s.targets})
	if err != nil {
		return err
	}
	if err := sum.add(out.zip(e.Over[0].File), owners); err != nil {
		return err
	}
	e.Saving, err = wheels.WouldTrim(ctx, pins, trim)
	return err
}

// inZip says whether a zip that was written embeds a package.
func inZip(path, name string) bool {
	r, err := archive.OpenReader(path, archive.Limits{})
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }()
	_, ok := r.Member(pack.Folder + "/" + name)
	return ok
}

// scale sums what distributions and files take in archives.
type scale struct{ distributions, files map[string]int64 }

func newScale() *scale { return &scale{map[string]int64{}, map[string]int64{}} }

// add weighs the members of an archive. What has no owner is of no distribution.
func (s *scale) add(file string, owners map[string]string) error {
	r, err := archive.OpenReader(file, archive.Limits{})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	for _, m := range r.Members() {
		if owner := owners[m.Name]; owner != "" {
			s.distributions[owner] += m.CompressedSize
			s.files[m.Name+" of "+owner] += m.CompressedSize
		} else {
			s.files[m.Name] += m.CompressedSize
		}
	}
	return nil
}

func (s *scale) heaviest() (distributions, files []Weight) {
	return weights(s.distributions), weights(s.files)
}

func weights(m map[string]int64) []Weight {
	var list []Weight
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, Weight{name, m[name]})
	}
	sortWeights(list)
	return list
}

func sortWeights(list []Weight) {
	slices.SortStableFunc(list, func(a, b Weight) int { return cmp.Compare(b.Bytes, a.Bytes) })
}

// probably warns of packages that are going to be too large, as far as the sizes
// of their wheels tell. Trimming and what wheels share make them smaller.
func (s *session) probably(m report.Matrix) {
	for _, p := range m.Packages {
		if above(p.Size, s.budget.Package) {
			s.warn(fault.Warning{File: p.File, Text: fmt.Sprintf("its wheels have %s together, and %s is the most for a package", s.budget.Package.Excess(p.Size), s.budget.Package)})
		}
	}
}
