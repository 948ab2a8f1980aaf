package wheel

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

const distInfoSuffix = ".dist-info"

// DistInfo finds the .dist-info folder of a wheel among its member names and
// returns its name as the wheel spells it. It is the one at the top whose
// project and version are those of the file name, however spelled: a dependency
// package has the folders of other distributions too. None, or more than one,
// is an error with [fault.BadInput].
func DistInfo(names []string, f Filename) (string, error) {
	var all, fitting []string
	for _, dir := range DistInfos(names) {
		all = append(all, dir)
		if name, version, ok := SplitDistInfo(dir); ok && name == f.Name && version.Equal(f.Version) {
			fitting = append(fitting, dir)
		}
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(fitting) > 1:
		return "", fault.Errorf(fault.BadInput, "%s: more than one dist-info folder for %s: %s",
			f.Text, f.Name, strings.Join(fitting, ", "))
	case len(all) == 0:
		return "", fault.Errorf(fault.BadInput, "%s: no dist-info folder, so this is no wheel", f.Text)
	}
	return "", fault.Errorf(fault.BadInput, "%s: no dist-info folder for %s %s, only %s",
		f.Text, f.Name, f.Version, strings.Join(all, ", "))
}

// DistInfos are the .dist-info folders at the top of a wheel, sorted, each once.
func DistInfos(names []string) []string {
	seen := map[string]bool{}
	var dirs []string
	for _, name := range names {
		dir, _, ok := strings.Cut(name, "/")
		if ok && strings.HasSuffix(dir, distInfoSuffix) && !seen[dir] {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// SplitDistInfo reads the project and version out of the name of a .dist-info
// folder. The version begins after the last dash.
func SplitDistInfo(dir string) (pep508.Name, pep440.Version, bool) {
	stem, ok := strings.CutSuffix(dir, distInfoSuffix)
	cut := strings.LastIndexByte(stem, '-')
	if !ok || cut < 1 {
		return "", pep440.Version{}, false
	}
	version, err := pep440.Parse(stem[cut+1:])
	if err != nil {
		version, err = pep440.Parse(strings.ReplaceAll(stem[cut+1:], "_", "-"))
	}
	return pep508.Normalize(stem[:cut]), version, err == nil
}
