package selector

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/wheel"
)

// bootSource is the script that starts an extension. It is part of the
// deployment, so that this runs as it did when it was deployed.
//
//go:embed boot.py
var bootSource string

// starterFiles are the modules behind all others on the path: what boot.py
// calls, the package that answers for universal_extension, and what starts an
// extension written as a class.
//
//go:embed starter/*.py starter/universal_extension/*.py starter/universal_extension/deco/*.py
var starterFiles embed.FS

var bootDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(bootSource))
	return short(sum[:])
})

var starterDigest = sync.OnceValue(func() string {
	h := sha256.New()
	for name, data := range starterModules() {
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
	}
	return short(h.Sum(nil))
})

// starterModules gives the starter's files by name, with slashes.
func starterModules() func(yield func(name string, data []byte) bool) {
	return func(yield func(string, []byte) bool) {
		_ = fs.WalkDir(starterFiles, "starter", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := starterFiles.ReadFile(name)
			if err == nil && !yield(strings.TrimPrefix(name, "starter/"), data) {
				return fs.SkipAll
			}
			return err
		})
	}
}

// deployStarter puts the starter where it is not there yet; it is a package as
// the others.
func (d *deployer) deployStarter(ctx context.Context) (err error) {
	d.rec.Starter, err = d.place(ctx, starterKey(d.keyFor(starterDigest())), func(dir, final string) ([]wheel.RecordEntry, error) {
		return nil, d.fillStarter(ctx, dir, final)
	})
	return err
}

// starterKey tells the starter's folder from those of packages.
func starterKey(key string) string { return "axle-" + key }

func (d *deployer) fillStarter(ctx context.Context, dir, final string) error {
	for name, data := range starterModules() {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return d.compile(ctx, dir, final)
}

// bootScript is boot.py with what it must know of this deployment.
func (d *deployer) bootScript() ([]byte, error) {
	folder, pth := "", []string(nil)
	if d.rec.Package != nil {
		folder = d.rec.Package.Folder
		var err error
		if pth, err = pthFiles(d.store.Path(folder)); err != nil {
			return nil, err
		}
	}
	v := d.c.Interpreter.Report.PythonVersion()
	return []byte(strings.NewReplacer(
		`"@starter@"`, pyString(path.Base(d.rec.Starter)),
		`@cached@`, pyString(d.cachedStart()),
		`"@code@"`, pyString(d.rec.Code),
		`"@package@"`, pyString(folder),
		`["@pth@"]`, pyStrings(pth),
		`["@extra@"]`, pyStrings(extraPaths(d.rec.ExtraPaths)),
		`["@version@"]`, fmt.Sprintf("[%d, %d, %d]", v.Release(0), v.Release(1), v.Release(2)),
		`"@again@"`, pyString(d.rec.Zip.Path),
	).Replace(bootSource)), nil
}

// cachedStart is the file of byte code of axle_start.py, for an interpreter that
// writes it with a header of 16 bytes (PEP 552); "" where there is none.
func (d *deployer) cachedStart() string {
	r := d.c.Interpreter.Report
	if v := r.PythonVersion(); d.opt.NoCompile || r.CacheTag == "" || v.Release(0) < 3 || v.Release(0) == 3 && v.Release(1) < 7 {
		return ""
	}
	return "axle_start." + r.CacheTag + ".pyc"
}

// keepCompiledBoot puts the byte code of boot.py beside it, as a program of its
// own that need not be compiled at every start. An interpreter that is a script
// may become another version without a change to be seen, which boot.py tells
// of and its byte code cannot.
func (d *deployer) keepCompiledBoot(dir string) error {
	r, kept := d.c.Interpreter.Report, filepath.Join(dir, launch.Compiled(bootFile))
	cached := filepath.Join(dir, "__pycache__")
	var err error
	if d.cachedStart() != "" && r.Implementation == "cpython" && !isScript(d.c.Interpreter.Path) {
		err = os.Rename(filepath.Join(cached, "boot."+r.CacheTag+".pyc"), kept)
	} else {
		err = os.Remove(kept) // Python 2 writes it there
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(cached)
}

// isScript tells a program that another one reads from one that is machine code.
func isScript(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 2)
	_, err = io.ReadFull(f, head)
	return err != nil || string(head) == "#!"
}

// extraPaths are the entries of python_extra_paths, those inside the extension
// relative to its code; so is an entry that is relative to nothing.
func extraPaths(entries []string) []string {
	var out []string
	for _, p := range entries {
		if inside, ok := strings.CutPrefix(p, extension.ExtensionZip); ok {
			p = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(inside, `\`, "/")), "/")
		}
		out = append(out, p)
	}
	return out
}

// pthFiles are the .pth files of a folder, in the order in which the site
// module reads them.
func pthFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var found []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".pth") && !strings.HasPrefix(e.Name(), ".") && !e.IsDir() {
			found = append(found, e.Name())
		}
	}
	slices.Sort(found)
	return found, err
}

// pyString writes a text as Python 2 and 3 read it, in ASCII.
func pyString(s string) string {
	var b strings.Builder
	b.WriteString(`u"`)
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String() + `"`
}

func pyStrings(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = pyString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
