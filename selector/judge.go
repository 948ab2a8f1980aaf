package selector

import (
	"fmt"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

// judge fills in the verdict on one interpreter by itself, and returns the best
// package: the verdict is Chosen where the interpreter could be taken.
func judge(ext Extension, in interpreters.Interpreter, v *Verdict) *PackageVerdict {
	v.Interpreter = in
	if v.Reason, v.Detail = suits(ext, in); v.Reason != Chosen {
		return nil
	}
	if ext.Manifest.ZipSafe || len(ext.Packages) == 0 {
		v.Detail = "the first that satisfies requires_python; the extension needs no package"
		return nil
	}
	m := newMatcher(*in.Report)
	v.Packages = make([]PackageVerdict, len(ext.Packages))
	for i := range ext.Packages {
		v.Packages[i] = m.judge(&ext.Packages[i])
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

// markFitting marks the packages whose names fit an interpreter.
func markFitting(wanted []bool, ext Extension, in interpreters.Interpreter) {
	if reason, _ := suits(ext, in); reason != Chosen {
		return
	}
	order := in.Report.TagOrder()
	for i, p := range ext.Packages {
		if !wanted[i] {
			_, _, wanted[i] = order.Best(p.Filename.Tags)
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

func (m *matcher) judge(p *Package) PackageVerdict {
	v := PackageVerdict{Package: p}
	if p.Problem != nil {
		v.Reason, v.Detail = Unusable, p.Problem.Error()
		return v
	}
	rank, tag, ok := m.order.Best(p.Filename.Tags)
	if !ok {
		v.Reason, v.Detail = m.whyNot(p.Filename)
		return v
	}
	// As with requires_python and with pip, a pre-release of a Python counts as
	// that Python.
	if !p.RequiresPython.Matches(m.version.Base()) {
		v.Reason = PackageRequiresPython
		v.Detail = fmt.Sprintf("it requires Python %s, and this is %s", p.RequiresPython, m.report.Version)
		return v
	}
	v.Reason, v.Tag, v.Rank = Outranked, tag, rank
	v.Detail = fmt.Sprintf("fits by %s, and another package fits better", tag)
	return v
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
		best.Reason, best.Detail = Chosen, "fits best, by "+best.Tag.String()
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

// whyNot tells a platform that is too old from one that is another.
func (m *matcher) whyNot(f wheel.Filename) (Reason, string) {
	m.prepare()
	for _, t := range f.Tags {
		family, floor, arch, ok := target.SplitTag(t.Platform)
		if !ok || !m.kinds[[2]string{t.Python, t.ABI}] {
			continue
		}
		if has, ok := m.offers[offer{family, arch}]; ok && above(floor, has) {
			return LibcFloor, fmt.Sprintf("it needs %s, and this system offers %s", t.Platform, has)
		}
	}
	return WrongTags, "this interpreter, " + m.kind() + ", does not support " + tagsOf(f)
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
}

// kind is the interpreter's own Python and platform: "cp311 on manylinux_2_36_x86_64".
func (m *matcher) kind() string {
	if t, ok := targetOf(m.report); ok {
		python, platform, _ := strings.Cut(t.String(), "@")
		return python + " on " + platform
	}
	return m.report.Implementation + " " + m.report.Version
}

// tagsOf are the tags of a file name as it has them.
func tagsOf(f wheel.Filename) string {
	return strings.Join(f.Pythons, ".") + "-" + strings.Join(f.ABIs, ".") + "-" + strings.Join(f.Platforms, ".")
}

// targetOf is the target that an interpreter stands for, where there is such.
func targetOf(r interpreters.Report) (target.Target, bool) {
	python, err := target.ParsePython(pythonTag(r))
	if err != nil {
		return target.Target{}, false
	}
	for _, tag := range r.Platforms {
		if platform, err := target.ParsePlatform(tag); err == nil {
			return target.Target{Python: python, Platform: platform}, true
		}
	}
	return target.Target{}, false
}

// pythonTag is how a target calls the Python of an interpreter: "cp311",
// "cp314t", "pp310".
func pythonTag(r interpreters.Report) string {
	short := map[string]string{"cpython": "cp", "pypy": "pp"}[r.Implementation]
	v := r.PythonVersion()
	tag := fmt.Sprintf("%s%d%d", short, v.Release(0), v.Release(1))
	if r.Freethreaded {
		tag += "t"
	}
	return tag
}
