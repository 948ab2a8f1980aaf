package interpreters

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Version managers put shims on PATH: programs with the names of interpreters
// that start one or another, by the folder, the environment and settings.

// isShimFolder tells the folders that hold nothing but shims. What they start
// is found where the version manager keeps it.
func (f *finder) isShimFolder(real string) bool {
	dir, name := filepath.Split(real)
	if name != "shims" {
		return false
	}
	switch filepath.Base(filepath.Clean(dir)) {
	case ".pyenv", "pyenv", "pyenv-win", "pyenv-virtualenv", ".asdf", "asdf", "mise", "rtx":
		return true
	}
	return f.pyenvRoot() != "" && filepath.Clean(dir) == realPath(f.pyenvRoot())
}

// pyenvTarget follows a shim of pyenv without running it, as pyenv does, in
// the cases that need no knowledge of its plugins: the wanted versions are
// installed under exactly the names asked for.
func (f *finder) pyenvTarget(path string) (string, bool) {
	root := f.pyenvRoot()
	if root == "" || filepath.Dir(path) != filepath.Join(root, "shims") {
		return "", false
	}
	for _, version := range f.pyenvVersions(root) {
		if version == "system" || strings.ContainsAny(version, `/\`) {
			return "", false
		}
		if _, err := os.Stat(filepath.Join(root, "versions", version)); err != nil {
			return "", false
		}
		target := filepath.Join(root, "versions", version, "bin", filepath.Base(path))
		if f.inspect(target) == nil {
			return target, true
		}
	}
	return "", false
}

// pyenvVersions are the versions that pyenv would use here, in its order:
// the environment, the nearest .python-version, the global setting.
func (f *finder) pyenvVersions(root string) []string {
	if set := f.env("PYENV_VERSION"); set != "" {
		return strings.Split(set, ":")
	}
	dir := f.env("PYENV_DIR")
	if dir == "" {
		dir, _ = os.Getwd()
	}
	for filepath.IsAbs(dir) {
		if versions := versionFile(filepath.Join(dir, ".python-version")); len(versions) > 0 {
			return versions
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return versionFile(filepath.Join(root, "version"))
}

// versionFile reads the names in a version file; "#" begins a comment.
func versionFile(path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		out = append(out, strings.Fields(line)...)
	}
	return out
}

// names says whether a file is a script that names the program it starts: then
// the two together are an interpreter that does not change unless one of them
// does.
func names(script, program string) bool {
	f, err := os.Open(script)
	if err != nil || program == "" {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return err == nil && bytes.HasPrefix(text, []byte("#!")) && bytes.Contains(text, []byte(program))
}

// sameFile says whether two paths lead to one file. A program that does not
// say where it lies is taken at its path.
func sameFile(path, executable string) bool {
	if executable == "" || path == executable {
		return true
	}
	a, errA := os.Stat(path)
	b, errB := os.Stat(executable)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
