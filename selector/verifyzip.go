package selector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/wheel"
)

// VerifyZipOptions change what [VerifyZip] does. The zero value works.
type VerifyZipOptions struct {
	// Ignore are codes of findings that are meant so: what has them is told as
	// ignored, and is no error. An unknown one is an error with [fault.Usage].
	Ignore []string
	// Project is the folder of the project, whose extension.yml says in
	// bundle.ignore what is meant so; "" for none.
	Project string
	// Strict makes errors of warnings.
	Strict bool
	// Made says that the caller has just made the zip, out of files that were
	// held against RECORD and against their names: they are not read again, and
	// which Pythons have no package is known to it.
	Made bool
}

// ignored are the codes that are meant so, for an extension of this name.
func (o VerifyZipOptions) ignored(name string) ([]finding.Code, error) {
	var list []finding.Code
	var problems fault.List
	for _, text := range o.Ignore {
		code, err := finding.Parse(text)
		if err != nil {
			problems = append(problems, fault.WithCode(err, fault.Usage))
		}
		list = append(list, code)
	}
	if err := problems.Err(); err != nil || o.Project == "" {
		return list, err
	}
	file := filepath.Join(o.Project, extension.ManifestName)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	m, _, err := extension.ParseManifest(file, text)
	if err == nil && m.Name != name {
		err = fault.New(fault.BadInput, fmt.Sprintf("%s: is that of %s, and the zip is of %s", file, m.Name, name), "name the project of the zip with --project")
	}
	return append(list, m.Bundle.Ignore...), err
}

// Finding is one thing that [VerifyZip] found.
type Finding = finding.Finding

// FindingCodes are the codes that a finding can have.
func FindingCodes() []string { return finding.Codes() }

// VerifiedZip is what [VerifyZip] found.
type VerifiedZip struct {
	Zip       string   `json:"zip"`
	Extension string   `json:"extension"`
	Version   string   `json:"extension_version"`
	Packages  []string `json:"packages"`
	// Files were read, those of packages included.
	Files int `json:"files"`
	// Findings are in the order of the packages; those of the zip itself come
	// first.
	Findings []finding.Finding `json:"findings"`
}

// Err is every error among the findings that is not ignored, as one.
func (v VerifiedZip) Err() error {
	var list fault.List
	for _, f := range v.Findings {
		if f.Severity == finding.Error && !f.Ignored {
			list = append(list, f)
		}
	}
	return list.Err()
}

// Warnings are the findings that are neither errors nor ignored.
func (v VerifiedZip) Warnings() []finding.Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), func(f finding.Finding) bool { return f.Ignored || f.Severity == finding.Error })
}

// Ignored is how many findings are meant so.
func (v VerifiedZip) Ignored() (n int) {
	for _, f := range v.Findings {
		if f.Ignored {
			n++
		}
	}
	return n
}

// VerifyZip reads an extension zip whole: its own files and every package, each
// against its RECORD, its WHEEL and METADATA against its name, its binaries
// against its tags, its bill of materials against its distributions, and all of
// them against what extension.yml promises. [VerifiedZip.Err] is what is wrong.
// The error is that of a file that cannot be opened at all, or of the context.
func VerifyZip(ctx context.Context, file string, opt VerifyZipOptions) (VerifiedZip, error) {
	z, err := Open(file)
	if err != nil {
		return VerifiedZip{Zip: file}, err
	}
	defer z.Close()
	m := z.Extension.Manifest
	ignore, err := opt.ignored(m.Name)
	if err != nil {
		return VerifiedZip{Zip: file}, err
	}
	v := zipVerifier{z: z, opt: opt, ignore: ignore, out: VerifiedZip{
		Zip: file, Extension: m.Name, Version: m.Version.String(), Packages: []string{}, Files: len(z.reader.Members()), Findings: []finding.Finding{},
	}}
	v.own()
	for i := range z.Extension.Packages {
		p := &z.Extension.Packages[i]
		v.out.Packages = append(v.out.Packages, p.File())
		v.verify(ctx, p)
		if ctx.Err() != nil {
			return v.out, context.Cause(ctx)
		}
	}
	if !opt.Made {
		v.coverage()
	}
	return v.out, nil
}

// zipVerifier collects what is found in one zip.
type zipVerifier struct {
	z      *Zip
	opt    VerifyZipOptions
	ignore []finding.Code
	out    VerifiedZip
}

// tell adds a finding about a member of a package; either may be "".
func (v *zipVerifier) tell(code finding.Code, p *Package, member, text string) {
	f := finding.Finding{Code: code, Path: member, Text: v.z.Path}
	if p != nil {
		f.Package, f.Text = p.File(), f.Text+"!"+p.Member
	}
	if member != "" {
		f.Text += ": " + member
	}
	f.Text += ": " + text
	v.add(f)
}

func (v *zipVerifier) add(f finding.Finding) {
	rule := finding.Of(f.Code)
	f.Severity, f.Exit = rule.Severity(), rule.Exit
	if v.opt.Strict && f.Exit == 0 {
		f.Severity, f.Exit = finding.Error, rule.Strict()
	}
	f.Ignored = slices.Contains(v.ignore, f.Code)
	v.out.Findings = append(v.out.Findings, f)
}

// tellError adds each error that err consists of, which name the file.
func (v *zipVerifier) tellError(code finding.Code, p *Package, err error) {
	for _, one := range errorsOf(err) {
		c := code
		if fault.ExitCode(one) == fault.Mismatch {
			c = finding.Record
		}
		f := finding.Finding{Code: c, Text: one.Error(), Err: one}
		if p != nil {
			f.Package = p.File()
		}
		if problem := (*archive.Problem)(nil); errors.As(one, &problem) {
			f.Path = problem.Member
		}
		v.add(f)
	}
}

// verify looks into one package.
func (v *zipVerifier) verify(ctx context.Context, p *Package) {
	name := v.z.Path + "!" + p.Member
	if p.Problem != nil {
		v.tellError(finding.PackageName, p, unusable(name, p.Problem))
		return
	}
	inner, err := v.z.open(p.Member)
	if err != nil {
		p.learn(nil, err)
		v.tellError(finding.Damaged, p, err)
		return
	}
	v.out.Files += len(inner.Members())
	if p.learn(inner, nil); p.Problem != nil {
		v.tellError(finding.Metadata, p, unusable(name, p.Problem))
		return
	}
	entries, _, err := record(inner, p.Filename)
	if err != nil {
		v.tellError(finding.Metadata, p, err)
		return
	}
	if !v.opt.Made {
		v.tellError(finding.Damaged, p, archive.Verify(ctx, inner, entries.Map()))
		v.binaries(inner, p)
	}
	v.tags(inner, p)
	v.names(inner, p)
	v.bill(inner, p)
}

// tags holds the tags of WHEEL against those of the name.
func (v *zipVerifier) tags(r *archive.Reader, p *Package) {
	info, err := wheel.ReadInfo(r.Names(), r.ReadFile, p.Filename)
	if err != nil {
		v.tellError(finding.Metadata, p, unusable(r.Path(), err))
	} else if made, named, renamed := info.Renamed(p.Filename); renamed {
		v.tell(finding.WheelTags, p, "", "its name says "+named+", and its WHEEL "+made)
	}
}

// errorsOf are the errors that one consists of.
func errorsOf(err error) fault.List {
	if err == nil {
		return nil
	}
	if list, ok := err.(fault.List); ok {
		return slices.Clone(list)
	}
	return fault.List{err}
}
