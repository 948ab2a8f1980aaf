package lock

import (
	"fmt"
	"slices"

	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
)

// readRecord reads [tool.axle] of a valid document, and holds it against the
// packages: another tool may have changed these.
func readRecord(name string, data []byte, root node, packages []Package) (*Record, error) {
	r := &reader{name: name, data: data}
	tool := node{r, "tool", root.get("tool").value}
	n := tool.get("axle")
	if !n.there() {
		return nil, nil
	}
	rec := &Record{}
	if n.table() && r.format(n.need("format")) {
		rec.read(n)
		rec.check(n, packages)
	}
	if _, err := r.outcome(); err != nil {
		return nil, err
	}
	return rec, nil
}

func (r *reader) format(n node) bool {
	v := n.number()
	if v != recordFormat && n.there() {
		n.fail(fmt.Sprintf("is %d, and only %d is known to this axle", v, recordFormat), "lock again: axle lock")
	}
	return v == recordFormat
}

func (rec *Record) read(n node) {
	rec.Requirements = askedTexts(n.get("requirements"))
	rec.Constraints = askedTexts(n.get("constraints"))
	rec.Overrides = askedTexts(n.get("overrides"))
	if policy := n.get("policy"); policy.there() && policy.table() {
		rec.Policy = map[string]string{}
		for key := range policy.value.(map[string]any) {
			rec.Policy[key], _ = policy.get(key).text()
		}
	}
	for _, s := range n.get("solutions").list() {
		if s.table() {
			rec.Chosen = append(rec.Chosen, Chosen{Targets: rec.targets(s), Files: s.need("files").texts(), Notes: s.get("notes").texts()})
		}
	}
	for _, h := range n.get("holes").list() {
		if h.table() {
			hole := Hole{Targets: rec.targets(h), Hints: h.get("hints").texts(), Code: int(h.get("code").number())}
			hole.Reason, _ = h.need("reason").text()
			for _, c := range h.get("causes").list() {
				if c.table() {
					hole.Causes = append(hole.Causes, readCause(c))
				}
			}
			rec.Holes = append(rec.Holes, hole)
		}
	}
	for _, f := range n.get("files").list() {
		if f.table() {
			rec.Facts = append(rec.Facts, readFacts(f))
		}
	}
	rec.Alignment = readAlignment(n.get("alignment"))
	rec.Normalize()
}

func readCause(n node) (c Cause) {
	c.Kind, _ = n.need("kind").text()
	c.Projects, c.Requirements = n.get("projects").texts(), n.get("requirements").texts()
	c.Newest, _ = n.get("newest-with-file").text()
	c.Source, _ = n.get("source").text()
	c.Build, _ = n.get("build-from-source").text()
	return c
}

func readAlignment(n node) *Alignment {
	if !n.there() || !n.table() {
		return nil
	}
	a := &Alignment{
		Packages: int(n.need("packages").number()), PackagesBefore: int(n.need("packages-without").number()),
		Bytes: n.get("bytes").number(), BytesBefore: n.get("bytes-without").number(),
	}
	for _, c := range n.get("changes").list() {
		if c.table() {
			a.Changes = append(a.Changes, VersionChange{
				Project: parsed(c.need("project"), pep508.ParseName),
				From:    parsed(c.need("without"), pep440.Parse), To: parsed(c.need("version"), pep440.Parse),
				Targets: parsedList(c.need("targets"), target.Parse),
			})
		}
	}
	return a
}

func readFacts(n node) (f Facts) {
	f.File, _ = n.need("file").text()
	f.Index, _ = n.get("index").text()
	f.RequiresPython = parsed(n.get("requires-python"), pep440.ParseSpecifierSet)
	f.Requires = parsedList(n.get("requires"), pep508.ParseLenient)
	return f
}

// askedTexts are requirements that can be read; where there are none, nil.
func askedTexts(n node) []string {
	return parsedList(n, func(s string) (string, error) {
		_, err := parseAsked(s)
		return s, err
	})
}

// targets are those of a solution or a hole. Each target is in one of them.
func (rec *Record) targets(n node) []target.Target {
	list := parsedList(n.need("targets"), func(s string) (target.Target, error) {
		t, err := target.Parse(s)
		for _, known := range rec.Targets {
			if known == t && err == nil {
				err = fmt.Errorf("%s is named twice", s)
			}
		}
		return t, err
	})
	rec.Targets = append(rec.Targets, list...)
	return list
}

// check finds what the packages no longer have.
func (rec *Record) check(n node, packages []Package) {
	files := filesOf(packages)
	used := map[string]bool{}
	for i, c := range rec.Chosen {
		for j, ref := range c.Files {
			used[ref] = true
			if _, ok := files[ref]; !ok {
				at := node{n.r, n.path + ".solutions" + index(i) + ".files" + index(j), ref}
				at.fail(ref+" is in no package: the packages were changed without [tool.axle]", "lock again: axle lock")
			}
		}
	}
	for ref, f := range files {
		if !used[ref] {
			f.at(n.r).fail(f.artifact.Name+" is in no solution: the packages were changed without [tool.axle]", "lock again: axle lock")
		}
	}
}

// packaged is a wheel or an archive of the document, and its place in it.
type packaged struct {
	pkg      *Package
	artifact *Artifact
	path     string
}

func (p packaged) at(r *reader) node { return node{r, p.path, p.artifact} }

// filesOf are the files of packages by the names that records use. A file that
// is in several packages is that of the first.
func filesOf(packages []Package) map[string]packaged {
	all := map[string][]packaged{}
	put := func(f packaged) {
		name := f.artifact.Name
		if !slices.ContainsFunc(all[name], func(o packaged) bool { return o.artifact.Hashes["sha256"] == f.artifact.Hashes["sha256"] }) {
			all[name] = append(all[name], f)
		}
	}
	for i := range packages {
		p := &packages[i]
		path := "packages" + index(i)
		if p.Archive != nil {
			put(packaged{p, p.Archive, path + ".archive"})
		}
		if p.Sdist != nil {
			put(packaged{p, p.Sdist, path + ".sdist"})
		}
		for j := range p.Wheels {
			put(packaged{p, &p.Wheels[j], path + ".wheels" + index(j)})
		}
	}
	files := map[string]packaged{}
	for name, same := range all {
		for _, f := range same {
			if len(same) > 1 {
				name = f.artifact.Name + digestMark + f.artifact.Hashes["sha256"]
			}
			files[name] = f
		}
	}
	return files
}

// digestMark comes before the digest where a name alone is not enough.
const digestMark = " sha256:"
