package lock

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
)

const (
	head   = "lock-version = '1.0'\ncreated-by = 'me'\n"
	digest = "{sha256 = '0000000000000000000000000000000000000000000000000000000000000000'}"
)

// one is a document with one package, which a line more may spoil.
func one(line string) string {
	return head + "[[packages]]\nname = 'kiln'\n" + line + "\n" +
		"wheels = [\n  {url = 'https://index.test/kiln-1.0-py3-none-any.whl', hashes = " + digest + "},\n]\n"
}

// TestBad: each mistake is told with its place.
func TestBad(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no TOML", "lock-version = '1.0'\ncreated-by = ", "pylock.toml:2:"},
		{"not merged", head + "<<<<<<< HEAD\n", "pylock.toml:3:1: not TOML: "},
		{"a key twice", head + "created-by = 'you'\n", "pylock.toml:3:1: not TOML: key created-by is already defined"},
		{"nothing", "", "pylock.toml: has no key lock-version"},
		{"version 2", "lock-version = '2.0'\nall = 'else'\n", "pylock.toml:1:16: lock-version: is 2.0, and only 1.0 is known"},
		{"a version that is none", "lock-version = 'new'\n", `pylock.toml:1:16: lock-version: new: expected a version at column 1`},
		{"no packages", head, "pylock.toml: has no key packages"},
		{"packages of another kind", head + "packages = 3\n", "pylock.toml:3:12: packages: is a number, where an array is expected"},
		{"a package of another kind", head + "packages = [{name='a', directory={path='.'}}, true]\n", "pylock.toml:3:47: packages[1]: is true or false, where a table is expected"},
		{"environments", "environments = [\n 'os_name == \"nt\"',\n 'os_name is \"nt\"']\n" + head + "packages = []", `pylock.toml:3:2: environments[1]: os_name is "nt": expected an operator`},
		{"requires-python", "requires-python = '>=3.9;'\n" + head + "packages = []", `pylock.toml:1:19: requires-python: `},
		{"extras", "extras = ['A_b']\n" + head + "packages = []", `pylock.toml:1:11: extras[0]: "A_b" is not normalised: write a-b`},
		{"name", strings.Replace(one(""), "'kiln'", "'Kiln'", 1), `pylock.toml:4:8: packages[0].name: "Kiln" is not normalised: write kiln`},
		{"an empty text", one("marker = ''"), "pylock.toml:5:10: packages[0].marker: is empty"},
		{"version", one("version = '1.0.x'"), `pylock.toml:5:11: packages[0].version: 1.0.x: expected the end of the version`},
		{"marker", one("marker = 'python_version > 3'"), `pylock.toml:5:10: packages[0].marker: `},
		{"another version", one("version = '1.1'"), "pylock.toml:7:3: packages[0].wheels[0]: kiln-1.0-py3-none-any.whl is of version 1.0, not 1.1"},
		{"another project", strings.Replace(one(""), "'kiln'", "'oven'", 1), "pylock.toml:7:3: packages[0].wheels[0]: kiln-1.0-py3-none-any.whl is a file of kiln, not of oven"},
		{"no wheel", strings.Replace(one(""), "py3-none-any", "py3", 1), "pylock.toml:7:3: packages[0].wheels[0]: kiln-1.0-py3.whl: not a wheel file name"},
		{"no digest", strings.Replace(one(""), digest, "{}", 1), "pylock.toml:7:58: packages[0].wheels[0].hashes: is empty: there has to be a digest"},
		{"a long digest", strings.Replace(one(""), digest, "{SHA256='"+strings.Repeat("0", 65)+"'}", 1), "packages[0].wheels[0].hashes.SHA256: has 65 digits, where SHA-256 has 64"},
		{"a digest twice", strings.Replace(one(""), digest, "{sha512='0', SHA512='1'}", 1), "packages[0].wheels[0].hashes: has sha512 twice"},
		{"a short digest", strings.Replace(one(""), digest, "{sha256='0'}", 1), "packages[0].wheels[0].hashes.sha256: has 1 digits, where SHA-256 has 64"},
		{"a digest that is none", strings.Replace(one(""), digest, "{md5='xyz'}", 1), "packages[0].wheels[0].hashes.md5: is no hexadecimal digest"},
		{"no place", strings.Replace(one(""), "url =", "name =", 1), "pylock.toml:7:3: packages[0].wheels[0]: has neither url nor path"},
		{"no files", head + "[[packages]]\nname = 'a'\n", "pylock.toml:3:3: packages[0]: has no file: neither wheels, sdist, archive nor directory"},
		{"two sources", one("directory = {path = '.'}"), "pylock.toml:3:3: packages[0]: has a directory or an archive beside sdist or wheels"},
		{"size", strings.Replace(one(""), "url =", "size = -1, url =", 1), "packages[0].wheels[0].size: is below zero"},
		{"time", strings.Replace(one(""), "url =", "upload-time = 'now', url =", 1), "packages[0].wheels[0].upload-time: is a text, where a date with a time is expected"},
		{"version control", head + "[[packages]]\nname = 'a'\n[packages.vcs]\ntype = 'git'\nurl = 'https://example.test/a'\ncommit-id = '0'\n",
			"pylock.toml:5:11: packages[0].vcs: packages from version control cannot be held to a digest"},
		{"the second package", one("") + "[[packages]]\nname = 'b'\nversion = 3\n", "pylock.toml:11:11: packages[1].version: is a number, where a text is expected"},
		{"in a table of a package", one("") + "[packages.tool.axle]\nrequires = [\n'a',\n'??']\n", "pylock.toml:12:1: packages[0].tool.axle.requires[1]: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Parse(Filename, []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%v\nwant %s\nin\n%s", err, test.want, test.text)
			}
			if fault.ExitCode(err) != fault.BadInput {
				t.Errorf("exit code %d, want %d", fault.ExitCode(err), fault.BadInput)
			}
		})
	}
}

