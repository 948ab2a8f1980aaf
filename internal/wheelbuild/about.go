package wheelbuild

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lazyregexp"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/wheel"
)

// longestDocument is how much is read of a file that a source has.
const longestDocument = 8 << 20

// readAbout reads what the project in a folder says of itself.
func readAbout(dir string) (about, error) {
	pyproject, err := readDocument(dir, "pyproject.toml")
	if err != nil {
		return about{}, err
	}
	setup, err := readDocument(dir, "setup.py")
	if err != nil {
		return about{}, err
	}
	info, err := readDocument(dir, "PKG-INFO")
	if err != nil {
		return about{}, err
	}
	if pyproject == nil && setup == nil {
		return about{}, fault.New(fault.BadInput, "there is neither a pyproject.toml nor a setup.py, so it cannot be built")
	}
	a := about{Build: legacy}
	if pyproject != nil {
		if a.Build, err = parseBuildSystem(pyproject); err != nil {
			return about{}, err
		}
	}
	a.Python = statedPython(pyproject)
	if m, err := wheel.ParseMetadata(info); err == nil {
		if a.Python == "" {
			a.Python = m.RequiresPython.String()
		}
		if isStatic(m) {
			a.Metadata = info
		}
	}
	if a.Metadata == nil {
		a.Looks = looksAt(setup)
	}
	return a, nil
}

// isStatic says whether the metadata of a source distribution are those of
// every wheel made of it (PEP 643).
func isStatic(m wheel.Metadata) bool {
	version, err := pep440.Parse(m.MetadataVersion)
	if err != nil || version.Compare(firstStatic) < 0 || len(m.Invalid) > 0 {
		return false
	}
	return !slices.ContainsFunc(m.Dynamic, func(field string) bool {
		return slices.Contains([]string{"requires-dist", "requires-python", "provides-extra", "name", "version"}, strings.ToLower(field))
	})
}

// firstStatic is the first version of the metadata that knows Dynamic.
var firstStatic = pep440.MustParse("2.2")

// decision is where a setup.py asks for other things on one machine than on
// another: a condition on the machine, and below it something about requirements.
var decision = lazyregexp.New(`(?m)^[ \t]*(?:el)?if\b[^\n]*\b(sys\.version_info|sys\.platform|os\.name|platform\.\w+|sys\.maxsize)\b[^\n]*\n?(?:[^\n]*\n){0,2}?[^\n]*(?:requi|depend|\bdeps\b)`)

// looksAt is what a setup.py decides by.
func looksAt(setup []byte) string {
	if m := decision.FindSubmatch(setup); m != nil {
		return string(m[1])
	}
	return ""
}

// readDocument reads a file of a project; nil where there is none.
func readDocument(dir, name string) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, longestDocument+1))
	if len(data) > longestDocument {
		return nil, fault.Errorf(fault.BadInput, "%s is larger than %d MB", name, longestDocument>>20)
	}
	if data == nil && err == nil {
		data = []byte{}
	}
	return data, err
}
