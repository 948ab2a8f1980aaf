package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/target"
)

// Need implements [Needs]. Code for other systems and processors, which some
// wheels carry among their data, does not count.
func (w *Wheels) Need(f lock.File, on target.Platform) (need Need, ok bool) {
	one, known := w.Wheel(f)
	if !known {
		return Need{}, false
	}
	for _, facts := range one.Binaries {
		for _, image := range facts.Images {
			least, has := needOf(facts.Format, image, on)
			if has && (!ok || least.Compare(need.Least) > 0) {
				need, ok = Need{least, facts.Name, on.Family != target.MacOS}, true
			}
		}
	}
	return need, ok
}

// needOf gives the least platform of the kind of on that loads an image.
func needOf(format native.Format, image native.Image, on target.Platform) (target.Platform, bool) {
	var floor [2]int
	switch {
	case image.Arch != on.Arch:
		return target.Platform{}, false
	case on.Family == target.Manylinux && format == native.ELF && image.Libc != native.Musl:
		floor = image.Glibc
	case on.Family == target.MacOS && format == native.MachO:
		if floor = image.MacOS; floor[0] > 10 {
			floor[1] = 0 // from 11 on tags know the major version alone
		}
	}
	least := target.Platform{Family: on.Family, Arch: on.Arch, Major: floor[0], Minor: floor[1]}
	return least, floor != [2]int{}
}

// Binary gives the first file of the wheel that no zip can hold: a library or
// program that the system loads from a file. Programs for Windows in a wheel
// for any platform are not meant: those are the launchers that setuptools and its
// like copy from, and data to everybody.
func (w *Wheel) Binary() (member string, ok bool) {
	for _, facts := range w.Binaries {
		if w.loads(facts) {
			return facts.Name, true
		}
	}
	return "", false
}

func (w *Wheel) loads(facts native.Facts) bool {
	program := facts.Format == native.PE && strings.HasSuffix(strings.ToLower(facts.Name), ".exe")
	return !program || !slices.Equal(w.File.Filename.Platforms, anywhere)
}

// Check holds the binaries of every wheel against the wheel's name. What
// cannot be is an error ([fault.BadInput]), what is only odd a warning; floors
// are left to [NewPlan], which knows the targets.
func (w *Wheels) Check() ([]fault.Warning, error) {
	var warnings []fault.Warning
	var problems fault.List
	for _, one := range w.list {
		file := one.File.Filename
		told := 0
		for _, finding := range native.CheckAll(one.Binaries, file.Tags) {
			switch {
			case finding.Code == native.GlibcTooNew, finding.Code == native.MacOSTooNew:
			case finding.Certain:
				problems = append(problems, fault.New(fault.BadInput, fmt.Sprintf("%s: %s", file.Text, finding),
					"the wheel was renamed or made wrongly: take another version of "+string(file.Name)))
			case told < maxFindings:
				told++
				warnings = append(warnings, fault.Warning{File: file.Text, Text: finding.String()})
			}
		}
	}
	return warnings, problems.Err()
}
