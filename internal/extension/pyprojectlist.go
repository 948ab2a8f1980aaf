package extension

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tomldoc"
)

// readList takes a list of requirements, which count where the marker holds.
func (p *projectFile) readList(list tomldoc.Value, marker pep508.Marker) {
	for _, v := range list.Texts() {
		p.readRequirement(v, marker, nil)
	}
}

// extra takes the list of an extra. within are the extras being read, each of
// which asks for the next.
func (p *projectFile) extra(name pep508.Name, marker pep508.Marker, within []pep508.Name) {
	if slices.Contains(within, name) {
		return // one that asks for itself has nothing more to give
	}
	if key := "extra " + string(name) + ";" + marker.String(); p.seen[key] {
		return
	} else {
		p.seen[key] = true
	}
	for _, v := range p.extras[name].Texts() {
		p.readRequirement(v, marker, append(within, name))
	}
}

// readRequirement takes one requirement. One of the project itself, "name[extra]",
// stands for the project's own extras.
func (p *projectFile) readRequirement(v tomldoc.Value, marker pep508.Marker, within []pep508.Name) {
	at := p.part(v)
	before := len(p.r.problems)
	item := RequirementLine{File: p.file.name, Line: at.first, Text: at.String()}
	_, item.col = at.place()
	item.source = p.file.lines[item.Line-1]
	if !p.r.readNamed(&item, at) || len(p.r.problems) > before {
		return
	}
	req := &item.Requirement
	req.Marker = req.Marker.And(marker)
	if req.Name != p.name || p.name == "" {
		p.r.out.Items = append(p.r.out.Items, item)
		return
	}
	for _, extra := range req.Extras {
		if !p.extras[extra].There() {
			v.Problem("there is no extra "+string(extra)+" of the project", "")
			continue
		}
		p.extra(extra, req.Marker, within)
	}
}

// part is a text of the document as a line of a requirements file.
func (p *projectFile) part(v tomldoc.Value) part {
	text, _ := v.Text()
	line, col, exact := v.At()
	at := part{file: p.file, before: char{line: line, col: col}, first: line}
	for _, r := range text {
		at.chars = append(at.chars, char{r: r, line: line, col: col})
		if exact {
			col++
		}
	}
	return at.cutSpace()
}

// readGroup takes a dependency group, and those it includes.
func (p *projectFile) readGroup(name pep508.Name) {
	if !p.groups[name].There() {
		var known []string
		for g := range p.groups {
			known = append(known, string(g))
		}
		slices.Sort(known)
		p.r.problems = append(p.r.problems, &fault.Problem{File: p.file.name, Reason: "there is no dependency group " + string(name), Hint: nearest(string(name), known)})
		return
	}
	p.group(name, nil)
}

const includeGroup = "include-group"

func (p *projectFile) group(name pep508.Name, within []pep508.Name) {
	if key := "group " + string(name); p.seen[key] {
		return
	} else {
		p.seen[key] = true
	}
	for _, v := range p.groups[name].List() {
		if v.IsTable() {
			p.include(v, append(within, name))
		} else if _, ok := v.Text(); ok {
			p.readRequirement(v, pep508.Marker{}, nil)
		}
	}
}

// include reads {include-group = "name"}.
func (p *projectFile) include(v tomldoc.Value, within []pep508.Name) {
	included := v.Get(includeGroup)
	if keys := v.Keys(); len(keys) != 1 || !included.There() {
		v.Problem("is neither a requirement nor an include", `write {`+includeGroup+` = "name"}`)
		return
	}
	text, ok := included.Text()
	if !ok {
		return
	}
	name := pep508.Normalize(text)
	switch {
	case slices.Contains(within, name):
		var chain []string
		for _, n := range append(within[slices.Index(within, name):], name) {
			chain = append(chain, string(n))
		}
		included.Problem("the group includes itself: "+strings.Join(chain, " includes "), "")
	case !p.groups[name].There():
		included.Problem("there is no dependency group "+text, "")
	default:
		p.group(name, within)
	}
}
