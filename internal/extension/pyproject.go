package extension

import (
	"maps"
	"slices"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tomldoc"
)

// PythonBound is the requires-python of a pyproject.toml.
type PythonBound struct {
	Specifier pep440.SpecifierSet
	// Text is the specifier as written.
	Text string
	// File and Line say where it stands.
	File string
	Line int
}

// projectFile is a pyproject.toml being read. Each of its extras and groups is
// read once.
type projectFile struct {
	r      *requirementsReader
	doc    *tomldoc.Reader
	file   *requirementsFile
	broken bool // it has problems that make others follow

	name           pep508.Name // of the project; "" where it has none
	dynamic        []tomldoc.Value
	extras, groups map[pep508.Name]tomldoc.Value
	seen           map[string]bool
}

// project reads a pyproject.toml, once; nil when that cannot be done.
func (r *requirementsReader) project(path string) *projectFile {
	identity := r.identity(path)
	if p, ok := r.projects[identity]; ok {
		return p
	}
	r.projects[identity] = nil
	data, err := r.Open(path)
	if err != nil {
		r.problems = append(r.problems, &fault.Problem{File: path, Reason: reasonOf(err), Err: err})
		return nil
	}
	r.out.Files = append(r.out.Files, path)
	doc, err := tomldoc.Open(path, data)
	if err != nil {
		r.problems = append(r.problems, asProblem(path, err))
		return nil
	}
	p := &projectFile{r: r, doc: doc, file: &requirementsFile{name: path, lines: doc.Lines()}, seen: map[string]bool{}}
	p.groups = p.named(doc.Root().Get("dependency-groups"), "dependency group")
	if project := doc.Root().Get("project"); project.IsTable() {
		p.extras = p.named(project.Get("optional-dependencies"), "extra")
		p.readName(project.Get("name"))
	}
	r.projects[identity] = p
	return p
}

func asProblem(path string, err error) *fault.Problem {
	if p, ok := err.(*fault.Problem); ok {
		return p
	}
	return &fault.Problem{File: path, Reason: err.Error(), Err: err}
}

// named are the members of a table by their normalised names. Two names that
// are the same after that are a problem (PEP 685, PEP 735).
func (p *projectFile) named(table tomldoc.Value, what string) map[pep508.Name]tomldoc.Value {
	out := map[pep508.Name]tomldoc.Value{}
	table.Table()
	for _, key := range table.Keys() {
		v := table.Get(key)
		name, err := pep508.ParseName(key)
		if err != nil {
			v.Problem(err.Error(), "")
			continue
		}
		if first, twice := out[name]; twice {
			v.Problem("is the same "+what+" as "+first.Path(), "names that differ in case, -, _ and . alone are one")
			continue
		}
		out[name] = v
	}
	return out
}

// unread are settings of uv that would change the outcome, and are not read.
var unread = map[string]string{
	"sources":                 "bundle.index.pins pins a project to an index",
	"index":                   "bundle.index names indexes",
	"constraint-dependencies": "bundle.policy.constraints has them",
	"override-dependencies":   "bundle.policy.overrides has them",
}

// readProject takes the dependencies of the project.
func (p *projectFile) readProject() {
	root := p.doc.Root()
	project := root.Get("project")
	if !project.There() {
		p.noProject(root)
		return
	}
	if p.broken = !project.Table(); p.broken {
		return
	}
	if !project.Get("name").There() {
		project.Problem("has no name", "PEP 621 wants one")
	}
	p.dynamic = project.Get("dynamic").Texts()
	p.readPython(project.Get("requires-python"))
	for _, key := range slices.Sorted(maps.Keys(unread)) {
		if v := root.Get("tool").Get("uv").Get(key); v.There() {
			v.Warn("is not read here; " + unread[key])
		}
	}
	if !p.refuseDynamic("dependencies") {
		p.readList(project.Get("dependencies"), pep508.Marker{})
	}
}

func (p *projectFile) noProject(root tomldoc.Value) {
	p.broken = true
	problem := &fault.Problem{File: p.file.name, Reason: "has no [project]", Hint: "name dependencies there (PEP 621), or another file in bundle.requirements"}
	if root.Get("tool").Get("poetry").There() {
		problem.Hint = "[tool.poetry] is not read: name the dependencies in [project] (PEP 621), or export them to " + RequirementsName
	}
	p.r.problems = append(p.r.problems, problem)
}

func (p *projectFile) readName(v tomldoc.Value) {
	text, ok := v.Text()
	if !ok {
		return
	}
	var err error
	if p.name, err = pep508.ParseName(text); err != nil {
		v.Problem(err.Error(), "")
	}
}

func (p *projectFile) readPython(v tomldoc.Value) {
	text, ok := v.Text()
	if !ok {
		return
	}
	spec, err := pep440.ParseSpecifierSet(text)
	if err != nil {
		v.Problem(err.Error(), "")
		return
	}
	line, _, _ := v.At()
	p.r.out.Pythons = append(p.r.out.Pythons, PythonBound{Specifier: spec, Text: text, File: p.file.name, Line: line})
}

func (p *projectFile) dynamicValue(field string) (tomldoc.Value, bool) {
	i := slices.IndexFunc(p.dynamic, func(v tomldoc.Value) bool { text, _ := v.Text(); return text == field })
	if i < 0 {
		return tomldoc.Value{}, false
	}
	return p.dynamic[i], true
}

func (p *projectFile) isDynamic(field string) bool { _, ok := p.dynamicValue(field); return ok }

// refuseDynamic: what a build backend would have to say is not asked of it.
func (p *projectFile) refuseDynamic(field string) bool {
	v, ok := p.dynamicValue(field)
	if ok && !p.seen["dynamic "+field] {
		p.seen["dynamic "+field] = true
		v.Problem(field+" are dynamic: only the project's build backend knows them",
			"write them into [project], or name a requirements file in bundle.requirements")
	}
	return ok
}

// readExtra takes the dependencies of an extra, and says whether there is one.
func (p *projectFile) readExtra(name pep508.Name) bool {
	if p.extras[name].There() {
		p.extra(name, pep508.Marker{}, nil)
		return true
	}
	return !p.broken && p.refuseDynamic("optional-dependencies")
}

func (p *projectFile) readAllExtras() {
	if !p.broken && !p.refuseDynamic("optional-dependencies") {
		for _, name := range slices.Sorted(maps.Keys(p.extras)) {
			p.extra(name, pep508.Marker{}, nil)
		}
	}
}
