package extension

import (
	"cmp"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// RequirementsName is the usual name of a requirements file.
const RequirementsName = "requirements.txt"

// Requirements is what a requirements file and the files it includes ask for.
type Requirements struct {
	// Items are the requirements, in the order read.
	Items []RequirementLine
	// Constraints bound the versions of projects without requiring them;
	// Overrides stand in place of whatever is required of a project.
	Constraints, Overrides []RequirementLine
	// Pythons are what the projects read say of the Pythons they work with.
	Pythons []PythonBound
	// IndexURL, when set, stands in place of every index that is configured
	// elsewhere, the extra ones too. It may hold credentials.
	IndexURL string
	// ExtraIndexURLs are further indexes. They may hold credentials.
	ExtraIndexURLs []string
	// FindLinks are addresses and paths; relative paths are resolved as pip does:
	// beside the file that names them if they exist there, else in the folder
	// that pip would run in.
	FindLinks []string
	// NoIndex says that no index is asked, not those configured elsewhere either.
	NoIndex bool
	// Releases says of which projects pre-releases count; --pre is all of them.
	Releases ReleaseControl
	// PreferBinary takes an older wheel before a newer source distribution.
	PreferBinary bool
	// Formats says from which kinds of file projects may come.
	Formats FormatControl
	// RequireHashes and NoRequireHashes are the options of these names; see
	// HashesRequired.
	RequireHashes, NoRequireHashes bool
	// TrustedHosts need no valid certificate.
	TrustedHosts []string
	// Files are all files read, each once, the first one first.
	Files []string
}

// HashesRequired says whether every requirement must have a hash: when asked
// for, and when one has a hash and --no-require-hashes is not given.
func (r Requirements) HashesRequired() bool {
	if r.RequireHashes || r.NoRequireHashes {
		return r.RequireHashes
	}
	return slices.ContainsFunc(r.Items, func(l RequirementLine) bool { return len(l.Hashes) > 0 })
}

// RequirementLine is one requirement or constraint.
type RequirementLine struct {
	// Requirement has the marker and the extras also of a path or an address. Its
	// URL is that written, with its fragment. Of a wheel given by path or
	// address it has the name and "==" the version of the file name, of a source
	// distribution the name that its file name seems to have. The name of a folder
	// is empty.
	Requirement pep508.Requirement
	// Path is a wheel, a source distribution or a folder on this machine, also
	// where a file: address names it; "" otherwise.
	Path string
	// Hashes are the digests of which one must fit; nil when none is given.
	Hashes []Hash
	// ConfigSettings are for the build backend: KEY to values.
	ConfigSettings map[string][]string
	// File and Line say where it stands.
	File string
	Line int
	// Text is the line as written, variables not replaced.
	Text string

	col    int
	source string
}

// Problem is an error about the requirement, shown at its place, for what a
// later stage finds. The hint may be empty.
func (l RequirementLine) Problem(code int, reason, hint string) error {
	return &fault.Problem{File: l.File, Line: l.Line, Col: l.col, Width: len([]rune(l.source)), Reason: reason, Hint: hint, SourceLine: l.source, Code: code}
}

// Hash is a digest that a file may have.
type Hash struct {
	Algorithm string // sha256, sha384 or sha512
	Digest    string // hexadecimal, lower case
}

// RequirementsOptions says in what surroundings requirements are read.
type RequirementsOptions struct {
	// Dir is the folder pip would run in, at which relative paths of
	// requirements begin; "" is the current folder.
	Dir string
	// Open reads a file; nil is os.ReadFile.
	Open func(path string) ([]byte, error)
	// Stat looks a path up; nil is os.Stat.
	Stat func(path string) (fs.FileInfo, error)
	// Env looks up the variables of ${NAME}; nil is an empty environment.
	Env func(name string) (value string, ok bool)
}

func (o RequirementsOptions) complete() RequirementsOptions {
	if o.Open == nil {
		o.Open = os.ReadFile
	}
	if o.Stat == nil {
		o.Stat = os.Stat
	}
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	return o
}

// ParseRequirements reads a requirements file and those it includes, as pip
// reads them. What pip takes and axle cannot honour (editable requirements,
// version control, files included from the network) is an error; what pip
// drops in silence is a warning. The error holds every mistake (fault.List of
// *fault.Problem).
func ParseRequirements(path string, opt RequirementsOptions) (Requirements, []fault.Warning, error) {
	r := newRequirementsReader(opt)
	r.readFile(path, required, nil)
	return r.result()
}

func newRequirementsReader(opt RequirementsOptions) *requirementsReader {
	return &requirementsReader{RequirementsOptions: opt.complete(), secrets: map[string]string{}, projects: map[string]*projectFile{}}
}

// result is what was read, or all problems in the order of the files.
func (r *requirementsReader) result() (Requirements, []fault.Warning, error) {
	for _, identity := range slices.Sorted(maps.Keys(r.projects)) {
		if p := r.projects[identity]; p != nil {
			r.problems = append(r.problems, p.doc.Problems()...)
			r.warnings = append(r.warnings, p.doc.Warnings()...)
		}
	}
	slices.SortStableFunc(r.problems, func(a, b *fault.Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(r.out.Files, a.File), slices.Index(r.out.Files, b.File)),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	var list fault.List
	for _, p := range r.problems {
		list = append(list, p)
	}
	if err := list.Err(); err != nil {
		return Requirements{}, r.warnings, err
	}
	return r.out, r.warnings, nil
}

type requirementsReader struct {
	RequirementsOptions
	out      Requirements
	problems []*fault.Problem
	warnings []fault.Warning
	within   []string // the files being read, each including the next
	reads    int
	projects map[string]*projectFile // by identity; nil for one that cannot be read
	secrets  map[string]string       // values of variables, to their names
}

// role is what the lines of a file are.
type role int8

const (
	required    role = iota
	constrained      // bounds, of a file that -c names
	overridden       // what counts in place of other requirements
)

// maxReads bounds how often files are read: includes can multiply.
const maxReads = 1000

// readFile reads a file; from is the place that includes it, nil for the first.
func (r *requirementsReader) readFile(path string, as role, from *part) {
	report := func(reason, hint string, err error) {
		p := &fault.Problem{File: path, Reason: strings.TrimLeft(reason, ": "), Hint: hint, Err: err}
		if from != nil {
			p = from.problem(r.hide(path+reason), hint)
			p.Err = err
		}
		r.problems = append(r.problems, p)
	}
	identity := r.identity(path)
	if slices.Contains(r.within, identity) {
		report(" includes itself", "remove one of the -r or -c lines", nil)
		return
	}
	if r.reads++; r.reads > maxReads {
		if r.reads == maxReads+1 {
			report(": more than 1000 files are included", "", nil)
		}
		return
	}
	data, err := r.Open(path)
	if err != nil {
		report(": "+reasonOf(err), "", err)
		return
	}
	if !slices.Contains(r.out.Files, path) {
		r.out.Files = append(r.out.Files, path)
	}
	text, problem := decodeRequirements(path, data)
	if problem != nil {
		r.problems = append(r.problems, problem)
		return
	}
	r.within = append(r.within, identity)
	defer func() { r.within = r.within[:len(r.within)-1] }()
	f := &requirementsFile{name: path, lines: splitLines(text), role: as}
	for _, line := range f.logicalLines(r.variable) {
		r.readLine(f, line)
	}
}

func (r *requirementsReader) identity(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// variable looks a variable up, and remembers its value as one not to print.
func (r *requirementsReader) variable(name string) (string, bool) {
	value, ok := r.Env(name)
	if len(value) >= shortestSecret {
		r.secrets[value] = name
	}
	return value, ok
}

// shortestSecret is the length from which on a value is kept out of messages;
// shorter ones would be found in any word.
const shortestSecret = 4

// hide replaces the values of variables in a message by their names.
func (r *requirementsReader) hide(s string) string {
	for _, value := range slices.Sorted(maps.Keys(r.secrets)) {
		s = strings.ReplaceAll(s, value, "${"+r.secrets[value]+"}")
	}
	return s
}

func (r *requirementsReader) warn(at part, text string) {
	line, col := at.place()
	r.warnings = append(r.warnings, fault.Warning{File: at.file.name, Line: line, Col: col, Text: r.hide(text)})
}

func (r *requirementsReader) fail(at part, reason, hint string) {
	r.problems = append(r.problems, at.problem(r.hide(reason), r.hide(hint)))
}
