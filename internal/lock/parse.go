package lock

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/wheel"
)

// Parse reads a lock file; name is what messages call it. The error holds every
// mistake with its place (fault.List of *fault.Problem, exit code
// [fault.BadInput]). What PEP 751 asks of writers only in the interest of
// readers (sorted keys, markers that exclude each other) is not checked;
// attestations and the tables of other tools are passed over.
//
// A package from version control is refused: there is no digest to hold it to.
// A [tool.axle] that does not go with the packages is no error: see
// [Document].Damage.
func Parse(name string, data []byte) (Document, []fault.Warning, error) {
	r := &reader{name: name, data: data}
	root, err := r.open()
	if err != nil {
		return Document{}, nil, err
	}
	d := r.document(root)
	warnings, err := r.outcome()
	if err != nil {
		return Document{}, warnings, err
	}
	d.Record, d.Damage = readRecord(name, data, root, d.Packages)
	return d, warnings, nil
}

var documentKeys = []string{"lock-version", "environments", "requires-python", "extras", "dependency-groups", "default-groups",
	"created-by", "packages", "tool"}

func (r *reader) document(root node) (d Document) {
	if !r.version(root.need("lock-version")) {
		return d
	}
	root.known(documentKeys...)
	d.Environments = parsedList(root.get("environments"), pep508.ParseMarker)
	d.RequiresPython = parsed(root.get("requires-python"), pep440.ParseSpecifierSet)
	d.Extras = parsedList(root.get("extras"), normalized)
	d.DependencyGroups = root.get("dependency-groups").texts()
	d.DefaultGroups = root.get("default-groups").texts()
	d.CreatedBy, _ = root.need("created-by").text()
	for _, n := range root.need("packages").list() {
		if n.table() {
			d.Packages = append(d.Packages, readPackage(n))
		}
	}
	if t := root.get("tool"); t.there() {
		t.table()
	}
	return d
}

// version checks lock-version: 1.0, or with warnings a later 1.x.
func (r *reader) version(n node) bool {
	s, ok := n.text()
	if !ok {
		return false
	}
	v, err := pep440.Parse(s)
	switch {
	case err != nil:
		n.failed(err)
		return false
	case v.Release(0) != 1:
		n.fail(fmt.Sprintf("is %s, and only 1.0 is known", s), "lock again with a tool that writes 1.0, such as axle lock")
		return false
	}
	if r.minor = v.Compare(pep440.MustParse("1.0")) > 0; r.minor {
		n.warn("is " + s + ", and only 1.0 is known here")
	}
	return true
}

// normalized reads a name that has to be in its normal form.
func normalized(s string) (pep508.Name, error) {
	name, err := pep508.ParseName(s)
	if err == nil && string(name) != s {
		err = fmt.Errorf("%q is not normalised: write %s", s, name)
	}
	return name, err
}

var packageKeys = []string{"name", "version", "marker", "requires-python", "dependencies", "vcs", "directory", "archive", "index",
	"sdist", "wheels", "attestation-identities", "tool"}

func readPackage(n node) (p Package) {
	n.known(packageKeys...)
	p.Name = parsed(n.need("name"), normalized)
	p.Version = parsed(n.get("version"), pep440.Parse)
	p.Marker = parsed(n.get("marker"), pep508.ParseMarker)
	p.RequiresPython = parsed(n.get("requires-python"), pep440.ParseSpecifierSet)
	p.Index, _ = n.get("index").text()
	for _, d := range n.get("dependencies").list() {
		if d.table() {
			p.Dependencies = append(p.Dependencies, readDependency(d))
		}
	}
	p.Directory = readDirectory(n.get("directory"))
	p.Archive = readArtifact(n.get("archive"), "subdirectory")
	p.Sdist = readArtifact(n.get("sdist"), "name")
	for _, w := range n.get("wheels").list() {
		if a := readArtifact(w, "name"); a != nil {
			p.Wheels = append(p.Wheels, *a)
		}
	}
	if tool := n.get("tool"); tool.there() && tool.table() {
		if ours := tool.get("axle"); ours.there() && ours.table() {
			p.Requires = parsedList(ours.get("requires"), pep508.ParseLenient)
		}
	}
	p.checkSource(n)
	p.checkNames(n)
	return p
}

// readDependency reads what is of use of an entry; PEP 751 allows any key of a
// package in it.
func readDependency(n node) (d Dependency) {
	d.Name = parsed(n.need("name"), normalized)
	d.Version = parsed(n.get("version"), pep440.Parse)
	d.Marker = parsed(n.get("marker"), pep508.ParseMarker)
	return d
}

