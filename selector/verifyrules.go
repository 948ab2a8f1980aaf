package selector

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// own looks at what is beside the packages, and at the packages as a whole.
func (v *zipVerifier) own() {
	m, r := v.z.Extension.Manifest, v.z.reader
	for _, w := range v.z.Warnings {
		if w.File != v.z.Path && !v.opt.Made { // the other is about the packages
			v.tell(finding.Manifest, nil, extension.ManifestName, w.Text)
		}
	}
	if !v.opt.Made {
		if _, err := v.z.digest(); err != nil {
			v.tellError(finding.Damaged, nil, err)
		}
	}
	if _, ok := r.Member(mainModule); !ok {
		v.tell(finding.MainModule, nil, "", "it has no "+mainModule+", with which an extension begins")
	}
	if !m.ZipSafe {
		return
	}
	if n := len(v.z.Extension.Packages); n > 0 {
		v.tell(finding.ZipSafePackages, nil, "", fmt.Sprintf("zip_safe is true, so agents ignore the %d packages in %s/", n, packageFolder))
	}
	v.zipSafe()
}

// zipSafe looks at dependencies beside the modules.
func (v *zipVerifier) zipSafe() {
	r := v.z.reader
	for _, member := range v.z.Own() {
		if !native.Loadable(member.Name) {
			continue
		}
		if _, ok, _ := r.Native(member); ok {
			v.tell(finding.ZipSafeNative, nil, member.Name, "Python cannot load it from a zip, and zip_safe is true")
		}
	}
	if len(wheel.DistInfos(r.Names())) > 0 {
		v.checkBill(r, nil, sbom.InZip, "")
	}
}

// binaries holds native files against the tags.
func (v *zipVerifier) binaries(r *archive.Reader, p *Package) {
	var facts []native.Facts
	for _, m := range r.Members() {
		one, ok, err := r.Native(m)
		if ok {
			facts = append(facts, one)
		}
		if ok && err != nil { // one that cannot be read was found by its hash
			v.tell(finding.BinaryDoubt, p, m.Name, err.Error())
		}
	}
	for _, f := range native.CheckAll(facts, p.Filename.Tags) {
		code := finding.BinaryDoubt
		if f.Certain {
			code = codeOf(f.Code)
		}
		v.tell(code, p, f.File, f.Text)
	}
	if slices.ContainsFunc(p.Filename.Platforms, isBare) {
		text := "its name says nothing of the C library"
		if g := p.Binaries.Glibc; g != [2]int{} {
			text += fmt.Sprintf(", and %s needs glibc %d.%d", p.Binaries.Member, g[0], g[1])
		}
		v.tell(finding.LinuxFloor, p, "", text)
	}
}

// codeOf is the code of a contradiction between a binary and tags.
func codeOf(c native.Code) finding.Code {
	switch c {
	case native.WrongFormat:
		return finding.BinarySystem
	case native.WrongMachine:
		return finding.BinaryMachine
	case native.WrongLibc:
		return finding.BinaryLibc
	case native.GlibcTooNew:
		return finding.BinaryGlibc
	case native.MacOSTooNew:
		return finding.BinaryMacOS
	case native.WrongABI:
		return finding.BinaryABI
	}
	return finding.BinaryDoubt
}

// names looks at the paths in a package.
func (v *zipVerifier) names(r *archive.Reader, p *Package) {
	windows := func(platform string) bool { return platform == "any" || strings.HasPrefix(platform, "win") }
	if slices.ContainsFunc(p.Filename.Platforms, windows) && !v.opt.Made {
		if text := LongPath(r.Names()); text != "" {
			v.tell(finding.WindowsPath, p, "", text)
		}
	}
	theirs := map[string]string{}
	for _, name := range r.Names() {
		if top := wheel.ImportName(name); top != "" {
			theirs[top] = name
		}
	}
	for _, m := range v.z.Own() {
		top := wheel.ImportName(m.Name)
		if name, ok := theirs[top]; ok && top != "" && !v.told(finding.ModuleHidden, m.Name) {
			v.tell(finding.ModuleHidden, p, m.Name, "it hides "+name+" of a dependency")
		}
	}
}

// told says whether the same was found in a package before.
func (v *zipVerifier) told(code finding.Code, member string) bool {
	return slices.ContainsFunc(v.out.Findings, func(f finding.Finding) bool { return f.Code == code && f.Path == member })
}

// bill holds the bill of materials of a package against what it holds.
func (v *zipVerifier) bill(r *archive.Reader, p *Package) {
	if own, err := wheel.DistInfo(r.Names(), p.Filename); err == nil {
		v.checkBill(r, p, own+"/"+sbom.InPackage, own)
	}
}

// checkBill holds a bill of materials against the dist-info folders beside it,
// but for the folder own.
func (v *zipVerifier) checkBill(r *archive.Reader, p *Package, name, own string) {
	if _, ok := r.Member(name); !ok {
		if own != "" && hasBill(r, own) {
			return // by another tool, which may call things by other names
		}
		v.tell(finding.SBOMMissing, p, "", "it does not say what it holds")
		return
	}
	data, err := r.ReadFile(name)
	if err != nil {
		return // which its hash or its data told
	}
	d, err := sbom.Parse(data)
	if err != nil {
		v.tell(finding.SBOMUntrue, p, name, err.Error())
		return
	}
	said := map[pep508.Name]string{}
	for _, c := range d.Components {
		said[pep508.Normalize(c.Name)] = c.Version
	}
	for _, folder := range wheel.DistInfos(r.Names()) {
		project, version, ok := wheel.SplitDistInfo(folder)
		if !ok || folder == own {
			continue
		}
		if same, err := pep440.Parse(said[project]); err != nil || !same.Equal(version) {
			v.tell(finding.SBOMUntrue, p, name, fmt.Sprintf("it does not name %s %s", project, version))
		}
		delete(said, project)
	}
	for _, project := range slices.Sorted(maps.Keys(said)) {
		v.tell(finding.SBOMUntrue, p, name, fmt.Sprintf("it names %s, which is not there", project))
	}
}

func hasBill(r *archive.Reader, own string) bool {
	return slices.ContainsFunc(r.Names(), func(name string) bool { return strings.HasPrefix(name, own+"/sboms/") })
}

// coverage finds Pythons that requires_python admits, and that no package is
// for on a platform that packages are for.
func (v *zipVerifier) coverage() {
	m := v.z.Extension.Manifest
	if m.ZipSafe {
		return
	}
	var list []Offer
	for _, p := range v.z.Extension.Packages {
		if p.Problem == nil {
			list = append(list, Offer{p.Filename, p.RequiresPython, p.Binaries.Glibc})
		}
	}
	if len(list) == 0 {
		return
	}
	tell := func(platform target.Platform, where string) {
		if without := uncovered(list, platform, m.RequiresPython); len(without) > 0 {
			v.tell(finding.Coverage, nil, "", fmt.Sprintf("requires_python %s admits Python %s, and no package is for that%s", m.RequiresPython, strings.Join(without, ", "), where))
		}
	}
	platforms := Platforms(list)
	for _, platform := range platforms {
		tell(platform, " on "+platform.String())
	}
	if len(platforms) == 0 { // all are for any platform, for which one stands
		if p, err := target.ParsePlatform(target.Usual()[0]); err == nil {
			tell(p, "")
		}
	}
}

func uncovered(list []Offer, platform target.Platform, r extension.PythonRange) (without []string) {
	for _, python := range Admitted(r) {
		if Serving(list, target.Target{Python: python, Platform: platform}) < 0 {
			without = append(without, python.String())
		}
	}
	return without
}
