package wheelbuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// tree is a project folder, without what is no part of the project.
type tree struct {
	dir     string
	folders []string // relative, each behind the one it is in
	files   []string
	digest  string
	git     string // the folder of git's own data, "" where there is none
}

const (
	mostFiles = 100_000
	mostBytes = 2 << 30
)

// besides are the folders of tools that lie in many a project: repositories,
// environments, caches, and what other builds left.
var besides = map[string]bool{
	".git": true, ".hg": true, ".svn": true, ".bzr": true, "CVS": true,
	"__pycache__": true, ".tox": true, ".nox": true, ".venv": true, ".eggs": true, "node_modules": true,
	".mypy_cache": true, ".pytest_cache": true, ".ruff_cache": true, ".hypothesis": true, ".idea": true, ".vscode": true,
}

// readTree lists a folder and computes its digest.
func readTree(ctx context.Context, dir string) (*tree, error) {
	t := &tree{dir: dir}
	h := sha256.New()
	r := &treeReader{ctx: ctx, tree: t, hash: h, left: mostBytes}
	top, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if err := r.folder(dir, "", []fs.FileInfo{top}); err != nil {
		return nil, err
	}
	if err := r.repository(); err != nil {
		return nil, err
	}
	t.digest = hex.EncodeToString(h.Sum(nil))
	return t, nil
}

type treeReader struct {
	ctx  context.Context
	tree *tree
	hash io.Writer
	left int64
}

// folder reads one folder; links are followed, but for those that lead back to
// a folder above.
func (r *treeReader) folder(path, rel string, above []fs.FileInfo) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		name := filepath.Join(rel, e.Name())
		info, err := os.Stat(filepath.Join(path, e.Name()))
		switch {
		case err != nil && e.Type()&fs.ModeSymlink != 0:
			continue // leads nowhere
		case err != nil:
			return err
		case leftOut(path, name, info):
		case info.IsDir() && slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }):
		case info.IsDir():
			r.tree.folders = append(r.tree.folders, name)
			err = r.folder(filepath.Join(path, e.Name()), name, append(slices.Clip(above), info))
		case info.Mode().IsRegular():
			r.tree.files = append(r.tree.files, name)
			err = r.file(filepath.Join(path, e.Name()), name, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *treeReader) file(path, name string, info fs.FileInfo) error {
	if len(r.tree.files) > mostFiles {
		return r.tooLarge(fmt.Sprintf("has more than %d files", mostFiles))
	}
	if r.left -= info.Size(); r.left < 0 {
		return r.tooLarge(fmt.Sprintf("has more than %d MB", mostBytes>>20))
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	fmt.Fprintf(r.hash, "%q %t\n", filepath.ToSlash(name), info.Mode()&0o111 != 0)
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return err
	}
	_, err = r.hash.Write(h.Sum(nil))
	return err
}

func (r *treeReader) tooLarge(what string) error {
	return fault.New(fault.BadInput, r.tree.dir+": "+what+", so it is taken for something else than a project", "name the folder that has the pyproject.toml")
}

// leftOut says whether something is no part of the project: what tools keep
// beside it, and what earlier builds left in it.
func leftOut(parent, rel string, info fs.FileInfo) bool {
	name := filepath.Base(rel)
	top := filepath.Dir(rel)
	if !info.IsDir() {
		return strings.HasSuffix(name, ".pyc") || name == ".git"
	}
	path := filepath.Join(parent, name)
	switch {
	case besides[name], exists(filepath.Join(path, "pyvenv.cfg")):
		return true
	case strings.HasSuffix(name, ".egg-info"):
		return exists(filepath.Join(path, "SOURCES.txt"))
	case rel == "dist":
		return !exists(filepath.Join(path, "__init__.py"))
	case top == "build":
		return name == "lib" || strings.HasPrefix(name, "lib.") || strings.HasPrefix(name, "bdist.") || strings.HasPrefix(name, "temp.")
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// repository notes where the data of git is, from which some projects take
// their version, and lets the commit and the tags count for the digest.
func (r *treeReader) repository() error {
	dir := filepath.Join(r.tree.dir, ".git")
	if text, err := os.ReadFile(dir); err == nil { // a worktree or a submodule
		at, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir:")
		if !ok {
			return nil
		}
		if dir = strings.TrimSpace(at); !filepath.IsAbs(dir) {
			dir = filepath.Join(r.tree.dir, dir)
		}
	}
	if !exists(filepath.Join(dir, "HEAD")) {
		return nil
	}
	r.tree.git = dir
	for _, name := range []string{"HEAD", "packed-refs", "commondir"} {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		fmt.Fprintf(r.hash, "git %s %q\n", name, text)
	}
	return filepath.WalkDir(filepath.Join(dir, "refs"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return r.ctx.Err() // refs may go while they are read
		}
		text, _ := os.ReadFile(path)
		fmt.Fprintf(r.hash, "git %q %q\n", path, text)
		return r.ctx.Err()
	})
}

// copy writes the project to a new folder.
func (t *tree) copy(ctx context.Context, to string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	for _, name := range t.folders {
		if err := os.Mkdir(filepath.Join(to, name), 0o755); err != nil {
			return err
		}
	}
	for _, name := range t.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		from := filepath.Join(t.dir, name)
		info, err := os.Stat(from)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o111 != 0 {
			mode = 0o755
		}
		if err := copyFile(from, filepath.Join(to, name), mode); err != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
	if t.git == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(to, ".git"), []byte("gitdir: "+t.git+"\n"), 0o644)
}
