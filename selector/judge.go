package selector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

// candidate is an interpreter that is considered, with what is worked out of
// its report when it is first needed.
type candidate struct {
	interpreters.Interpreter
	matcher *matcher
}

func newCandidates(list []interpreters.Interpreter) []candidate {
	all := make([]candidate, len(list))
	for i := range list {
		all[i].Interpreter = list[i]
	}
	return all
}

func (c *candidate) match() *matcher {
	if c.matcher == nil {
		c.matcher = newMatcher(*c.Report)
	}
	return c.matcher
}

// judge fills in the verdict on one interpreter by itself, and returns the best
// package: the verdict is Chosen where the interpreter could be taken.
func (c *candidate) judge(ext Extension, v *Verdict, policy Policy) *PackageVerdict {
	if v.Reason, v.Detail = suits(ext, c.Interpreter); v.Reason != Chosen {
		return nil
	}
	if ext.Manifest.ZipSafe || len(ext.Packages) == 0 {
		v.Detail = "the first that satisfies requires_python; the extension needs no package"
		return nil
	}
	v.Packages = make([]PackageVerdict, len(ext.Packages))
	for i := range ext.Packages {
		v.Packages[i] = c.match().judge(&ext.Packages[i], policy)
	}
	best := bestPackage(v.Packages)
	if best == nil {
		v.Reason, v.Detail = NoPackageFits, "none of the dependency packages fits"
		return nil
	}
	v.Detail = "the first that satisfies requires_python and has a package"
	return best
}

// suits says whether an interpreter is one for the extension, packages apart.
func suits(ext Extension, in interpreters.Interpreter) (Reason, string) {
	if in.Report == nil {
		if in.Err != nil {
			return NoAnswer, strings.TrimPrefix(in.Err.Error(), in.Path+": ")
		}
		return NoAnswer, "it did not answer"
	}
	version := in.Report.PythonVersion()
	if version.IsZero() || !ext.Manifest.RequiresPython.Admits(version) {
		return ExtensionRequiresPython, fmt.Sprintf("Python %s is not in requires_python %q", in.Report.Version, ext.Manifest.RequiresPython)
	}
	return Chosen, ""
}

// markFitting marks the packages whose names fit the interpreter.
func (c *candidate) markFitting(wanted []bool, ext Extension) {
	if reason, _ := suits(ext, c.Interpreter); reason != Chosen {
		return
	}
	for i, p := range ext.Packages {
		if !wanted[i] {
			_, _, wanted[i] = c.match().order.Best(p.Filename.Tags)
		}
	}
}

// matcher judges packages for one interpreter.
type matcher struct {
	order   tags.Order
	version pep440.Version
	report  interpreters.Report
	// kinds and offers serve for explaining a refusal: which Python and ABI tags
	// the interpreter accepts together, and the floors of its platforms.
	kinds  map[[2]string]bool
	offers map[offer]target.Platform
	// python and platform are its own: "cp311", "manylinux_2_36_x86_64".
	python, platform string
}

// offer is a family of platforms on an architecture: what floors are compared
// within.
type offer struct {
	family target.OS
	arch   string
}

func newMatcher(report interpreters.Report) *matcher {
	return &matcher{order: report.TagOrder(), version: report.PythonVersion(), report: report}
}

func (m *matcher) judge(p *Package, policy Policy) PackageVerdict {
	v := PackageVerdict{Package: p, by: m}
	fits := false
	if p.Problem == nil {
		v.Rank, v.Tag, fits = m.order.Best(p.Filename.Tags)
	}
	if fits {
		v.Lies = m.lies(p)
	}
	switch {
	case p.Problem != nil && fault.ExitCode(p.Problem) == fault.Mismatch:
		v.Reason = WrongHash
	case p.Problem != nil:
		v.Reason = Unusable
	case !fits:
		v.Reason = WrongTags
		if _, _, low := m.tooLow(p.Filename); low {
			v.Reason = LibcFloor
		}
	// As with requires_python and with pip, a pre-release of a Python counts as
	// that Python.
	case !p.RequiresPython.Matches(m.version.Base()):
		v.Reason = PackageRequiresPython
	case len(v.Lies) > 0 && !policy.WarnOfBinaries:
		v.Reason = WrongBinaries
	default:
		v.Reason = Outranked
	}
	return v
}

