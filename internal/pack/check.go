package pack

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// Check looks for everything that would make the zip wrong, before anything
// is written: packages in a zip-safe extension, binaries beside the modules,
// modules and dependencies that want the same name.
func (e Extension) Check() error {
	var problems fault.List
	if e.ZipSafe && len(e.Packages) > 0 {
		problems = append(problems, fault.New(fault.BadInput,
			e.Name+": zip_safe is true, so that agents would ignore the dependency packages",
			"set zip_safe: false in extension.yml"))
	}
	if !e.ZipSafe && len(e.Members) > 0 {
		problems = append(problems, fault.New(fault.Internal, e.Name+": zip_safe is false, and there are dependencies beside the modules"))
	}
	problems = append(problems, nativeProblems(e.Members)...)
	problems = append(problems, e.clashes()...)
	return problems.Err()
}

// NativeError is a dependency with a binary in a zip-safe extension.
type NativeError struct {
	Distribution string // "PyYAML 6.0.2"
	File         string
	More         int // further binaries of the distribution
}

func (e *NativeError) Error() string {
	s := fmt.Sprintf("%s: cannot run from a zip: %s is a binary", e.Distribution, e.File)
	if e.More > 0 {
		s += fmt.Sprintf(" (and %d more)", e.More)
	}
	return s
}

// ExitCode is that of a bad extension.yml.
func (e *NativeError) ExitCode() int { return fault.BadInput }

// Hints say what helps.
func (e *NativeError) Hints() []string { return []string{"set zip_safe: false in extension.yml"} }

// nativeProblems names each distribution that has a binary once.
func nativeProblems(members []Member) fault.List {
	var list fault.List
	byOwner := map[string]*NativeError{}
	for _, m := range members {
		if !m.Native {
			continue
		}
		if known := byOwner[m.Owner]; known != nil {
			known.More++
			continue
		}
		byOwner[m.Owner] = &NativeError{Distribution: m.Owner, File: m.Path}
		list = append(list, byOwner[m.Owner])
	}
	return list
}

// ClashError is a name that a module of the extension and a dependency want.
type ClashError struct {
	Path, Owner           string
	OtherPath, OtherOwner string
}

func (e *ClashError) Error() string {
	return fmt.Sprintf("%s of %s and %s of %s want the same name", e.Path, e.Owner, e.OtherPath, e.OtherOwner)
}

// ExitCode is that of a name clash.
func (e *ClashError) ExitCode() int { return fault.NameClash }

// Hints say what helps.
func (e *ClashError) Hints() []string {
	if e.OtherOwner == itself {
		return []string{"rename one of them"}
	}
	return []string{"rename " + e.Path + ", or set zip_safe: false to keep the dependencies apart"}
}

// clashes finds members of the zip that want one path, or one import name of
// which one would hide the other.
func (e Extension) clashes() fault.List {
	var list fault.List
	paths, folders, names := map[string]file{}, map[string]file{}, map[string]file{}
	files := e.files()
	for _, f := range files {
		key := archive.FoldName(f.path)
		if other, taken := paths[key]; taken {
			list = append(list, &ClashError{other.path, other.owner, f.path, f.owner})
			continue
		}
		paths[key] = f
		for folder := path.Dir(key); folder != "."; folder = path.Dir(folder) {
			folders[folder] = f
		}
		name := wheel.ImportName(f.path)
		other, taken := names[name]
		switch {
		case name == "":
		case !taken:
			names[name] = f
		case (f.owner == itself) != (other.owner == itself):
			list = append(list, &ClashError{other.path, other.owner, f.path, f.owner})
		}
	}
	for _, f := range files {
		if other, ok := folders[archive.FoldName(f.path)]; ok {
			list = append(list, &ClashError{f.path, f.owner, other.path, other.owner})
		}
	}
	return append(list, e.strayPackages()...)
}

// strayPackages finds modules that an agent would take for dependency packages.
func (e Extension) strayPackages() fault.List {
	var list fault.List
	for _, m := range e.Modules {
		if strings.HasPrefix(archive.FoldName(m), Folder+"/") && strings.HasSuffix(archive.FoldName(m), ".whl") {
			list = append(list, fault.New(fault.BadInput, m+": agents take this module for a dependency package",
				"put packages made elsewhere into dist/"+Folder+", where they are checked"))
		}
	}
	return list
}

// Shadowed finds modules of an extension that hide a top-level module of a
// dependency: the extension comes first on the path. members are the files of
// the dependencies as their package has them.
func Shadowed(modules []string, members []Member) []fault.Warning {
	theirs := map[string]Member{}
	for _, m := range members {
		if name := wheel.ImportName(m.Path); name != "" {
			theirs[name] = m
		}
	}
	var list []fault.Warning
	for _, own := range slices.Sorted(slices.Values(modules)) {
		if m, ok := theirs[wheel.ImportName(own)]; ok {
			list = append(list, fault.Warning{File: own, Text: fmt.Sprintf("hides %s of %s", m.Path, m.Owner)})
		}
	}
	return list
}
