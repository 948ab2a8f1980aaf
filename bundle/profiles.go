package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/report"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
	"github.com/axlepack/axle/profiles"
	"github.com/axlepack/axle/selector"
)

// Served is an interpreter of a profile that was built for, and the package
// that it would choose.
type Served = report.Served

// profiled is an interpreter of a profile that the extension admits, with the
// target it stands for.
type profiled struct {
	profile string
	interpreters.Interpreter
	target target.Target
}

// profiledBy are the interpreters to build for: those of the profiles that
// requires_python admits. Each profile must have one.
func profiledBy(list []profiles.Profile, m extension.Manifest) ([]profiled, []fault.Warning, error) {
	var all []profiled
	var warnings []fault.Warning
	var problems fault.List
	for _, p := range list {
		had := len(all)
		for _, in := range p.Interpreters {
			if !m.RequiresPython.Admits(in.Report.PythonVersion()) {
				continue
			}
			t, ok := in.Report.Target()
			if !ok {
				warnings = append(warnings, fault.Warning{File: p.Name, Text: fmt.Sprintf(
					"%s (%s %s) is left out: there is no target for it", in.Path, in.Report.Implementation, in.Report.Version)})
				continue
			}
			all = append(all, profiled{p.Name, in, t})
		}
		if len(all) == had {
			problems = append(problems, fault.New(fault.NoInterpreter,
				fmt.Sprintf("%s: no interpreter of this profile satisfies requires_python %q", p.Name, m.RequiresPython),
				"it has Python "+strings.Join(p.Pythons(), ", ")))
		}
	}
	return all, warnings, problems.Err()
}

// sameButFloor says whether two targets differ in the floor of their platforms alone.
func sameButFloor(a, b target.Target) bool {
	_, ok := target.HigherFloor(a.Platform, b.Platform)
	return ok && a.Python == b.Python
}

// floors are the targets of those profiled: of those that differ in the floor of
// their platform alone the lowest, whose package serves all of them.
func floors(all []profiled) []target.Target {
	var out []target.Target
	for _, c := range all {
		i := slices.IndexFunc(out, func(t target.Target) bool { return sameButFloor(t, c.target) })
		switch {
		case i < 0:
			out = append(out, c.target)
		case out[i].Platform.Admits(c.target.Platform):
			out[i] = c.target
		}
	}
	return out
}

// widen adds, for targets without a solution, the next higher floor that a
// profile has: what cannot be had for the oldest system may be for the others.
// It says whether there is anything new.
func (s *session) widen(failures []lock.Failure) bool {
	widened := false
	for _, f := range failures {
		var higher []target.Target
		for _, c := range s.profiled {
			if c.target != f.Target && sameButFloor(c.target, f.Target) && c.target.Platform.Admits(f.Target.Platform) {
				higher = append(higher, c.target)
			}
		}
		if len(higher) == 0 {
			continue
		}
		next := slices.MinFunc(higher, target.Target.Compare)
		if !slices.Contains(s.targets, next) {
			s.targets = append(s.targets, next)
			widened = true
		}
	}
	return widened
}

// widenAs adds the floors that an earlier lock was widened by.
func (s *session) widenAs(earlier *lockFile) {
	for earlier != nil && earlier.document.Record != nil {
		l, err := earlier.document.Lock(s.dir(), s.targets)
		if err != nil || !s.widen(l.Failures) {
			return
		}
	}
}

// chooseTargets decides what is built for.
func (s *session) chooseTargets() (err error) {
	opt, own := s.opt, s.project.Manifest.Bundle
	asked := len(opt.Targets)+len(opt.Platforms)+len(opt.Pythons) > 0
	switch {
	case asked && len(opt.Profiles) > 0:
		return fault.New(fault.Usage, "--profile goes without --target, --platform and --python: the targets are the profiles' own")
	case len(opt.Profiles) > 0:
		return s.chooseProfiles(opt.Profiles)
	case !asked && len(own.Profiles) > 0:
		list, err := s.ownProfiles()
		if err != nil {
			return err
		}
		if len(own.Platforms)+len(own.Pythons) > 0 {
			if s.targets, err = targets(opt, s.project.Manifest); err != nil {
				return err
			}
		}
		return s.chooseProfiles(list)
	}
	s.targets, err = targets(opt, s.project.Manifest)
	return err
}

// ownProfiles are those that extension.yml names.
func (s *session) ownProfiles() ([]profiles.Profile, error) {
	var list []profiles.Profile
	var problems fault.List
	for _, name := range s.project.Manifest.Bundle.Profiles {
		p, err := profiles.LoadFrom(s.project.Dir, name)
		if err != nil {
			problems = append(problems, fault.WithHints(err, "extension.yml names it under bundle.profiles"))
		}
		list = append(list, p)
	}
	return list, problems.Err()
}