// Detail is a sentence for people.
func (v PackageVerdict) Detail() string {
	m, f := v.by, v.Package.Filename
	switch v.Reason {
	case Chosen:
		return "fits best, by " + v.Tag.String()
	case Outranked:
		return "fits by " + v.Tag.String() + ", and another package fits better"
	case NotReached:
		return "fits best, by " + v.Tag.String() + ", and would be taken with this interpreter"
	case Unusable, WrongHash:
		return v.Package.Problem.Error()
	case WrongBinaries:
		return "its binaries are not what its name says: " + liesText(v.Lies)
	case PackageRequiresPython:
		return fmt.Sprintf("it requires Python %s, and this is %s", v.Package.RequiresPython, m.report.Version)
	case LibcFloor:
		needs, has, _ := m.tooLow(f)
		return fmt.Sprintf("it needs %s, and this system offers %s", needs, has)
	}
	m.prepare()
	if !slices.ContainsFunc(f.Platforms, func(p string) bool { return p == "any" || slices.Contains(m.report.Platforms, p) }) {
		return "it is for " + strings.Join(f.Platforms, ".") + ", and this is " + m.platform
	}
	return "it is for " + strings.Join(f.Pythons, ".") + "-" + strings.Join(f.ABIs, ".") + ", and this is " + m.python
}

// maxLies is how many binaries a sentence names.
const maxLies = 3

func liesText(list []Lie) string {
	var texts []string
	for _, f := range list {
		texts = append(texts, f.String())
	}
	return some(texts)
}

// bestPackage marks the best of the fitting packages as chosen.
func bestPackage(verdicts []PackageVerdict) *PackageVerdict {
	var best *PackageVerdict
	for i := range verdicts {
		v := &verdicts[i]
		if v.Reason == Outranked && (best == nil || better(v, best)) {
			best = v
		}
	}
	if best != nil {
		best.Reason = Chosen
	}
	return best
}

// better orders fitting packages: tag rank, then the greater build number,
// then the first by file name, so that the choice never depends on the zip's
// order.
func better(a, b *PackageVerdict) bool {
	if a.Rank != b.Rank {
		return a.Rank < b.Rank
	}
	if c := a.Package.Filename.Build.Compare(b.Package.Filename.Build); c != 0 {
		return c > 0
	}
	return a.Package.File() < b.Package.File()
}

// tooLow tells a platform that is too old from one that is another: what the
// package needs, and what the system offers instead.
func (m *matcher) tooLow(f wheel.Filename) (needs string, has target.Platform, low bool) {
	m.prepare()
	for _, t := range f.Tags {
		family, floor, arch, ok := target.SplitTag(t.Platform)
		if !ok || !m.kinds[[2]string{t.Python, t.ABI}] {
			continue
		}
		if has, ok = m.offers[offer{family, arch}]; ok && above(floor, has) {
			return t.Platform, has, true
		}
	}
	return "", target.Platform{}, false
}

func above(floor [2]int, has target.Platform) bool {
	return floor[0] > has.Major || floor[0] == has.Major && floor[1] > has.Minor
}

// prepare looks at the interpreter's tags once for all packages.
func (m *matcher) prepare() {
	if m.kinds != nil {
		return
	}
	m.kinds = map[[2]string]bool{}
	for _, member := range m.report.Tags {
		python, rest, _ := strings.Cut(member, "-")
		abi, _, _ := strings.Cut(rest, "-")
		m.kinds[[2]string{python, abi}] = true
	}
	m.offers = map[offer]target.Platform{}
	for _, tag := range m.report.Platforms {
		family, floor, arch, ok := target.SplitTag(tag)
		if !ok {
			continue
		}
		if has, known := m.offers[offer{family, arch}]; !known || above(floor, has) {
			m.offers[offer{family, arch}] = target.Platform{Family: family, Arch: arch, Major: floor[0], Minor: floor[1]}
		}
	}
	m.python = m.report.Implementation + " " + m.report.Version
	if len(m.report.Platforms) > 0 {
		m.platform = m.report.Platforms[0]
	}
	if t, ok := m.report.Target(); ok {
		m.python, m.platform, _ = strings.Cut(t.String(), "@")
	}
}