// TestAllProblems: what is wrong is told at once, in the order of the lines.
func TestAllProblems(t *testing.T) {
	_, _, err := Parse("x.toml", []byte("lock-version='1.0'\n[[packages]]\nversion='x'\nname='A'\n"))
	want := "x.toml: has no key created-by\n" +
		"x.toml:2:3: packages[0]: has no file: neither wheels, sdist, archive nor directory\n" +
		"x.toml:3:9: packages[0].version: x: expected a version at column 1\n"
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), `x.toml:4:6: packages[0].name: "A"`) {
		t.Errorf("%v", err)
	}
}

// TestLaterMinor: of a later 1.x what is not known is told, and the rest read.
func TestLaterMinor(t *testing.T) {
	text := strings.Replace(one("colour = 'red'"), "1.0", "1.3", 1)
	d, warnings, err := Parse(Filename, []byte(text))
	if err != nil || len(d.Packages) != 1 || len(warnings) != 2 {
		t.Fatalf("%v %v %v", d, warnings, err)
	}
	if got := warnings[1].String(); got != "pylock.toml:5:10: packages[0].colour is not known here, and not looked at" {
		t.Error(got)
	}
	if _, warnings, err := Parse(Filename, []byte(strings.Replace(text, "1.3", "1.0", 1))); err != nil || len(warnings) > 0 {
		t.Error(warnings, err)
	}
}

