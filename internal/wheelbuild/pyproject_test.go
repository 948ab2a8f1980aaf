package wheelbuild

import (
	"reflect"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestBuildSystem(t *testing.T) {
	for _, c := range []struct {
		text string
		want buildSystem
		bad  string
	}{
		{"", legacy, ""},
		{"[project]\nname = 'x'\n", legacy, ""},
		{"[build-system]\nrequires = ['flit_core >=3,<4']\nbuild-backend = 'flit_core.buildapi'\n", buildSystem{Requires: []string{"flit_core >=3,<4"}, Backend: "flit_core.buildapi"}, ""},
		{"[build-system]\nrequires = ['setuptools', 'wheel']\n", buildSystem{Requires: []string{"setuptools", "wheel"}, Backend: legacy.Backend}, ""},
		{"[build-system]\nrequires = []\nbuild-backend = 'a.b:c.d'\nbackend-path = ['.', 'x/y']\n", buildSystem{Requires: []string{}, Backend: "a.b:c.d", BackendPath: []string{".", "x/y"}}, ""},
		{"[build-system]\nbuild-backend = 'a'\n", buildSystem{}, "has no requires"},
		{"[build-system]\nrequires = 'a'\n", buildSystem{}, "pyproject.toml:2:12: "},
		{"[build-system]\nrequires = ['a', '>=1']\n", buildSystem{}, "[build-system] requires: "},
		{"[build-system]\nrequires = []\nbackend-path = ['.']\n", buildSystem{}, "no build-backend"},
		{"[build-system]\nrequires = []\nbuild-backend = 'a; b'\n", buildSystem{}, "not of the form"},
		{"[build-system]\nrequires = []\nbuild-backend = 'a'\nbackend-path = ['a/../../b']\n", buildSystem{}, "not a folder of the source"},
		{"[build-system]\nrequires = []\nbuild-backend = 'a'\nbackend-path = ['/a']\n", buildSystem{}, "not a folder of the source"},
		{"[build-system]\nrequires = []\nbuild-backend = 'a'\nbackend-path = ['a\\b']\n", buildSystem{}, "not a folder of the source"},
		{"requires = \n", buildSystem{}, "pyproject.toml:1:"},
	} {
		got, err := parseBuildSystem([]byte(c.text))
		switch {
		case c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad) || fault.ExitCode(err) != fault.BadInput):
			t.Errorf("%q: %v, want %q", c.text, err, c.bad)
		case c.bad == "" && (err != nil || !reflect.DeepEqual(got, c.want)):
			t.Errorf("%q: %+v, %v; want %+v", c.text, got, err, c.want)
		}
	}
}

func FuzzParseBuildSystem(f *testing.F) {
	f.Add(pyproject)
	f.Add("[build-system]\nrequires = ['a']\nbuild-backend = 'a:b'\nbackend-path = ['.']\n")
	f.Add("[project]\nrequires-python = '>=3.8'\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseBuildSystem([]byte(text))
		if err == nil && (s.check() != nil || s.Backend == "") {
			t.Errorf("%q: %+v", text, s)
		}
		_ = statedPython([]byte(text))
	})
}

func TestLooksAt(t *testing.T) {
	for text, want := range map[string]string{
		"import sys\nif sys.version_info < (3, 6):\n    sys.exit('too old')\nsetup(name='x')\n":         "",
		"install_requires = []\nif sys.platform == 'win32':\n    install_requires.append('colorama')\n": "sys.platform",
		"if sys.version_info < (3, 8): requirements += ['x']\n":                                         "sys.version_info",
		"if platform.system() == 'Windows':\n    # of other things\n    deps = ['pywin32']\n":           "platform.system",
		"setup(install_requires=['six'])\n":                                                             "",
		"if os.name == 'nt':\n    libraries = ['ws2_32']\n\n\n\nsetup(install_requires=['six'])\n":      "",
	} {
		if got := looksAt([]byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