func readDirectory(n node) *Directory {
	if !n.there() || !n.table() {
		return nil
	}
	n.known("path", "editable", "subdirectory")
	var d Directory
	d.Path, _ = n.need("path").text()
	d.Editable, _ = typed[bool](n.get("editable"), "true or false")
	d.Subdirectory, _ = n.get("subdirectory").text()
	return &d
}

func readArtifact(n node, also string) *Artifact {
	if !n.there() || !n.table() {
		return nil
	}
	n.known("upload-time", "url", "path", "size", "hashes", also)
	a := &Artifact{UploadTime: n.get("upload-time").time(), Size: n.get("size").number()}
	a.URL, _ = n.get("url").text()
	a.Path, _ = n.get("path").text()
	if also == "name" {
		a.Name, _ = n.get("name").text()
	} else {
		a.Subdirectory, _ = n.get("subdirectory").text()
	}
	if !n.get("url").there() && !n.get("path").there() {
		n.fail("has neither url nor path", "")
	}
	a.setName(n)
	a.Hashes = readHashes(n.need("hashes"))
	return a
}

// setName takes the name from the path or the address where it is not written.
func (a *Artifact) setName(n node) {
	if a.URL != "" {
		u, err := url.Parse(a.URL)
		if err != nil {
			n.get("url").fail("is not an address", "")
			return
		}
		if a.Name == "" && a.Path == "" {
			a.Name = path.Base(u.Path)
		}
	}
	if a.Name == "" && a.Path != "" {
		a.Name = path.Base(strings.ReplaceAll(a.Path, `\`, "/"))
	}
}

func readHashes(n node) map[string]string {
	if !n.there() || !n.table() {
		return nil
	}
	hashes := map[string]string{}
	for algorithm := range n.value.(map[string]any) {
		m := n.get(algorithm)
		digest, ok := m.text()
		if ok && strings.Trim(strings.ToLower(digest), "0123456789abcdef") != "" {
			m.fail("is no hexadecimal digest", "")
		} else if ok && strings.EqualFold(algorithm, "sha256") && len(digest) != 64 {
			m.fail(fmt.Sprintf("has %d digits, where SHA-256 has 64", len(digest)), "")
		}
		name := strings.ToLower(algorithm)
		if _, twice := hashes[name]; twice {
			n.fail("has "+name+" twice", "")
		}
		hashes[name] = strings.ToLower(digest)
	}
	if len(hashes) == 0 {
		n.fail("is empty: there has to be a digest", "")
	}
	return hashes
}

// checkSource checks that the files come from one kind of place.
func (p *Package) checkSource(n node) {
	if vcs := n.get("vcs"); vcs.there() {
		vcs.fail("packages from version control cannot be held to a digest", "build a wheel of it and name the wheel, or require a version from an index")
		return
	}
	direct := 0
	for _, key := range []string{"directory", "archive"} {
		if n.get(key).there() {
			direct++
		}
	}
	files := n.get("sdist").there() || n.get("wheels").there() && len(p.Wheels) > 0
	switch {
	case files && direct > 0:
		n.fail("has a directory or an archive beside sdist or wheels", "an entry has one source")
	case !files && direct == 0:
		n.fail("has no file: neither wheels, sdist, archive nor directory", "")
	case direct > 1:
		n.fail("has a directory and an archive", "an entry has one source")
	}
}

// checkNames holds the names of the files against the entry.
func (p *Package) checkNames(n node) {
	for i, w := range p.Wheels {
		at := n.get("wheels")
		at.path += index(i)
		f, err := wheel.ParseFilenameLenient(w.Name)
		p.checkName(at, w.Name, f.Name, f.Version, err)
	}
	if p.Sdist != nil {
		s, err := wheel.ParseSdist(p.Sdist.Name, "")
		if err != nil {
			s, err = wheel.ParseSdist(p.Sdist.Name, p.Name)
		}
		p.checkName(n.get("sdist"), p.Sdist.Name, s.Name, s.Version, err)
	}
}

func (p *Package) checkName(at node, file string, name pep508.Name, v pep440.Version, err error) {
	switch {
	case file == "": // told already
	case err != nil:
		at.failed(err)
	case name != p.Name && p.Name != "":
		at.fail(fmt.Sprintf("%s is a file of %s, not of %s", file, name, p.Name), "")
	case !p.Version.IsZero() && !v.Equal(p.Version):
		at.fail(fmt.Sprintf("%s is of version %s, not %s", file, v, p.Version), "")
	}
}