// TestForeign reads locks as pip and uv write them.
func TestForeign(t *testing.T) {
	tests := []struct {
		file, by string
		want     map[string]string // target → pins
	}{
		{"pip.pylock.toml", "pip", map[string]string{
			"cp311@manylinux_2_28_x86_64": "certifi 2026.10.18, cffi 2.1.1", "cp39@win_amd64": "certifi 2026.10.18, cffi 2.1.1",
		}},
		{"uv.pylock.toml", "uv", map[string]string{
			"cp311@manylinux_2_28_x86_64": "certifi 2026.10.18, cffi 2.1.1, pycparser 3.12",
			"cp39@win_amd64":              "certifi 2026.10.18, cffi 2.0.0, colorama 0.4.6, pycparser 2.23",
			"pp311@linux/amd64":           "certifi 2026.10.18",
		}},
		{"groups.pylock.toml", "hand", map[string]string{"cp311@linux/amd64": "always 1.0, default 1.0"}},
	}
	for _, test := range tests {
		t.Run(test.by, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", test.file))
			if err != nil {
				t.Fatal(err)
			}
			d, warnings, err := Parse(test.file, data)
			if err != nil || len(warnings) > 0 || d.Record != nil || d.CreatedBy != test.by {
				t.Fatalf("%v %v by %s", err, warnings, d.CreatedBy)
			}
			for name, want := range test.want {
				s := d.Preferences([]target.Target{mustTarget(t, name)})[0]
				var got []string
				for _, p := range s.Pins {
					got = append(got, string(p.Project)+" "+p.Version.String())
				}
				if strings.Join(got, ", ") != want {
					t.Errorf("%s: %v, want %s", name, got, want)
				}
			}
			written, err := d.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			again, _, err := Parse(test.file, written)
			if diff := same(d, again); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// TestDamage: packages that were changed without the record are still read.
func TestDamage(t *testing.T) {
	l, a := matrix(t, "/project")
	data, _ := mustMarshal(t, l, a, "/project")
	tests := []struct{ name, old, new, want string }{
		{"another file", "dyes-5.0.post1-py2.py3-none-any.whl', upload", "dyes-5.0.post1-py2-none-any.whl', upload", "pylock.toml:22:"},
		{"a later format", "format = 1", "format = 2", "tool.axle.format: is 2, and only 1 is known to this axle"},
		{"a target twice", "'cp39@win_amd64'", "'cp39@manylinux_2_28_x86_64'", "cp39@manylinux_2_28_x86_64 is named twice"},
		{"no target", "'cp39@win_amd64'", "'cp39@win_amd46'", `"win_amd46": not known`},
		{"no requirement", "'palette<3'", "'palette<<3'", "tool.axle.constraints[0]"},
		{"another kind", "format = 1", "format = '1'", "tool.axle.format: is a text, where a number is expected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(string(data), test.old) {
				t.Fatalf("there is no %s in\n%s", test.old, data)
			}
			text := strings.Replace(string(data), test.old, test.new, 1)
			d, _, err := Parse(Filename, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if d.Record != nil || d.Damage == nil || !strings.Contains(d.Damage.Error(), test.want) {
				t.Errorf("%v, want %s", d.Damage, test.want)
			}
			if s := d.Preferences([]target.Target{l.Solutions[0].Target})[0]; len(s.Pins) != 6 {
				t.Errorf("%v", s.Pins)
			}
		})
	}
}

func TestSyntaxHint(t *testing.T) {
	_, _, err := Parse(Filename, []byte(head+"<<<<<<< ours\n"))
	if hints := fault.Hints(err); len(hints) != 1 || !strings.Contains(hints[0], "axle lock") {
		t.Error(hints)
	}
}

// FuzzParse: whatever can be read can be written, and is then read the same.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "*.toml"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(one("")))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _, err := Parse(Filename, data)
		if err != nil {
			_ = err.Error()
			return
		}
		d.Damage = nil
		written, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, warnings, err := Parse(Filename, written)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%v %v\n%s", err, warnings, written)
		}
		if diff := same(d, again); diff != "" {
			t.Fatalf("%s\n%s", diff, written)
		}
		twice, err := again.Marshal()
		if err != nil || string(twice) != string(written) {
			t.Fatalf("%v\n%s\n%s", err, written, twice)
		}
	})
}
