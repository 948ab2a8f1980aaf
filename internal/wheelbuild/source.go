package wheelbuild

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/unpack"
)

// Source is what is to be built: a source distribution, or a project folder.
type Source struct {
	// File is the source distribution. Of a folder it has the Path, and a Name
	// to call it by. Where File.Sdist has a name and a version, what is built
	// must have them too.
	File index.File
	// Subdirectory is where in an archive the project is, with slashes; "" is
	// the top.
	Subdirectory string
	// Settings are config_settings for the backend: a key with several values
	// has a list of them.
	Settings map[string][]string
}

// String names the source for a person: "demo 1.0", or as its file is called.
func (s Source) String() string {
	if n := s.File.Sdist; n.Name != "" && !n.Version.IsZero() {
		return string(n.Name) + " " + n.Version.String()
	}
	return s.File.Name
}

// id tells sources apart within a run.
func (s Source) id() string {
	settings, _ := json.Marshal(s.Settings) // keys come sorted
	return strings.Join([]string{s.File.URL, s.File.Path, s.File.SHA256(), s.Subdirectory, string(settings)}, "\n")
}

// opened is a source that lies on this machine.
type opened struct {
	Source
	path string
	tree *tree // of a folder
	// digest is that of the bytes, and of where in them the project is.
	digest string
	about  about
}

// about is what a source says of itself, without running anything.
type about struct {
	Build buildSystem
	// Python is its Requires-Python, "" where it does not say.
	Python string
	// Metadata is that of every wheel made of it, where it states that.
	Metadata []byte
	// Looks is what its setup.py looks at of the machine that builds.
	Looks string
}

// aboutSpace names the format of what is remembered of sources.
const aboutSpace = "sdist-1"

// open brings a source onto this machine and reads what it says of itself.
func (b *Builder) open(ctx context.Context, s Source) (*opened, error) {
	return b.sources.do(ctx, s.id(), func() (*opened, error) {
		if s.isFolder() {
			return openFolder(ctx, s)
		}
		got, err := b.options.Files.Download(ctx, s.File)
		if err != nil {
			return nil, err
		}
		o := &opened{Source: s, path: got.Path, digest: got.SHA256 + " " + s.Subdirectory}
		if data, ok := b.options.Cache.Get(aboutSpace, o.digest); ok && json.Unmarshal(data, &o.about) == nil {
			return o, nil
		}
		if err := b.look(ctx, o); err != nil {
			return nil, err
		}
		data, err := json.Marshal(o.about)
		if err == nil {
			_ = b.options.Cache.Set(aboutSpace, o.digest, data) // it is read again next time
		}
		return o, nil
	})
}

func (s Source) isFolder() bool {
	if s.File.Path == "" {
		return false
	}
	info, err := os.Stat(s.File.Path)
	return err == nil && info.IsDir()
}

func openFolder(ctx context.Context, s Source) (*opened, error) {
	t, err := readTree(ctx, filepath.Join(s.File.Path, filepath.FromSlash(s.Subdirectory)))
	if err != nil {
		return nil, err
	}
	o := &opened{Source: s, path: t.dir, tree: t, digest: "folder " + t.digest}
	o.about, err = readAbout(t.dir)
	return o, named(s, err)
}

// look unpacks an archive to read what it says of itself.
func (b *Builder) look(ctx context.Context, o *opened) error {
	dir, err := os.MkdirTemp(b.options.TempDir, "axle-sdist-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	root, err := o.put(ctx, dir, b.options.Limits)
	if err != nil {
		return err
	}
	o.about, err = readAbout(root)
	return named(o.Source, err)
}

// named says of which source an error is.
func named(s Source, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s, err)
}

// put writes the source below dir, an empty folder, and returns where the
// project is.
func (o *opened) put(ctx context.Context, dir string, limits unpack.Limits) (root string, err error) {
	if o.tree != nil {
		root = filepath.Join(dir, "project")
		return root, o.tree.copy(ctx, root)
	}
	name, err := plainName(o.File.Name)
	if err != nil {
		return "", err
	}
	// Its format is told by its name, which it does not have in the cache.
	archived := filepath.Join(dir, name)
	if err := link(o.path, archived); err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(archived) }()
	content := filepath.Join(dir, "content")
	if err := os.Mkdir(content, 0o755); err != nil {
		return "", err
	}
	if err := unpack.Extract(ctx, archived, content, limits); err != nil {
		return "", calledBy(err, archived, o.File.Name)
	}
	return o.project(content)
}

func plainName(name string) (string, error) {
	if !filepath.IsLocal(name) || filepath.Base(name) != name || strings.ContainsAny(name, `/\`) {
		return "", fault.Errorf(fault.BadInput, "%s: not the name of a file", name)
	}
	return name, nil
}

// project is the folder of the project in an unpacked archive: the one folder
// that nearly all have at the top, or the top.
func (o *opened) project(content string) (string, error) {
	entries, err := os.ReadDir(content)
	if err != nil {
		return "", err
	}
	root := content
	if len(entries) == 1 && entries[0].IsDir() {
		root = filepath.Join(content, entries[0].Name())
	}
	if o.Subdirectory == "" {
		return root, nil
	}
	below := filepath.FromSlash(o.Subdirectory)
	info, err := os.Stat(filepath.Join(root, below))
	if !filepath.IsLocal(below) || err != nil || !info.IsDir() {
		return "", fault.Errorf(fault.BadInput, "%s: has no folder %s", o.File.Name, o.Subdirectory)
	}
	return filepath.Join(root, below), nil
}

// calledBy puts the name of a source into errors about a temporary path.
func calledBy(err error, path, name string) error {
	list, ok := err.(fault.List)
	if !ok {
		list = fault.List{err}
	}
	for i, member := range list {
		var p *archive.Problem
		if errors.As(member, &p) && p.Archive == path {
			named := *p
			named.Archive = name
			list[i] = &named
		} else if text := member.Error(); strings.Contains(text, path) {
			list[i] = fault.WithHints(fault.New(fault.ExitCode(member), strings.ReplaceAll(text, path, name)), fault.Hints(member)...)
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// link gives a file a second name, or copies it where that cannot be.
func link(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	return copyFile(from, to, 0o644)
}

func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// requiresPython is what the project asks of the interpreter that builds it,
// as far as is known.
func (o *opened) requiresPython() pep440.SpecifierSet {
	python := o.File.RequiresPython
	if stated, err := pep440.ParseSpecifierSetLenient(o.about.Python); err == nil {
		python = python.And(stated)
	}
	return python
}
