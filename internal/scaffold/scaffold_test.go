package scaffold_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/scaffold"
)

// What is made is read without a complaint, and says what was asked for.
func TestWrite(t *testing.T) {
	for _, p := range []scaffold.Project{
		{},
		{Name: "forge", Version: "2.0.0-rc.1", RequiresPython: ">=3.8,!=3.9.1*", Platforms: []string{"alpine/amd64", "manylinux_2_17_aarch64"}, ZipSafe: true},
		{Name: "1.0"}, {Name: "yes"}, {Name: "null"}, {Name: "0x10"}, {Name: "2026-01-01"}, {Name: "1e3"}, {Name: "a-b.c_d"},
		{RequiresPython: "==3*"}, {RequiresPython: "!=3.9.*, >=3.8"},
	} {
		dir := filepath.Join(t.TempDir(), "my ext!")
		made, err := scaffold.Write(dir, p, false)
		if err != nil || len(made) != 4 {
			t.Fatalf("%+v: %v %v", p, made, err)
		}
		got, warnings, err := extension.Load(dir, extension.LoadOptions{})
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%+v: %v %v", p, warnings, err)
		}
		m, want := got.Manifest, p.Usual(dir)
		if m.Name != want.Name || m.Version.String() != want.Version || m.ZipSafe != want.ZipSafe || len(m.Bundle.Platforms) != len(want.Platforms) || m.RequiresPython.String() != want.RequiresPython {
			t.Errorf("want %+v, got %s %s %v %v %v", want, m.Name, m.Version, m.ZipSafe, m.RequiresPython, m.Bundle.Platforms)
		}
		if !slices.Equal(got.Modules, []string{"extension.py"}) {
			t.Errorf("packed are %q", got.Modules)
		}
	}
}

// The keys that are written have the words of the example.
func TestWriteHasWordsOfExample(t *testing.T) {
	dir := t.TempDir()
	if _, err := scaffold.Write(dir, scaffold.Project{Name: "forge"}, false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "src", "extension.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Required. Identifies the extension", "# Default: true. Written only with api_level 1.4.0", "  #   ==3*      every Python 3 ", "# Default: linux/amd64"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not there:\n%s", want, text)
		}
	}
}

func TestName(t *testing.T) {
	for dir, want := range map[string]string{"forge": "forge", "my ext!": "my_ext", "-": "my_extension", "con": "my_extension", "été": "t", "a b.c": "a_b.c"} {
		if got := (scaffold.Project{}).Usual(filepath.Join("somewhere", dir)).Name; got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
}

// Nothing that is there is lost.
func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), []byte("requests\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	made, err := scaffold.Write(dir, scaffold.Project{Name: "forge"}, false)
	if err != nil || !made[2].Kept {
		t.Fatalf("%v %v", made, err)
	}
	source := filepath.Join(dir, "src", "extension.yml")
	was, _ := os.ReadFile(source)
	_, err = scaffold.Write(dir, scaffold.Project{Name: "other"}, false)
	if fault.ExitCode(err) != fault.BadInput || !strings.Contains(err.Error(), "extension.py") || !slices.Contains(fault.Hints(err), "write over it with --force") {
		t.Errorf("%v %v", err, fault.Hints(err))
	}
	if is, _ := os.ReadFile(source); string(is) != string(was) {
		t.Error("it was written over")
	}
	if _, err := scaffold.Write(dir, scaffold.Project{Name: "other"}, true); err != nil {
		t.Error(err)
	}
	if is, _ := os.ReadFile(source); string(is) == string(was) {
		t.Error("it was not written over")
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "requirements.txt")); string(text) != "requests\n" {
		t.Errorf("the requirements are %q", text)
	}
	flat := t.TempDir()
	if err := os.WriteFile(filepath.Join(flat, "extension.yml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.Write(flat, scaffold.Project{}, true); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("into a flat project: %v", err)
	}
}

func TestBadValues(t *testing.T) {
	for _, p := range []scaffold.Project{{Name: "a b"}, {Version: "1"}, {RequiresPython: "3"}, {Platforms: []string{"amiga"}}} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := scaffold.Write(dir, p, false); fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%+v: %v", p, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%+v: a folder was made", p)
		}
	}
	if scaffold.CheckPlatforms([]string{"amiga"}) == nil || scaffold.CheckPythons("x") == nil || scaffold.CheckVersion("1") == nil || scaffold.CheckName("") == nil {
		t.Error("a bad value is taken")
	}
}
