package unpack

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	archiver "github.com/mholt/archiver/v4"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
)

// plan is what the first pass found.
type plan struct {
	path    string
	limits  Limits
	members int
	bytes   int64
	files   map[string]int64  // sizes
	folders map[string]bool   // all that are needed
	links   map[string]string // targets, relative to the archive's root
	names   map[string]string // as written, by what a careless file system makes of them
	inside  map[string]string // for a folder, so folded, a member that is in it
	list    fault.List
}

func newPlan(path string, limits Limits) *plan {
	return &plan{
		path: path, limits: limits,
		files: map[string]int64{}, folders: map[string]bool{}, links: map[string]string{},
		names: map[string]string{}, inside: map[string]string{},
	}
}

// maxProblems is how many are told of one archive.
const maxProblems = 50

func (p *plan) problem(member, reason string) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, &archive.Problem{Archive: p.path, Member: member, Reason: reason})
	}
}

// memberName is the name without what is usual and harmless in a tar.
func memberName(f archiver.FileInfo) string {
	name := f.NameInArchive
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	name = strings.TrimSuffix(name, "/")
	if name == "." {
		return ""
	}
	return name
}

// add notes a member. It fails only where going on would be pointless.
func (p *plan) add(_ context.Context, f archiver.FileInfo) error {
	if p.members++; p.members > p.limits.Members {
		p.problem("", "it has more members than the limit")
		return p.list
	}
	name := memberName(f)
	if name == "" && f.IsDir() {
		return nil // the root itself
	}
	if reason := archive.CheckName(name); reason != "" {
		p.problem(f.NameInArchive, reason)
		return nil
	}
	kind := f.Mode().Type()
	switch {
	case f.LinkTarget != "":
		p.addLink(name, kind, f.LinkTarget)
	case kind == fs.ModeDir:
		p.addFolder(name, name)
		return nil
	case kind != 0:
		p.problem(name, "it is neither a file nor a folder")
		return nil
	default:
		p.files[name] = f.Size()
		if err := p.count(f.Size()); err != nil {
			return err
		}
	}
	p.addName(name)
	return nil
}

func (p *plan) count(size int64) error {
	if size < 0 || size > p.limits.Bytes-p.bytes {
		p.problem("", "its files are larger than the limit")
		return p.list
	}
	p.bytes += size
	return nil
}

func (p *plan) addLink(name string, kind fs.FileMode, target string) {
	switch {
	case kind&fs.ModeSymlink == 0: // a hard link, by the name of the member
		target = strings.TrimPrefix(target, "./")
	case path.IsAbs(target) || strings.Contains(target, `\`):
		p.problem(name, "it is a link to "+target)
		return
	default:
		target = path.Join(path.Dir(name), target)
	}
	p.links[name] = target
}

func (p *plan) addName(name string) {
	key := archive.FoldName(name)
	first, taken := p.names[key]
	switch {
	case !taken:
		p.names[key] = name
	case first == name:
		p.problem(name, "it comes twice")
	default:
		p.problem(name, "its name differs from "+first+" in case or Unicode form only")
	}
	p.addFolder(path.Dir(name), name)
}

// addFolder notes a folder and those above it, for the sake of one member.
func (p *plan) addFolder(folder, member string) {
	for ; folder != "." && !p.folders[folder]; folder = path.Dir(folder) {
		p.folders[folder] = true
		p.inside[archive.FoldName(folder)] = member
	}
}

// check is what can be said only when all members are known.
func (p *plan) check() error {
	if p.members == 0 {
		p.problem("", "it has no members")
	}
	for _, key := range slices.Sorted(maps.Keys(p.names)) {
		if member, ok := p.inside[key]; ok {
			p.problem(p.names[key], "it is a file, and a folder in "+member)
		}
	}
	for _, link := range slices.Sorted(maps.Keys(p.links)) {
		file, ok := p.resolve(link)
		if !ok {
			p.problem(link, "it is a link to "+p.links[link]+", which is no file of the archive")
			continue
		}
		if err := p.count(p.files[file]); err != nil {
			return err
		}
	}
	return p.list.Err()
}

// maxLinks is how long a chain of links may be.
const maxLinks = 40

// resolve follows a link, and those it leads to, to a file.
func (p *plan) resolve(name string) (file string, ok bool) {
	for range maxLinks {
		if _, ok := p.files[name]; ok {
			return name, true
		}
		if name, ok = p.links[name]; !ok {
			return "", false
		}
	}
	return "", false
}
