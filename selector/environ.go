package selector

import (
	"strings"

	"github.com/axlepack/axle/internal/launch"
)

// compileEnv is the environment for making byte code, on which no wish for one
// run has an effect.
func compileEnv(env []string, needsSite bool) []string {
	return launch.Without(env, func(name string) bool {
		return name == "SOURCE_DATE_EPOCH" || name == "__PYVENV_LAUNCHER__" ||
			strings.HasPrefix(name, "PYTHON") && (name != launch.PythonHome || !needsSite)
	})
}
