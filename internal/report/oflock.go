package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
)

// OfLock is the matrix of a lock that axle wrote, for the targets it has: what
// would be built of it, as far as the names of its files tell. It asks no index.
// The extension is that of the extension.yml beside it or in src beside it; without one the lock
// stands for itself, as version 0. Locks of other tools do not say what their
// targets are, and are refused ([fault.BadInput]).
func OfLock(path string) (Matrix, []fault.Warning, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Matrix{}, nil, fault.New(fault.NotFound, path+": no such file")
	case err != nil:
		return Matrix{}, nil, fault.Errorf(fault.BadInput, "%w", err)
	}
	d, warnings, err := lock.Parse(path, data)
	if err != nil {
		return Matrix{}, warnings, err
	}
	if d.Record == nil {
		why := "another tool wrote it, which does not say for which targets"
		if d.Damage != nil {
			why = d.Damage.Error()
		}
		return Matrix{}, warnings, fault.New(fault.BadInput, path+": "+why, "make a lock of the project with: axle lock")
	}
	l, err := d.Lock(filepath.Dir(path), d.Record.Targets)
	if err != nil {
		return Matrix{}, warnings, err
	}
	m, err := ofPins(path, l, d.Record.Targets)
	if err == nil && d.Record.Alignment != nil {
		a := Alignment(*d.Record.Alignment)
		m.Alignment = &a
	}
	return m, warnings, err
}

func ofPins(path string, l lock.Lock, targets []target.Target) (Matrix, error) {
	opt := merge.Options{Name: filepath.Base(path), Version: pep440.MustParse("0")}
	version, zipSafe := "", false
	m, err := manifestBeside(path)
	if err != nil {
		return Matrix{}, err
	}
	if m != nil {
		opt.Name, version, zipSafe = m.Name, m.Version.String(), m.ZipSafe
		opt.Version = m.Version.PEP440
	}
	for _, f := range l.Failures {
		opt.Holes = append(opt.Holes, f.Target)
	}
	plan, err := merge.NewPlan(l.Solutions, opt)
	if err != nil {
		return Matrix{}, fmt.Errorf("%s: %w", path, err)
	}
	if zipSafe {
		plan.Packages = nil // its dependencies lie beside its modules
	}
	return New(opt.Name, version, targets, l, plan), nil
}

// manifestBeside reads the extension.yml of the project whose lock lies at path;
// nil where there is none.
func manifestBeside(path string) (*extension.Manifest, error) {
	for _, folder := range []string{"src", "."} {
		place := filepath.Join(filepath.Dir(path), folder, extension.ManifestName)
		if data, err := os.ReadFile(place); err == nil {
			m, _, err := extension.ParseManifest(place, data)
			return &m, err
		}
	}
	return nil, nil
}

// LockedFiles are the SHA-256 of the files that a lock has for its targets, by
// name. Those of a lock that OfLock refuses are an error, too.
func LockedFiles(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Errorf(fault.BadInput, "%w", err)
	}
	d, _, err := lock.Parse(path, data)
	if err != nil || d.Record == nil {
		return nil, err
	}
	l, err := d.Lock(filepath.Dir(path), d.Record.Targets)
	files := map[string]string{}
	for _, f := range l.Files() {
		files[f.Filename.Text] = f.SHA256
	}
	return files, err
}
