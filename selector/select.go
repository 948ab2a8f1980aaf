package selector

import (
	"context"
	"path"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/interpreters"
)

// Reason is why an interpreter or a package was taken or refused. The list is
// closed; the texts are part of the JSON form.
type Reason string

// The reasons. Those for interpreters:
const (
	Chosen                  Reason = "chosen"
	NotReached              Reason = "not-reached"     // fits, and an earlier one was taken; a package: it would be taken with this interpreter
	NoAnswer                Reason = "no-answer"       // it could not be asked
	ExtensionRequiresPython Reason = "requires-python" // of the extension
	NoPackageFits           Reason = "no-package"      // none of the packages fits it
	AcceptList              Reason = "accept-list"     // the agent accepts no such extension
)

// And those for packages, which can be Chosen or NotReached too:
const (
	Outranked             Reason = "outranked"               // fits, and another fits better
	WrongTags             Reason = "tags"                    // none of its tags is the interpreter's
	LibcFloor             Reason = "libc-floor"              // it needs a newer libc or macOS
	PackageRequiresPython Reason = "package-requires-python" // Requires-Python of its METADATA
	WrongBinaries         Reason = "binaries"                // what is in it is not what its name promises
	WrongHash             Reason = "hash"                    // a file of it is not the one that RECORD names
	Unusable              Reason = "unusable"                // damaged, or made for another extension
)

// Reasons are all of them.
func Reasons() []Reason {
	return []Reason{
		Chosen, NotReached, NoAnswer, ExtensionRequiresPython, NoPackageFits, AcceptList,
		Outranked, WrongTags, LibcFloor, PackageRequiresPython, WrongBinaries, WrongHash, Unusable,
	}
}

// Policy is what the agent's administrator decided. The zero value accepts all
// extensions, and no package whose binaries contradict its name.
type Policy struct {
	// StrictOrder keeps to the first interpreter that satisfies
	// requires_python, even when no package fits it.
	StrictOrder bool
	// Accept lists patterns (path.Match) of the extensions that may be
	// deployed; nil stands for all, an empty list for none.
	Accept []string
	// WarnOfBinaries lets a package be chosen whose binaries contradict its
	// name; the verdict reports them all the same.
	WarnOfBinaries bool
}

// PackageVerdict is what was found about one package for one interpreter.
type PackageVerdict struct {
	Package *Package
	Reason  Reason
	// Tag is the best of the package's tags for the interpreter and Rank its
	// place in the interpreter's order, 0 the best; for fitting packages.
	Tag  tags.Tag
	Rank int
	// Lies are the binaries that do not do on this interpreter what the
	// package's name promises.
	Lies []Lie

	by *matcher
}

// Verdict is what was found about one interpreter.
type Verdict struct {
	Interpreter interpreters.Interpreter
	Reason      Reason
	// Detail is a sentence for people.
	Detail string
	// Next marks the interpreter that would be taken were the chosen one not
	// there.
	Next bool
	// Packages are in the order of the zip; nil when they were not looked at.
	Packages []PackageVerdict
}

// Choice is the outcome of selecting.
type Choice struct {
	// Extension and Version are those of the manifest.
	Extension, Version string
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
// needs none. All interpreters are judged, also those behind the chosen one, so
// that the choice says what else there is; it is returned with the error too.
//
// A package that was not read is judged by its name alone; [Zip.Select] reads
// what the choice depends on.
//
// Errors: *NoInterpreterError (exit code 4), *NoPackageError (5), or a refusal
// by the accept list (5).
func Select(ext Extension, list []interpreters.Interpreter, policy Policy) (Choice, error) {
	return choose(ext, newCandidates(list), SelectOptions{Policy: policy, Explain: true})
}

// SelectOptions are the policy and how much is to be looked at.
type SelectOptions struct {
	Policy
	// Explain judges every interpreter, and reads every package that one of
	// them could use, so that the verdicts are complete. Without it, what comes
	// behind the chosen interpreter is not looked at.
	Explain bool
	// Root, where it is not "", is an agent's root folder: what is known there of
	// the very same zip is not read again.
	Root string
}

// Select is [Select] for the extension in the zip, after reading from the
// packages what the choice depends on: each is opened and checked, and its
// METADATA read.
func (z *Zip) Select(ctx context.Context, list []interpreters.Interpreter, opt SelectOptions) (Choice, error) {
	z.recall(opt.Root)
	all := newCandidates(list)
	if opt.Explain && !z.Extension.Manifest.ZipSafe {
		z.readFitting(ctx, all)
	}
	for {
		c, err := choose(z.Extension, all, opt)
		switch {
		case ctx.Err() != nil:
			return c, context.Cause(ctx)
		case c.Package == nil || c.Package.Read:
			return c, err
		}
		// Whether it can be used shows inside only. If not, the next best is
		// chosen, and so on.
		z.read(c.Package)
	}
}

func choose(ext Extension, list []candidate, opt SelectOptions) (Choice, error) {
	c := Choice{Extension: ext.Manifest.Name, Version: ext.Manifest.Version.String(), Considered: make([]Verdict, len(list))}
	if !accepted(c.Extension, opt.Accept) {
		return refuseAll(c, list)
	}
	strict, next := "", false // the interpreter that strict order keeps to
	for i := range list {
		v := &c.Considered[i]
		if v.Interpreter = list[i].Interpreter; c.Interpreter != nil && !opt.Explain {
			v.Reason, v.Detail = NotReached, "an earlier interpreter was taken"
			continue
		}
		best := list[i].judge(ext, v, opt.Policy)
		switch {
		case v.Reason == NoPackageFits && opt.StrictOrder && c.Interpreter == nil && strict == "":
			strict = v.Interpreter.Path
		case v.Reason != Chosen:
		case strict != "":
			v.notReached(best, "fits, and strict order keeps to "+strict)
		case c.Interpreter != nil:
			v.notReached(best, "fits too, and an earlier interpreter was taken")
			v.Next, next = !next, true
		default:
			c.take(v, best)
		}
	}
	if c.Interpreter == nil {
		return c, nothingFits(ext, c.Considered)
	}
	return c, nil
}

func (c *Choice) take(v *Verdict, best *PackageVerdict) {
	c.Interpreter = &v.Interpreter
	if best != nil {
		c.Package, c.Tag = best.Package, best.Tag
	}
}

func (v *Verdict) notReached(best *PackageVerdict, detail string) {
	v.Reason, v.Detail = NotReached, detail
	if best != nil {
		best.Reason = NotReached
	}
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

func refuseAll(c Choice, list []candidate) (Choice, error) {
	for i, in := range list {
		c.Considered[i] = Verdict{Interpreter: in.Interpreter, Reason: AcceptList, Detail: "the agent does not accept this extension"}
	}
	return c, fault.New(fault.NoPackage, c.Extension+": the agent's accept list does not admit this extension",
		"add "+c.Extension+" or \"*\" to accept: in agent.yml")
}
