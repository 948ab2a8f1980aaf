package interpreters

import (
	"encoding/json"

	"github.com/axlepack/axle/internal/fault"
)

// Where an [Interpreter] was found.
const (
	FromList     = "list"     // the agent's own list
	FromDefault  = "default"  // the agent's defaults
	FromPath     = "PATH"     // a folder of PATH
	FromPyenv    = "pyenv"    // and pyenv-win
	FromUV       = "uv"       // uv's own installations
	FromConda    = "conda"    // conda, mamba and their environments
	FromManager  = "manager"  // asdf, mise, scoop
	FromSystem   = "system"   // the usual folders of the system
	FromHomebrew = "homebrew" // Homebrew, on macOS and Linux
	FromLauncher = "launcher" // the py launcher of Windows
	FromRegistry = "registry" // the registry of Windows (PEP 514)
)

// Interpreter is an executable and what is known of it: either Report is set,
// or Err says why there is none.
type Interpreter struct {
	// Path is what to start: absolute, except for a listed name that could
	// not be found. A shim is replaced by what it starts.
	Path string
	// Source is one of the From constants.
	Source string
	// Also are the other paths that were found to lead to it, in order.
	Also []string
	// Report is the interpreter's answer.
	Report *Report
	// Err is why there is no answer, an [*Error] unless the context ended.
	Err error
}

// MarshalJSON writes the interpreter with its report, or with what is wrong:
// {"path", "source", "also", "report", "problem": {"kind", "message", "hints"}}.
func (i Interpreter) MarshalJSON() ([]byte, error) {
	type problem struct {
		Kind    Kind     `json:"kind,omitempty"`
		Message string   `json:"message"`
		Hints   []string `json:"hints,omitempty"`
	}
	out := struct {
		Path    string   `json:"path"`
		Source  string   `json:"source"`
		Also    []string `json:"also,omitempty"`
		Report  *Report  `json:"report,omitempty"`
		Problem *problem `json:"problem,omitempty"`
	}{i.Path, i.Source, i.Also, i.Report, nil}
	if i.Err != nil {
		out.Problem = &problem{KindOf(i.Err), i.Err.Error(), fault.Hints(i.Err)}
	}
	return json.Marshal(out)
}
