// Package scaffold makes new projects: a folder with extension.yml, extension.py,
// requirements.txt and .gitignore that builds as it is.
//
// The manifest has the words of extension.yml.example, so that the example and
// what is made from it cannot differ. Nothing is written before everything is
// checked. A requirements.txt or .gitignore that is there already is kept.
package scaffold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/axlepack/axle"
	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

// Project says what is made. What is empty gets its usual value.
type Project struct {
	Name           string   // else made of the folder's name
	Version        string   // else 1.0.0
	RequiresPython string   // else >=3.9
	Platforms      []string // else those that axle builds for
	ZipSafe        bool
}

// Usual fills in what is not said of a project in the folder dir.
func (p Project) Usual(dir string) Project {
	if p.Name == "" {
		p.Name = nameOf(dir)
	}
	if p.Version == "" {
		p.Version = "1.0.0"
	}
	if p.RequiresPython == "" {
		p.RequiresPython = ">=3.9"
	}
	if len(p.Platforms) == 0 {
		p.Platforms = target.Usual()
	}
	return p
}

// nameOf is a name for an extension made of the name of its folder.
func nameOf(dir string) string {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return "my_extension"
	}
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r < 128 && (r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return '_'
	}, filepath.Base(whole)), "._-")
	if extension.CheckName(name) != nil {
		return "my_extension"
	}
	return name
}

// CheckName, CheckVersion, CheckPythons and CheckPlatforms say what is wrong
// with a value of a project.
func CheckName(s string) error { return extension.CheckName(s) }

// CheckVersion: see [CheckName].
func CheckVersion(s string) error {
	_, err := extension.ParseVersion(s)
	return err
}

// CheckPythons: see [CheckName].
func CheckPythons(s string) error {
	pythons, err := extension.ParsePythonRange(s)
	if err != nil {
		return err
	}
	known := target.Known()
	for _, py := range known {
		if some, _ := pythons.AdmitsMinor(py.Major, py.Minor); some {
			return nil
		}
	}
	return fault.New(fault.BadInput, fmt.Sprintf("%q admits no known Python", s),
		fmt.Sprintf("known are those from %s to %s", known[0].Version(), known[len(known)-1].Version()))
}

// CheckPlatforms: see [CheckName].
func CheckPlatforms(list []string) error {
	var problems fault.List
	for _, s := range list {
		if _, err := target.ParsePlatform(s); err != nil {
			problems = append(problems, err)
		}
	}
	return problems.Err()
}

// Made is what became of a file.
type Made struct {
	Path string
	// Kept says that it was there already and was not touched.
	Kept bool
}

// CheckFolder says what keeps a project from being made in dir, see [Write].
func CheckFolder(dir string, force bool) error {
	var problems fault.List
	for _, name := range []string{filepath.Join("src", extension.ManifestName), filepath.Join("src", "extension.py"), extension.ManifestName} {
		path := filepath.Join(dir, name)
		if exists(path) && (!force || name == extension.ManifestName) {
			problems = append(problems, refused(path, name == extension.ManifestName))
		}
	}
	return problems.Err()
}

// Write makes the project in dir, a folder that is made where there is none.
// Without force an extension.yml or extension.py that is there already is an
// error with exit code 3, and nothing is written.
func Write(dir string, p Project, force bool) ([]Made, error) {
	p = p.Usual(dir)
	manifest, err := manifest(p)
	if err != nil {
		return nil, err
	}
	files := []struct {
		name, text string
		keep       bool
	}{
		{filepath.Join("src", extension.ManifestName), manifest, false},
		{filepath.Join("src", "extension.py"), code, false},
		{extension.RequirementsName, requirements, true},
		{".gitignore", ignored, true},
	}
	if err := CheckFolder(dir, force); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "src"), 0o755); err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	var made []Made
	for _, f := range files {
		m := Made{Path: filepath.Join(dir, f.name)}
		if m.Kept = f.keep && exists(m.Path); !m.Kept {
			if err := write(m.Path, f.text); err != nil {
				return made, err
			}
		}
		made = append(made, m)
	}
	return made, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func refused(path string, flat bool) error {
	if flat {
		return fault.New(fault.BadInput, path+": the folder is a flat project already", "name another folder: axle init DIR")
	}
	return fault.New(fault.BadInput, path+": is there already, and is not overwritten", "name another folder: axle init DIR", "write over it with --force")
}

func write(path, text string) error {
	return archive.WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// manifest is extension.yml: of the example, the keys that a project begins
// with, with its own values.
func manifest(p Project) (string, error) {
	values := map[string]string{
		"extension.name":            plain(p.Name),
		"extension.version":         quoted(p.Version),
		"extension.requires_python": quoted(p.RequiresPython),
		"extension.zip_safe":        strconv.FormatBool(p.ZipSafe),
		"bundle.platforms":          "[" + strings.Join(p.Platforms, ", ") + "]",
	}
	begin := []string{"extension", "extension.name", "extension.version", "extension.api_level", "extension.requires_python", "extension.zip_safe", "bundle", "bundle.platforms"}
	var b strings.Builder
	b.WriteString(head)
	inSection := false
	for _, key := range axle.Keys() {
		if !slices.Contains(begin, key.Path) {
			continue
		}
		text := key.Text
		if value, ok := values[key.Path]; ok {
			at := strings.LastIndex(text, ": ")
			text = text[:at] + ": " + value + "\n"
		}
		if !inSection {
			b.WriteString("\n") // between keys, not behind the line that begins a section
		}
		inSection = key.Path == "extension" || key.Path == "bundle"
		b.WriteString(text)
	}
	text := b.String()
	if _, _, err := extension.ParseManifest(extension.ManifestName, []byte(text)); err != nil {
		return "", err
	}
	return text, nil
}

// plain is a name as YAML has it: in quotes where it could be read as a number
// or a truth.
func plain(name string) string {
	m, _, err := extension.ParseManifest("", fmt.Appendf(nil, "extension: {name: %s, version: \"1.0.0\", api_level: \"1.4.0\"}\n", name))
	if err != nil || m.Name != name {
		return quoted(name)
	}
	return name
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

const head = `# What the extension is, and what axle builds of it. axle schema prints a JSON
# Schema that lets editors complete and check this file; axle help zip_safe,
# axle help requires_python and axle help targets say more of its keys.
`

const requirements = `# What the extension needs, a requirement a line, as pip reads it:
# requests>=2.31
`

const ignored = `/dist/
__pycache__/
*.py[cod]
.venv/
`

const code = `"""An extension: what the agent starts, and axle run."""
from __future__ import print_function

import sys

from universal_extension import ExtensionResult, UniversalExtension


class Extension(UniversalExtension):
    """What the agent starts."""

    def extension_start(self, fields):
        name = fields.get("name") or " ".join(sys.argv[1:]) or "world"
        print("Hello, %s" % name)
        return ExtensionResult(rc=0)
`
