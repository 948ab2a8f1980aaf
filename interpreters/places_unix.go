//go:build !windows

package interpreters

import (
	"cmp"
	"context"
	"path/filepath"
	"runtime"
)

// places is where to look on Linux, macOS and other Unix systems. The order
// decides between equals only.
func (f *finder) places() []place {
	home := f.home()
	out := f.commonPlaces()
	for _, dir := range []string{"/usr/local/bin", "/usr/bin", "/bin", "/usr/libexec"} {
		out = append(out, f.ofSystem(dir))
	}
	out = append(out,
		below(FromPyenv, f.pyenvRoot(), "versions", "*", "bin"),
		below(FromUV, cmp.Or(f.env("UV_PYTHON_INSTALL_DIR"), filepath.Join(f.dataHome(), "uv", "python")), "*", "bin"),
		below(FromManager, cmp.Or(f.env("ASDF_DATA_DIR"), join(home, ".asdf")), "installs", "python", "*", "bin"),
		below(FromManager, cmp.Or(f.env("MISE_DATA_DIR"), join(f.dataHome(), "mise")), "installs", "python", "*", "bin"),
	)
	out = append(out, f.condaPlaces("bin")...)
	out = append(out,
		f.ofSystem("/opt", "*", "bin"),
		f.ofSystem("/opt", "python", "*", "bin"),
		f.ofSystem("/opt", "rh", "*", "root", "usr", "bin"), // software collections
		below(FromHomebrew, f.root+"/home/linuxbrew/.linuxbrew", "opt", "py*", "bin"),
	)
	if runtime.GOOS == "darwin" {
		out = append(out, f.macPlaces()...)
	}
	return out
}

func (f *finder) macPlaces() []place {
	var out []place
	for _, root := range []string{"/opt/homebrew", "/usr/local"} {
		out = append(out,
			below(FromHomebrew, f.root+root, "opt", "py*", "bin"),
			below(FromHomebrew, f.root+root, "bin"))
	}
	return append(out,
		f.ofSystem("/Library/Frameworks/Python.framework/Versions", "*", "bin"),
		f.ofSystem("/Library/Frameworks/PythonT.framework/Versions", "*", "bin"), // without the global lock
		f.ofSystem("/Library/Developer/CommandLineTools/usr/bin"),
	)
}

// ofSystem is a place of the system. In tests it lies below another root.
func (f *finder) ofSystem(root string, elements ...string) place {
	return below(FromSystem, f.root+root, elements...)
}

// defaults are the interpreters of an agent that has no list.
func (f *finder) defaults() []candidate {
	var out []candidate
	for _, path := range []string{"/usr/bin/python3", "/usr/bin/python", "/usr/libexec/platform-python"} {
		path = f.root + path
		err := f.inspect(path)
		switch KindOf(err) {
		case NotFound, BrokenLink, NotExecutable:
			continue
		}
		c := f.resolved(path, FromDefault)
		c.err = err
		out = append(out, c)
	}
	return out
}

func (f *finder) home() string { return f.env("HOME") }

func (f *finder) dataHome() string {
	return cmp.Or(f.env("XDG_DATA_HOME"), join(f.home(), ".local", "share"))
}

func (f *finder) pyenvRoot() string { return cmp.Or(f.env("PYENV_ROOT"), join(f.home(), ".pyenv")) }

func (f *finder) condaBases() []string { return []string{f.home(), f.root + "/opt"} }

// extra are candidates that no folder leads to.
func (f *finder) extra(context.Context) []candidate { return nil }
