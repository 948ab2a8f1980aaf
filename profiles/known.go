package profiles

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/interpreters"
)

//go:embed known/*.yml
var files embed.FS

// System is a system whose Pythons are common knowledge, as its file says.
type System struct {
	// Name is what [Load] takes: "rhel8".
	Name string `yaml:"-" json:"name"`
	// System says in words what it is.
	System string `yaml:"system" json:"system"`
	// Source is where the facts come from, and Written when they were written down.
	Source  string `yaml:"source" json:"source"`
	Written string `yaml:"written" json:"written"`
	// Platform is what its platform tags begin with: "manylinux_2_28".
	Platform string `yaml:"platform" json:"platform"`
	// Architectures are those it exists for, as tags call them; NAME alone stands
	// for the first, NAME/ARCHITECTURE for another one.
	Architectures []string `yaml:"architectures" json:"architectures"`
	// Pythons are best first, as its agents prefer them.
	Pythons []Python `yaml:"pythons" json:"pythons"`
}

// Python is a CPython of a known system.
type Python struct {
	Path    string `yaml:"path" json:"path"`
	Version string `yaml:"version" json:"version"` // with its patch release
}

// Known are the systems, in the natural order of their names.
func Known() []System {
	entries, err := fs.ReadDir(files, "known")
	if err != nil {
		panic(err) // it is embedded
	}
	list := make([]System, len(entries))
	for i, e := range entries {
		list[i] = readSystem(e.Name())
	}
	slices.SortFunc(list, func(a, b System) int {
		return cmp.Or(cmp.Compare(family(a.Name), family(b.Name)), cmp.Compare(number(a.Name), number(b.Name)))
	})
	return list
}

// family and number are the two parts of a name: "alpine", "3.20".
func family(name string) string { return strings.TrimRight(name, "0123456789.") }

func number(name string) (n float64) {
	_, _ = fmt.Sscan(strings.TrimPrefix(name, family(name)), &n)
	return n
}

// readSystem reads an embedded file; a test reads them all.
func readSystem(file string) System {
	data, err := files.ReadFile(path.Join("known", file))
	s := System{Name: strings.TrimSuffix(file, path.Ext(file))}
	if err == nil {
		dec := yaml.NewDecoder(bytes.NewReader(data))
		dec.KnownFields(true)
		err = dec.Decode(&s)
	}
	if err != nil {
		panic(fmt.Sprintf("%s: %v", file, err))
	}
	return s
}

// known is the profile of a known system, and whether there is one of the name.
func known(name string) (Profile, bool, error) {
	name, arch, given := strings.Cut(name, "/")
	if _, err := fs.Stat(files, "known/"+name+".yml"); err != nil || strings.ContainsAny(name, `/\`) {
		return Profile{}, false, nil
	}
	s := readSystem(name + ".yml")
	if !given {
		arch = s.Architectures[0]
	}
	for _, a := range s.Architectures {
		if a == arch || sameArch[a] == arch {
			p, err := s.Profile(a)
			return p, true, err
		}
	}
	return Profile{}, true, fault.New(fault.NotFound, fmt.Sprintf("%s/%s: %s is known for %s", name, arch, s.System, strings.Join(s.Architectures, ", ")))
}

// sameArch are the other spellings of architectures, those of platforms such as
// linux/amd64, and the first one's of x86 on Windows.
var sameArch = map[string]string{"x86_64": "amd64", "aarch64": "arm64", "amd64": "x86_64", "arm64": "aarch64"}

// Profile is the profile of the system on one of its architectures.
func (s System) Profile(arch string) (Profile, error) {
	platform, err := target.ParsePlatform(s.Platform + "_" + arch)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Name: s.Name, System: s.System + ", " + arch}
	if arch != s.Architectures[0] {
		p.Name += "/" + arch
	}
	for _, python := range s.Pythons {
		report, err := python.report(platform)
		if err != nil {
			return Profile{}, err
		}
		p.Interpreters = append(p.Interpreters, interpreters.Interpreter{Path: python.Path, Source: interpreters.FromList, Report: &report})
	}
	return p, nil
}

// report is what such an interpreter would answer.
func (p Python) report(platform target.Platform) (interpreters.Report, error) {
	minor := p.Version[:strings.LastIndexByte(p.Version, '.')]
	python, err := target.ParsePython(minor)
	if err != nil {
		return interpreters.Report{}, err
	}
	t := target.Target{Python: python, Platform: platform}
	r := interpreters.Report{
		Schema: interpreters.ReportVersion, Path: p.Path, Version: p.Version,
		Implementation: "cpython", ImplementationVersion: p.Version, Bits: 64,
		Platforms: platform.PlatformTags(), Tags: compact(t), Markers: markers(t.Environment(), p.Version),
	}
	switch platform.Family {
	case target.Manylinux:
		r.Libc = interpreters.Libc{Family: "glibc", Major: platform.Major, Minor: platform.Minor}
	case target.Musllinux:
		r.Libc = interpreters.Libc{Family: "musl", Major: platform.Major, Minor: platform.Minor}
	}
	if r.Libc.Family != "" { // an interpreter takes files that name no C library first
		r.Platforms = slices.Insert(r.Platforms, 0, "linux_"+platform.Arch)
	}
	return r, nil
}

// compact are the tags of a CPython with a star for the platforms.
func compact(t target.Target) []string {
	version, platforms := [2]int{t.Python.Major, t.Python.Minor}, []string{"*"}
	list := tags.CPython(version, []string{t.ABI()}, platforms)
	var out []string
	for _, tag := range tags.NewOrder(append(list, tags.Compatible(version, t.Python.Tag(), platforms)...)).List() {
		out = append(out, tag.String())
	}
	return out
}

func markers(e pep508.Environment, version string) map[string]string {
	return map[string]string{
		"os_name": e.OSName, "sys_platform": e.SysPlatform, "platform_system": e.PlatformSystem, "platform_machine": e.PlatformMachine,
		"platform_release": "", "platform_version": "", "platform_python_implementation": e.PlatformPythonImplementation,
		"implementation_name": e.ImplementationName, "implementation_version": version,
		"python_version": e.PythonVersion, "python_full_version": version,
	}
}
