package bundle

import "github.com/axlepack/axle/internal/target"

// PlatformNames are the short names of platforms, such as linux/amd64, that
// Options.Platforms takes beside platform tags.
func PlatformNames() []string { return target.Aliases() }

// PythonNames are the Pythons that Options.Pythons takes one by one.
func PythonNames() []string {
	var names []string
	for _, p := range target.Known() {
		names = append(names, p.String())
	}
	return names
}
