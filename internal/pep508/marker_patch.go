package pep508

import (
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle/internal/pep440"
)

// textPatches is how many patch releases are tried where a marker looks for
// text inside a full version, for which no few of them stand for all.
const textPatches = 1000

// isPatch says whether a variable differs between patch releases.
func isPatch(v variable) bool { return v == pythonFullVersion || v == implementationVersion }

// includePatches remembers the versions that a full version is compared with.
func (e *expression) includePatches(c *comparison) {
	if !isPatch(c.key) {
		return
	}
	text := c.rightText()
	if c.left.variable == noVariable {
		text = c.left.text
	}
	if c.op == "in" || c.op == "not in" {
		e.substring = true
	}
	text = strings.TrimSuffix(strings.TrimSpace(text), ".*")
	if v, err := pep440.Parse(text); err == nil {
		e.patches = append(e.patches, v)
	}
}

// needsPatch says whether the outcome may differ between patch releases.
func (m Marker) needsPatch() bool { return m.uses(pythonFullVersion) || m.uses(implementationVersion) }

// evalPatches says whether the marker holds for at least one patch release of
// env.PythonVersion.
func (m Marker) evalPatches(env Environment, names []Name) bool {
	prefix := env.PythonVersion + "."
	cpython := env.ImplementationName == "cpython"
	for _, patch := range m.patches(env.PythonVersion) {
		env.PythonFullVersion = prefix + strconv.Itoa(patch)
		if cpython {
			env.ImplementationVersion = env.PythonFullVersion
		}
		if m.evalExtras(&env, names) {
			return true
		}
	}
	return false
}

// patches are patch numbers that stand for all: what a comparison with X.Y.Z
// says can change only at Z and behind it.
func (m Marker) patches(python string) []int {
	patches := append(make([]int, 0, 8), 0)
	base, err := pep440.Parse(python)
	if err != nil {
		return patches
	}
	for _, v := range m.root.patches {
		if v.Release(0) == base.Release(0) && v.Release(1) == base.Release(1) {
			patches = append(patches, v.Release(2), max(v.Release(2), v.Release(2)+1))
		}
	}
	if m.root.substring {
		for patch := range textPatches {
			patches = append(patches, patch)
		}
	}
	slices.Sort(patches)
	return slices.Compact(patches)
}