// chooseProfiles adds the targets of profiles to those that there are.
func (s *session) chooseProfiles(list []profiles.Profile) (err error) {
	var warnings []fault.Warning
	s.profiled, warnings, err = profiledBy(list, s.project.Manifest)
	s.warn(warnings...)
	for _, t := range floors(s.profiled) {
		served := func(o target.Target) bool { return sameButFloor(o, t) && t.Platform.Admits(o.Platform) }
		if !slices.ContainsFunc(s.targets, served) {
			s.targets = append(s.targets, t)
		}
	}
	return err
}

// meant is the target whose package is for one that is profiled: of the floors
// with a solution that are not above its own, that of which it chose the package,
// else the lowest; its own where none has.
func (s *session) meant(c profiled, plan *Plan, chosen string) (target.Target, bool) {
	var fitting []target.Target
	for _, t := range s.targets {
		if sameButFloor(t, c.target) && c.target.Platform.Admits(t.Platform) && plan.served(t) {
			fitting = append(fitting, t)
		}
	}
	if len(fitting) == 0 {
		return c.target, false
	}
	if i := slices.IndexFunc(fitting, func(t target.Target) bool { return plan.fileFor(t) == chosen }); i >= 0 {
		return fitting[i], true
	}
	return slices.MinFunc(fitting, target.Target.Compare), true
}

// serve asks for each what it would choose of the planned packages, as its
// agent will, and holds that against what was meant for it. To get none is a
// warning where targets may be missing, and to get another one never.
func (s *session) serve(plan *Plan) ([]Served, error) {
	var out []Served
	var problems fault.List
	ext := selector.Extension{Manifest: s.project.Manifest, Packages: planned(plan)}
	allowed := s.opt.AllowMissing || ext.Manifest.Bundle.Policy.AllowMissing
	for _, c := range s.profiled {
		served := Served{Profile: c.profile, Path: c.Path, Python: c.Report.Version}
		choose := len(ext.Packages) > 0 && !ext.Manifest.ZipSafe
		var choice selector.Choice
		if choose {
			choice, _ = selector.Select(ext, []interpreters.Interpreter{c.Interpreter}, selector.Policy{})
			if choice.Package != nil {
				served.Package = choice.Package.File()
			}
		}
		t, ok := s.meant(c, plan, served.Package)
		want := ""
		if served.Target = t.String(); ok {
			want = plan.fileFor(t)
		} else {
			served.Problem = fmt.Sprintf("no package serves %s", t)
		}
		if choose {
			text := c.against(served.Package, want, choice)
			if served.Package != want {
				served.Problem = text
			}
			switch {
			case served.Package == want:
			case served.Package == "" && allowed:
				s.warn(fault.Warning{File: c.profile, Text: text})
			default:
				problems = append(problems, fault.New(fault.NoPackage, c.profile+": "+text,
					"leave that interpreter out of the profile, or of requires_python, or build with --allow-missing"))
			}
		}
		out = append(out, served)
	}
	return out, problems.Err()
}

// against says that an interpreter would not take what is meant for it, and why.
func (c profiled) against(got, want string, choice selector.Choice) string {
	text := fmt.Sprintf("%s (Python %s) would take %s, and %s is meant for it",
		c.Path, c.Report.Version, cmp.Or(got, "no package"), cmp.Or(want, "none"))
	for _, v := range choice.Considered {
		for _, p := range v.Packages {
			if p.Package.File() == want {
				text += ": " + p.Detail()
			}
		}
	}
	return text
}

// planned are the packages of a plan as an agent sees them.
func planned(plan *Plan) []selector.Package {
	var out []selector.Package
	for _, p := range plan.Packages.Packages {
		out = append(out, selector.Package{Member: "dep/" + p.Filename.Text, Filename: p.Filename, Read: true, RequiresPython: p.RequiresPython})
	}
	for _, f := range plan.Packages.Foreign {
		out = append(out, selector.Package{Member: "dep/" + f.Filename.Text, Filename: f.Filename, Read: true, RequiresPython: f.RequiresPython})
	}
	return out
}

// fileFor is the name of the package for a target, ours or made elsewhere.
func (p Plan) fileFor(t target.Target) string {
	if pkg, ok := p.Packages.For(t); ok {
		return pkg.Filename.Text
	}
	for _, f := range p.Packages.Foreign {
		if slices.Contains(f.Targets, t) {
			return f.Filename.Text
		}
	}
	return ""
}
