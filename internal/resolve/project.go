package resolve

import (
	"slices"
	"strings"
	"sync"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
)

// project is a project with its versions, ascending: version i is choice i+1
// of the variables that stand for the project. Safe for concurrent use.
type project struct {
	name     pep508.Name
	missing  error // why there is no such project; nil when there is one
	source   string
	versions []pep440.Version
	files    func(i int) []index.File

	library  *library
	releases []release
	all      set // every version

	mu    sync.Mutex
	specs map[string]set
}

// release holds the files of a version, read when first looked at.
type release struct {
	once  sync.Once
	files []candidate
}

// candidate is one file with what decides whether a target can use it.
type candidate struct {
	file   *index.File
	tagSet int32 // files with the same compressed tag set have the same number
	python int32 // files with the same Requires-Python text have the same number
}

func newProject(l *library, name pep508.Name, listing *index.Project) *project {
	p := &project{
		name: name, library: l, source: listing.Index,
		versions: make([]pep440.Version, len(listing.Releases)),
		files:    func(i int) []index.File { return listing.Releases[i].Files() },
	}
	for i, r := range listing.Releases {
		p.versions[i] = r.Version
	}
	p.prepare()
	return p
}

// newDirectProject is a project of which the user gave the one file to take.
func newDirectProject(l *library, name pep508.Name, f index.File) *project {
	p := &project{
		name: name, library: l, versions: []pep440.Version{f.Version()},
		files: func(int) []index.File { return []index.File{f} },
	}
	p.prepare()
	return p
}

// missingProject is one that no index has. Nothing can require it.
func missingProject(name pep508.Name, err error) *project {
	p := &project{name: name, missing: err}
	p.prepare()
	return p
}

func (p *project) prepare() {
	p.releases = make([]release, len(p.versions))
	p.specs = map[string]set{}
	p.all = bitset.New(p.size())
	p.all.PutRange(1, p.size())
}

// size is the number of choices: every version, and none.
func (p *project) size() int { return len(p.versions) + 1 }

func (p *project) version(choice int) pep440.Version { return p.versions[choice-1] }

// isPre says whether a choice is a pre-release or a development release.
func (p *project) isPre(choice int) bool { return p.versions[choice-1].IsPrerelease() }

// find is the choice with a version, 0 when there is none.
func (p *project) find(v pep440.Version) int {
	i, ok := slices.BinarySearchFunc(p.versions, v, pep440.Version.Compare)
	if !ok {
		return 0
	}
	return i + 1
}

// candidates are the files of a choice.
func (p *project) candidates(choice int) []candidate {
	r := &p.releases[choice-1]
	r.once.Do(func() {
		files := p.files(choice - 1)
		r.files = make([]candidate, 0, len(files))
		for i := range files {
			f := &files[i]
			r.files = append(r.files, candidate{
				file:   f,
				tagSet: p.library.number(p.library.tagSets, tagText(f)),
				python: p.library.number(p.library.pythons, f.RequiresPythonText),
			})
		}
	})
	return r.files
}

// tagText is the part of a wheel's name that says where it runs.
func tagText(f *index.File) string {
	if !f.IsWheel {
		return ""
	}
	s := strings.TrimSuffix(f.Name, ".whl")
	at := len(s)
	for range 3 {
		at = strings.LastIndexByte(s[:at], '-')
		if at < 0 {
			return s
		}
	}
	return strings.ToLower(s[at+1:])
}

// matching is the set of choices a specifier admits, remembered by its text.
func (p *project) matching(text string, spec pep440.SpecifierSet) set {
	if spec.IsEmpty() {
		return p.all
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.specs[text]; ok {
		return s
	}
	s := bitset.New(p.size())
	for i, v := range p.versions {
		if spec.Matches(v) {
			s.Put(i + 1)
		}
	}
	p.specs[text] = s
	return s
}
