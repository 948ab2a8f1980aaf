package selector

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/wheel"
)

// VerifiedZip is what [VerifyZip] found.
type VerifiedZip struct {
	Zip       string   `json:"zip"`
	Extension string   `json:"extension"`
	Version   string   `json:"extension_version"`
	Packages  []string `json:"packages"`
	// Files were read, those of packages included.
	Files int `json:"files"`
	// Warnings are what may be meant so.
	Warnings []string `json:"warnings,omitempty"`
}

// VerifyZip reads an extension zip whole: its own files and every package, each
// against its RECORD, its WHEEL and METADATA against its name, and its binaries
// against its tags. All problems are one error: exit code 6 for what RECORD does
// not confirm, 3 for the rest.
func VerifyZip(ctx context.Context, file string) (VerifiedZip, error) {
	z, err := Open(file)
	if err != nil {
		return VerifiedZip{Zip: file}, err
	}
	defer z.Close()
	m := z.Extension.Manifest
	out := VerifiedZip{Zip: file, Extension: m.Name, Version: m.Version.String(), Packages: []string{}, Files: len(z.reader.Members())}
	var problems fault.List
	if _, err := z.digest(); err != nil {
		problems = append(problems, err)
	}
	if _, ok := z.reader.Member(mainModule); !ok {
		problems = append(problems, fault.Errorf(fault.BadInput, "%s: it has no %s, with which an extension begins", file, mainModule))
	}
	for i := range z.Extension.Packages {
		p := &z.Extension.Packages[i]
		out.Packages = append(out.Packages, p.File())
		found, err := z.verifyPackage(ctx, p, &out)
		if err != nil {
			return out, err
		}
		problems = append(problems, found...)
	}
	return out, problems.Err()
}

func (z *Zip) verifyPackage(ctx context.Context, p *Package, out *VerifiedZip) (fault.List, error) {
	name := z.Path + "!" + p.Member
	if p.Problem != nil {
		return fault.List{unusable(name, p.Problem)}, nil
	}
	inner, err := z.open(p.Member)
	if err != nil {
		return errorsOf(err), nil
	}
	out.Files += len(inner.Members())
	z.read(p)
	if p.Problem != nil {
		return fault.List{unusable(name, p.Problem)}, nil
	}
	entries, _, err := record(inner, p.Filename)
	if err != nil {
		return errorsOf(err), nil
	}
	problems := errorsOf(archive.Verify(ctx, inner, entries.Map()))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	problems = append(problems, errorsOf(checkWheel(inner, p.Filename))...)
	certain, warnings := checkBinaries(inner, p.Filename)
	for _, text := range certain {
		problems = append(problems, fault.New(fault.BadInput, name+": "+text))
	}
	for _, text := range warnings {
		out.Warnings = append(out.Warnings, p.File()+": "+text)
	}
	return problems, nil
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

// checkWheel holds the tags of WHEEL against those of the name.
func checkWheel(r *archive.Reader, f wheel.Filename) error {
	folder, err := wheel.DistInfo(r.Names(), f)
	if err != nil {
		return err
	}
	text, err := r.ReadFile(folder + "/WHEEL")
	if err != nil {
		return err
	}
	info, err := wheel.ParseInfo(text)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path(), err)
	}
	if said, named := tagSet(info.Tags), tagSet(f.Tags); said != named {
		return fault.Errorf(fault.BadInput, "%s: its name says %s, and its WHEEL %s", r.Path(), named, said)
	}
	return nil
}

func tagSet(list []tags.Tag) string {
	texts := make([]string, len(list))
	for i, t := range list {
		texts[i] = t.String()
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), " ")
}

// checkBinaries holds native files against the tags: what is certainly wrong,
// and what may be meant so.
func checkBinaries(r *archive.Reader, f wheel.Filename) (certain, warnings []string) {
	var facts []native.Facts
	for _, m := range r.Members() {
		one, ok, err := inspect(r, m)
		if ok {
			facts = append(facts, one)
		}
		if err != nil {
			certain = append(certain, m.Name+": "+err.Error())
		}
	}
	for _, finding := range native.CheckAll(facts, f.Tags) {
		if finding.Certain {
			certain = append(certain, finding.String())
		} else {
			warnings = append(warnings, finding.String())
		}
	}
	return certain, warnings
}

// inspect reads a member where it begins like a native file. One whose data is
// damaged was found by its hash.
func inspect(r *archive.Reader, m archive.Member) (native.Facts, bool, error) {
	var none native.Facts
	data, err := r.Open(m.Name)
	if err != nil {
		return none, false, nil
	}
	head := make([]byte, native.MagicSize)
	n, _ := data.Read(head)
	_ = data.Close()
	if n < len(head) || !native.Magic(head) {
		return none, false, nil
	}
	whole, err := r.ReadFile(m.Name)
	if err != nil {
		return none, false, nil
	}
	return native.Inspect(m.Name, bytes.NewReader(whole), int64(len(whole)))
}
