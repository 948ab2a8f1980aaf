package interpreters

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// places is where to look on Windows. The order decides between equals only.
func (f *finder) places() []place {
	local, roaming, home := f.env("LOCALAPPDATA"), f.env("APPDATA"), f.home()
	out := f.commonPlaces()
	out = append(out,
		below(FromSystem, local, "Programs", "Python", "Python*"),
		below(FromSystem, local, "Python", "pythoncore-*"), // the install manager's
		below(FromSystem, f.env("ProgramFiles"), "Python*"),
		below(FromSystem, f.env("ProgramFiles(x86)"), "Python*"),
		below(FromSystem, cmp.Or(f.env("SystemDrive"), "C:")+`\`, "Python*"),
		below(FromPyenv, cmp.Or(f.env("PYENV"), join(home, ".pyenv", "pyenv-win")), "versions", "*"),
		below(FromUV, cmp.Or(f.env("UV_PYTHON_INSTALL_DIR"), join(roaming, "uv", "python")), "*"),
		below(FromManager, cmp.Or(f.env("MISE_DATA_DIR"), join(local, "mise")), "installs", "python", "*"),
		below(FromManager, cmp.Or(f.env("SCOOP"), join(home, "scoop")), "apps", "python*", "current"),
	)
	return append(out, f.condaPlaces()...)
}

// defaults are the interpreters of an agent that has no list: the registered.
func (f *finder) defaults() []candidate {
	if f.opt.Discover { // they come last, after the others
		return nil
	}
	return f.registered()
}

func (f *finder) home() string      { return f.env("USERPROFILE") }
func (f *finder) pyenvRoot() string { return "" } // its shims there are batch files: see resolveShim

func (f *finder) condaBases() []string {
	return []string{f.home(), f.env("LOCALAPPDATA"), f.env("ProgramData"), f.env("SystemDrive") + `\`}
}

// extra are those that the py launcher and the registry know.
func (f *finder) extra(ctx context.Context) []candidate {
	return append(f.launched(ctx), f.registered()...)
}

// launched asks the py launcher for its list.
func (f *finder) launched(ctx context.Context) []candidate {
	py, ok := f.onPath("py")
	if !ok {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, f.opt.Timeout)
	defer cancel()
	var text bytes.Buffer
	if _, err := (child{path: py, args: []string{"-0p"}, stdout: &text}).run(limited); err != nil {
		return nil
	}
	var out []candidate
	for _, path := range launcherPaths(text.String()) {
		out = append(out, f.named(path, FromLauncher)...)
	}
	return out
}

// named is a candidate for a path that some list of Windows gives, if it can
// be started at all.
func (f *finder) named(path, source string) []candidate {
	err := f.inspect(path)
	if err != nil && KindOf(err) != Stub {
		return nil
	}
	c := f.resolved(path, source)
	c.err = err
	return []candidate{c}
}

// registered reads the registry (PEP 514): COMPANY\TAG\InstallPath below
// SOFTWARE\Python, for the user and for the machine, in both views.
func (f *finder) registered() []candidate {
	var out []candidate
	seen := map[string]bool{}
	for _, root := range []registry.Key{registry.CURRENT_USER, registry.LOCAL_MACHINE} {
		for _, view := range []uint32{registry.WOW64_64KEY, registry.WOW64_32KEY} {
			for _, path := range registeredIn(root, view) {
				if !seen[strings.ToLower(path)] {
					seen[strings.ToLower(path)] = true
					out = append(out, f.named(path, FromRegistry)...)
				}
			}
		}
	}
	return out
}

func registeredIn(root registry.Key, view uint32) []string {
	var out []string
	const base = `SOFTWARE\Python`
	for _, company := range subkeys(root, base, view) {
		if company == "PyLauncher" { // PEP 514: it is no company
			continue
		}
		for _, tag := range subkeys(root, base+`\`+company, view) {
			if path := installed(root, base+`\`+company+`\`+tag+`\InstallPath`, view); path != "" {
				out = append(out, path)
			}
		}
	}
	return out
}

// subkeys are the names below a key, the newest version first.
func subkeys(root registry.Key, path string, view uint32) []string {
	key, err := registry.OpenKey(root, path, registry.ENUMERATE_SUB_KEYS|view)
	if err != nil {
		return nil
	}
	defer key.Close()
	names, _ := key.ReadSubKeyNames(-1)
	sortNatural(names)
	return names
}

// installed is the executable that an InstallPath key names.
func installed(root registry.Key, path string, view uint32) string {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE|view)
	if err != nil {
		return ""
	}
	defer key.Close()
	if exe, _, err := key.GetStringValue("ExecutablePath"); err == nil && filepath.IsAbs(exe) {
		return filepath.Clean(exe)
	}
	dir, _, err := key.GetStringValue("")
	if err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "python.exe")
}

// stubAt tells the aliases that open the Windows Store.
func stubAt(path string) (string, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", false
	}
	return storeStubAt(path, info.Size(), reparseData)
}

// reparseData reads a reparse point without following it.
func reparseData(path string) ([]byte, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	file, err := windows.CreateFile(name, 0, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING,
		windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return nil, err
	}
	defer windows.CloseHandle(file)
	data := make([]byte, windows.MAXIMUM_REPARSE_DATA_BUFFER_SIZE)
	var n uint32
	err = windows.DeviceIoControl(file, windows.FSCTL_GET_REPARSE_POINT, nil, 0, &data[0], uint32(len(data)), &n, nil)
	if err != nil {
		return nil, err
	}
	return data[:n], nil
}
