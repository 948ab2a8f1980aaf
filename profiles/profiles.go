// Package profiles holds agent profiles: what the interpreters of one machine
// can run, written down to build and to select for that machine elsewhere.
//
// [Of] makes one of what interpreters answered, [Profile.Write] writes it as
// JSON, and [Read] reads it:
//
//	{
//	  "version": 1,
//	  "system": "Linux x86_64, glibc 2.36",
//	  "accept": ["*"],
//	  "policy": {"strict_order": false, "binaries": "refuse"},
//	  "interpreters": [{"path", "target", "report": {
//	    "python", "implementation", "platforms", "tags", "markers", "libc": {"family", "major", "minor"}, …}}]
//	}
//
// The interpreters stand in the order in which the agent prefers them. A report
// is what [interpreters.Report] documents; the target is what builds call the
// interpreter ("cp311@manylinux_2_36_x86_64"), and is left out where there is
// none. What axle interpreters --json prints can be read too. A profile names
// neither the machine nor the time: the same machine gives the same bytes.
//
// [Known] are the profiles of systems whose Pythons are common knowledge, by
// names such as "rhel8". They are data: the facts are in known/*.yml, and the
// tags are worked out of them. A profile of the real machine is always better.
package profiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// Version is the version of the JSON form. It grows when a field changes its
// meaning or goes.
const Version = 1

// Profile is an agent as far as building and selecting need to know it.
type Profile struct {
	// Name is how messages call it: the name of a known system or of the file.
	Name string
	// System says in words what it is.
	System string
	// Accept and Policy are those of the agent's agent.yml; a nil Accept stands
	// for all.
	Accept []string
	Policy Policy
	// Interpreters are best first. All have reports.
	Interpreters []interpreters.Interpreter
}

// Policy is what an agent chooses and refuses.
type Policy struct {
	// StrictOrder keeps to the first interpreter that satisfies requires_python.
	StrictOrder bool
	// WarnOfBinaries takes packages whose binaries contradict their names.
	WarnOfBinaries bool
}

// document is the JSON form.
type document struct {
	Version int      `json:"version"`
	System  string   `json:"system,omitempty"`
	Accept  []string `json:"accept"`
	Policy  policy   `json:"policy"`
	// Interpreters that did not answer have no report.
	Interpreters []entry `json:"interpreters"`
}

type policy struct {
	StrictOrder bool   `json:"strict_order"`
	Binaries    string `json:"binaries"` // refuse or warn
}

type entry struct {
	Path   string               `json:"path"`
	Target string               `json:"target,omitempty"`
	Report *interpreters.Report `json:"report"`
}

// Of makes a profile of the interpreters of a machine. Those that did not
// answer are left out.
func Of(list []interpreters.Interpreter, accept []string, policy Policy) Profile {
	p := Profile{Accept: accept, Policy: policy}
	for _, in := range list {
		if in.Report == nil {
			continue
		}
		report := *in.Report
		report.Files = nil // they say when to ask again, which is for that machine to know
		p.Interpreters = append(p.Interpreters, interpreters.Interpreter{Path: in.Path, Source: interpreters.FromList, Report: &report})
	}
	if len(p.Interpreters) > 0 {
		r := p.Interpreters[0].Report
		p.System = strings.TrimSpace(r.Markers["platform_system"] + " " + r.Markers["platform_machine"])
		if libc := r.Libc.String(); libc != "" {
			p.System += ", " + libc
		}
	}
	return p
}

// Write writes the JSON form.
func (p Profile) Write(w io.Writer) error {
	doc := document{Version: Version, System: p.System, Accept: p.Accept, Policy: policy{p.Policy.StrictOrder, "refuse"}, Interpreters: []entry{}}
	if p.Policy.WarnOfBinaries {
		doc.Policy.Binaries = "warn"
	}
	for _, in := range p.Interpreters {
		e := entry{Path: in.Path, Report: in.Report}
		if t, ok := in.Report.Target(); ok {
			e.Target = t.String()
		}
		doc.Interpreters = append(doc.Interpreters, e)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// Read reads the JSON form; name is how messages call it. Errors have exit code
// 3, and all that is wrong is reported.
func Read(name string, data []byte) (Profile, error) {
	refuse := func(text string, hints ...string) (Profile, error) {
		return Profile{}, fault.New(fault.BadInput, name+": "+text, hints...)
	}
	const again = "make one on the agent with: axle interpreters export -o profile.json"
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return refuse("is UTF-16, as a shell of Windows writes it", again)
	}
	var doc document
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &doc); err != nil {
		return refuse("is not an agent profile: "+err.Error(), again)
	}
	switch {
	case doc.Version > Version:
		return refuse(fmt.Sprintf("is of version %d, and this axle reads version %d", doc.Version, Version), "use a newer axle, or "+again)
	case doc.Version < 1 || doc.Interpreters == nil:
		return refuse(`is not an agent profile: it has no "version" or no "interpreters"`, again)
	}
	p := Profile{Name: name, System: doc.System, Accept: doc.Accept, Policy: Policy{doc.Policy.StrictOrder, doc.Policy.Binaries == "warn"}}
	var problems fault.List
	for i, e := range doc.Interpreters {
		if e.Report == nil {
			continue // it did not answer there
		}
		if err := check(*e.Report); err != nil {
			problems = append(problems, fault.New(fault.BadInput, fmt.Sprintf("%s: interpreters[%d] (%s): %v", name, i+1, e.Path, err), again))
			continue
		}
		p.Interpreters = append(p.Interpreters, interpreters.Interpreter{Path: e.Path, Source: interpreters.FromList, Report: e.Report})
	}
	return p, problems.Err()
}

// check says what of a report is missing that choosing depends on.
func check(r interpreters.Report) error {
	switch {
	case r.Schema > interpreters.ReportVersion:
		return fmt.Errorf("its report is of version %d, and this axle reads version %d", r.Schema, interpreters.ReportVersion)
	case r.PythonVersion().IsZero():
		return fmt.Errorf("its version is %q", r.Version)
	case len(r.Tags) == 0 || len(r.Platforms) == 0:
		return errors.New("it has no tags")
	case r.Markers["sys_platform"] == "" || r.Markers["python_version"] == "":
		return errors.New("it has no marker environment")
	}
	return nil
}

// Load is the profile of a known system, or that in a file. What is neither is
// an error with exit code 11.
func Load(name string) (Profile, error) { return LoadFrom("", name) }

// LoadFrom is Load for files that are named relative to a folder.
func LoadFrom(dir, name string) (Profile, error) {
	if p, ok, err := known(name); ok || err != nil {
		return p, err
	}
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Profile{}, unknown(file)
	case err != nil:
		return Profile{}, fault.WithCode(err, fault.BadInput)
	}
	return Read(file, data)
}

func unknown(name string) error {
	err := fault.New(fault.NotFound, name+": no such file, and no known system has this name")
	var names []string
	for _, s := range Known() {
		names = append(names, s.Name)
	}
	if near, ok := fault.Nearest(name, names); ok {
		err = fault.WithHints(err, "did you mean "+near+"?")
	}
	return fault.WithHints(err, "see the known systems with: axle interpreters profiles")
}

// Pythons are the versions of the interpreters, in order: "3.9.18, 3.12.1".
func (p Profile) Pythons() []string {
	var out []string
	for _, in := range p.Interpreters {
		if !slices.Contains(out, in.Report.Version) {
			out = append(out, in.Report.Version)
		}
	}
	return out
}
