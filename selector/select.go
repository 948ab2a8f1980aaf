package selector

import (
	"fmt"
	"path"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

// Reason is why an interpreter or a package was taken or refused. The list is
// closed.
type Reason string

// The reasons.
const (
	Chosen                  Reason = "chosen"
	Outranked               Reason = "outranked"               // fits, and another fits better
	NotReached              Reason = "not-reached"             // fits or not, an earlier interpreter was taken
	NoAnswer                Reason = "no-answer"               // the interpreter could not be asked
	ExtensionRequiresPython Reason = "requires-python"         // requires_python of the extension
	NoPackageFits           Reason = "no-package"              // no package fits the interpreter
	WrongTags               Reason = "tags"                    // none of the package's tags is the interpreter's
	LibcFloor               Reason = "libc-floor"              // the package needs a newer libc or macOS
	PackageRequiresPython   Reason = "package-requires-python" // Requires-Python of the package
	Unusable                Reason = "unusable"                // damaged, or named for another extension
	AcceptList              Reason = "accept-list"             // the agent accepts no such extension
)

// Policy is what the agent's administrator decided.
type Policy struct {
	// StrictOrder keeps to the first interpreter that satisfies
	// requires_python, even when no package fits it.
	StrictOrder bool
	// Accept lists patterns (path.Match) of the extensions that may be
	// deployed; nil stands for all, an empty list for none.
	Accept []string
}

// PackageVerdict is what was found about one package for one interpreter.
type PackageVerdict struct {
	Package *Package
	Reason  Reason
	// Detail is a sentence for people.
	Detail string
	// Tag is the best of the package's tags for the interpreter and Rank its
	// place in the interpreter's order, 0 the best; for fitting packages.
	Tag  tags.Tag
	Rank int
}

// Verdict is what was found about one interpreter.
type Verdict struct {
	Interpreter interpreters.Interpreter
	Reason      Reason
	Detail      string
	// Packages are in the order of the zip; nil when they were not looked at.
	Packages []PackageVerdict
}

// Choice is the outcome of selecting.
type Choice struct {
	// Interpreter is nil when nothing was chosen.
	Interpreter *interpreters.Interpreter
	// Package is nil for an extension that needs none.
	Package *Package
	// Tag is the one by which Package fits.
	Tag tags.Tag
	// Considered are all interpreters in the order of the list.
	Considered []Verdict
}

// Select chooses the first interpreter of the list that satisfies the
// extension's requires_python and has a fitting dependency package, and of
// the fitting packages the one whose best tag comes first in that
// interpreter's order (PEP 425), ties by the greater build number. It reads
// and writes nothing. An extension without packages, or with zip_safe: true,
// needs none. The choice is returned with the error too, to explain it.
//
// Errors: *NoInterpreterError (exit code 4), *NoPackageError (5), or a refusal
// by the accept list (5).
func Select(ext Extension, list []interpreters.Interpreter, policy Policy) (Choice, error) {
	var c Choice
	if !accepted(ext.Manifest.Name, policy.Accept) {
		return refuseAll(ext, list)
	}
	done := false
	for _, in := range list {
		v := Verdict{Interpreter: in}
		if done {
			v.Reason, v.Detail = NotReached, "an earlier interpreter was taken"
			c.Considered = append(c.Considered, v)
			continue
		}
		best := judge(ext, in, &v)
		c.Considered = append(c.Considered, v)
		switch v.Reason {
		case Chosen:
			chosen := in
			c.Interpreter, done = &chosen, true
			if best != nil {
				c.Package, c.Tag = best.Package, best.Tag
			}
		case NoPackageFits:
			done = policy.StrictOrder
		}
	}
	if c.Interpreter == nil {
		return c, nothingFits(ext, c.Considered)
	}
	return c, nil
}

func accepted(name string, patterns []string) bool {
	if patterns == nil {
		return true
	}
	for _, p := range patterns {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}

func refuseAll(ext Extension, list []interpreters.Interpreter) (Choice, error) {
	var c Choice
	for _, in := range list {
		c.Considered = append(c.Considered, Verdict{Interpreter: in, Reason: AcceptList, Detail: "the agent does not accept this extension"})
	}
	return c, fault.New(fault.NoPackage, ext.Manifest.Name+": the agent's accept list does not admit this extension",
		"add "+ext.Manifest.Name+" or \"*\" to accept: in agent.yml")
}

// judge fills in the verdict on one interpreter and returns the best package.
func judge(ext Extension, in interpreters.Interpreter, v *Verdict) *PackageVerdict {
	if in.Report == nil {
		v.Reason, v.Detail = NoAnswer, "it did not answer"
		if in.Err != nil {
			v.Detail = in.Err.Error()
		}
		return nil
	}
	version := in.Report.PythonVersion()
	if !ext.Manifest.RequiresPython.Admits(version) {
		v.Reason = ExtensionRequiresPython
		v.Detail = fmt.Sprintf("Python %s is not in requires_python %q", version, ext.Manifest.RequiresPython)
		return nil
	}
	if ext.Manifest.ZipSafe || len(ext.Packages) == 0 {
		v.Reason, v.Detail = Chosen, "the extension needs no package"
		return nil
	}
	v.Packages = judgePackages(ext.Packages, *in.Report)
	best := bestPackage(v.Packages)
	if best == nil {
		v.Reason, v.Detail = NoPackageFits, "none of the dependency packages fits"
		return nil
	}
	v.Reason, v.Detail = Chosen, "the first that satisfies requires_python and has a package"
	return best
}

func judgePackages(packages []Package, report interpreters.Report) []PackageVerdict {
	order := report.TagOrder()
	verdicts := make([]PackageVerdict, len(packages))
	for i := range packages {
		verdicts[i] = judgePackage(&packages[i], report, order)
	}
	return verdicts
}

func judgePackage(p *Package, report interpreters.Report, order tags.Order) PackageVerdict {
	v := PackageVerdict{Package: p}
	if p.Problem != nil {
		v.Reason, v.Detail = Unusable, p.Problem.Error()
		return v
	}
	rank, tag, ok := order.Best(p.Filename.Tags)
	if !ok {
		v.Reason, v.Detail = whyNoTag(p.Filename.Tags, order)
		return v
	}
	if version := report.PythonVersion(); !p.RequiresPython.Matches(version) {
		v.Reason = PackageRequiresPython
		v.Detail = fmt.Sprintf("it requires Python %s, and this is %s", p.RequiresPython, version)
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

// whyNoTag tells a platform that is too old from one that is another.
func whyNoTag(of []tags.Tag, order tags.Order) (Reason, string) {
	for _, t := range of {
		needs, err := target.ParsePlatform(t.Platform)
		if err != nil {
			continue
		}
		for _, have := range order.List() {
			if have.Python != t.Python || have.ABI != t.ABI {
				continue
			}
			has, err := target.ParsePlatform(have.Platform)
			if err == nil && has.Family == needs.Family && has.Arch == needs.Arch {
				return LibcFloor, fmt.Sprintf("it needs %s, and this system offers %s", t.Platform, has)
			}
		}
	}
	parts := make([]string, len(of))
	for i, t := range of {
		parts[i] = t.String()
	}
	return WrongTags, "this interpreter does not support " + strings.Join(parts, ", ")
}
