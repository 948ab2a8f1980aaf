package selector

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheeltest"
	"github.com/axlepack/axle/interpreters"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden compares with testdata/NAME.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v; got\n%s", file, err, got)
	}
}

func indented(t *testing.T, value any) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSelectionJSON: the JSON form of a choice, field by field.
func TestSelectionJSON(t *testing.T) {
	z := withPackages(t, manifest("demo", "1.0.0-rc.1", unzipped, `requires_python: ">=3.9"`),
		"demo-1.0.0rc1-cp311-cp311-manylinux_2_17_x86_64.whl", "demo-1.0.0rc1-cp311-cp311-manylinux_2_39_x86_64.whl",
		"demo-1.0.0rc1-1-cp39-abi3-manylinux_2_17_x86_64.whl")
	list := append(listOf(t, "cp38@"+linux, "cp311@"+linux, "cp312@"+linux),
		interpreters.Interpreter{Path: "/gone", Err: &interpreters.Error{Path: "/gone", Kind: interpreters.NotFound, Detail: "no such file"}})
	c, err := z.Select(t.Context(), list, SelectOptions{Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "selection.json", indented(t, c))
	c, err = z.Select(t.Context(), list[:1], SelectOptions{Explain: true})
	if err == nil {
		t.Fatal("an interpreter that requires_python excludes was taken")
	}
	golden(t, "selection-none.json", indented(t, c))
}

// TestDeploymentJSON: the JSON form of a deployment, field by field.
func TestDeploymentJSON(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the golden file has slashes")
	}
	when := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	d := Deployment{Root: "/var/lib/axle", Changed: true, Record: deployments.Record{
		Format: 1, Name: "demo", Version: "1.0.0", ID: "1.0.0-abc", Deployed: when, Zip: deployments.Zip{Path: "/z/demo.zip", Size: 9}, Digest: "00ff",
		Code: "e/demo/1.0.0-abc/x", Boot: "e/demo/1.0.0-abc/boot.py", Starter: "p/axle-key", ExtraPaths: []string{"${extension_zip}/lib"},
		Package: &deployments.Package{File: "demo-1.0.0-py3-none-any.whl", Digest: "11ee", Folder: "p/key", Tag: "py3-none-any"},
		Interpreter: deployments.Interpreter{Path: "/usr/bin/python3", Executable: "/usr/bin/python3.11", Version: "3.11.2",
			Implementation: "cpython", NeedsSite: true, Size: 5, Modified: when},
	}}
	golden(t, "deployment.json", indented(t, []Deployment{d, {Root: "/r", Record: deployments.Record{Name: "zipped", ZipSafe: true, Code: "e/zipped/1/x.zip"}}}))
}

// TestCore03RealLayout: the names in the zip are those that UIP-CLI gives.
func TestCore03RealLayout(t *testing.T) {
	z := open(t, writeZip(t, content{
		"extension.yml": manifest("Sample.Ext", "1.0.0", unzipped), "extension.py": "", "__init__.py": "",
		"EGG-INFO/PKG-INFO": "", "dep/sample_ext-1.0.0-py3-none-any.whl": packageOf(t, "sample_ext-1.0.0-py3-none-any.whl", nil),
		"dep/README.txt": "", "dep/old/sample_ext-1.0.0-py3-none-any.whl": "deeper", "other/x.whl": "",
	}))
	if len(z.Extension.Packages) != 1 || z.Extension.Packages[0].Problem != nil {
		t.Fatalf("packages: %+v", z.Extension.Packages)
	}
	if got := pick(t, z, listOf(t, "cp311@"+linux), Policy{}); !strings.HasSuffix(got, "sample_ext-1.0.0-py3-none-any.whl") {
		t.Error(got)
	}
}

// TestCore11FullPackage: the archive of uip build -a is unwrapped, however its
// members are compressed.
func TestCore11FullPackage(t *testing.T) {
	inner := content{
		"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "print('unwrapped')\n",
		"dep/demo-1.0.0-py2.py3-none-any.whl": packageOf(t, "demo-1.0.0-py2.py3-none-any.whl", content{"helper.py": "x = 1\n"}),
	}
	for _, nestedStored := range []bool{true, false} {
		for _, packageStored := range []bool{true, false} {
			ext := zipBytes(t, inner, func(name string) bool { return packageStored && isWheel(name) })
			full := zipBytes(t, content{"template.json": "{}", "extension_archive.zip": string(ext)}, func(string) bool { return nestedStored })
			path := filepath.Join(t.TempDir(), "unv_tmplt_demo-1.0.0.zip")
			if err := os.WriteFile(path, full, 0o644); err != nil {
				t.Fatal(err)
			}
			z := open(t, path)
			if got := pick(t, z, listOf(t, "cp311@"+linux), Policy{}); got != "cp311@"+linux+" demo-1.0.0-py2.py3-none-any.whl" {
				t.Errorf("stored %v, %v: %s", nestedStored, packageStored, got)
			}
			root := t.TempDir()
			d := place(t, path, root, newest(t))
			run(t, RunOptions{Root: root, Name: "demo"}).want(t, 0, "unwrapped\n")
			if _, err := os.Stat(filepath.Join(d.PackagePath(), "helper.py")); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(d.CodePath(), "dep")); err == nil {
				t.Error("the packages are among the extracted modules")
			}
		}
	}
}

// TestOpenRefuses: what is no extension zip, each with its exit code.
func TestOpenRefuses(t *testing.T) {
	notExtension := content{"readme.txt": ""}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a page of HTML":          {[]byte("<html>"), "not a zip archive"},
		"nothing":                 {nil, "not a zip archive"},
		"no manifest":             {zipBytes(t, notExtension, isWheel), "no extension.yml in it"},
		"a nested one without":    {zipBytes(t, content{"extension_archive.zip": string(zipBytes(t, notExtension, isWheel))}, isWheel), "extension_archive.zip in it has no extension.yml"},
		"a nested one that is no": {zipBytes(t, content{"extension_archive.zip": "<html>"}, isWheel), "not a zip archive"},
		"a manifest of nothing":   {zipBytes(t, content{"extension.yml": ""}, isWheel), "extension.yml"},
		"every mistake of a manifest": {zipBytes(t, content{"extension.yml": "extension:\n  name: '?'\n  version: one\n  api_level: 1\n"}, isWheel),
			"4 mistakes"},
		"a member that leaves": {zipBytes(t, content{"extension.yml": manifest("demo", "1.0.0"), "../evil.py": ""}, isWheel), "leaves its folder"},
		"cut off":              {zipBytes(t, content{"extension.yml": manifest("demo", "1.0.0")}, isWheel)[:90], "not a zip archive"},
	} {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		z, err := Open(path)
		if err == nil {
			_ = z.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		var b strings.Builder
		fault.Print(&b, err)
		if c.want == "4 mistakes" {
			if n := strings.Count(b.String(), "error: "); n < 3 {
				t.Errorf("%s: %d mistakes are told:\n%s", name, n, b.String())
			}
		} else if !strings.Contains(b.String(), c.want) {
			t.Errorf("%s: %s, want %q", name, b.String(), c.want)
		}
		if code := fault.ExitCode(err); code != fault.BadInput {
			t.Errorf("%s: exit code %d, want 3", name, code)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "gone.zip")); fault.ExitCode(err) != fault.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Open(t.TempDir()); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("a folder: %v", err)
	}
}

// TestBrokenPackages: a package with something wrong is refused, by Select or
// at the latest by Deploy, which then changes nothing; a good one beside it is
// still usable.
func TestBrokenPackages(t *testing.T) {
	in := newest(t)
	bad, good := plain+"2-py3-none-any.whl", plain+"1-py3-none-any.whl"
	files := content{"module.py": "value = 'good'\n", "data/table.txt": strings.Repeat("rows\n", 50)}
	whole := wheeltest.Make(t, bad, files)
	for _, f := range wheeltest.Faults {
		t.Run(string(f), func(t *testing.T) {
			ext := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": "import module; print(module.value)\n"}
			ext["dep/"+bad] = string(wheeltest.Break(t, whole, f))
			root := t.TempDir()
			_, err := tryDeploy(t.Context(), writeZip(t, ext), DeployOptions{Root: root, NoCompile: true}, in)
			if code := fault.ExitCode(err); code != fault.BadInput && code != fault.Mismatch && code != fault.NoPackage {
				t.Errorf("exit code %d: %v", code, err)
			}
			if _, err := Find(root, "demo"); fault.ExitCode(err) != fault.NotFound {
				t.Errorf("something is deployed: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(root, "[tp]", "[^.a]*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			ext["dep/"+good] = packageOf(t, good, files)
			z := open(t, writeZip(t, ext))
			c, err := z.Select(t.Context(), []interpreters.Interpreter{in}, SelectOptions{})
			if err != nil {
				t.Fatalf("with a good package beside it: %v", err)
			}
			// What cannot be seen without reading the data is found by Deploy.
			if c.Package.File() != good && f != wheeltest.WrongCRC && f != wheeltest.WrongHash && f != wheeltest.Unrecorded && f != wheeltest.Missing {
				t.Errorf("the broken package was chosen")
			}
		})
	}
}

// TestOwnDistInfoAmongOthers: an extension that is called as one of its
// distributions.
func TestOwnDistInfoAmongOthers(t *testing.T) {
	name := "requests-1.0.0-py3-none-any.whl"
	with := func(own string) *Zip {
		return open(t, writeZip(t, content{"extension.yml": manifest("requests", "1.0.0", unzipped), "extension.py": "", "dep/" + name: own}))
	}
	z := with(packageOf(t, name, content{
		"requests/__init__.py": "", "requests-2.32.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: requests\nVersion: 2.32.3\nRequires-Python: >=99\n",
		"dist-info/METADATA": "Requires-Python: >=3.8\n",
	}))
	if got := pick(t, z, listOf(t, "cp311@"+linux), Policy{}); got != "cp311@"+linux+" "+name {
		t.Error(got)
	}
	// Its own is not there, and that of the distribution is no stand-in.
	z = with(string(zipBytes(t, content{"requests-2.32.3.dist-info/METADATA": "Name: requests\nVersion: 2.32.3\n", "requests-2.32.3.dist-info/RECORD": ""}, isWheel)))
	if got := pick(t, z, listOf(t, "cp311@"+linux), Policy{}); got != "5" {
		t.Error(got)
	}
	if p := z.Extension.Packages[0].Problem; p == nil || !strings.Contains(p.Error(), "no dist-info folder for requests 1.0.0") {
		t.Error(p)
	}
}

// TestNothingIsRead: packages that no interpreter could use are not opened.
func TestNothingIsRead(t *testing.T) {
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": ""}
	for _, tag := range []string{"cp311-cp311-" + linux, "cp310-cp310-" + linux, "cp312-cp312-" + linux, "cp311-cp311-win_amd64", "py3-none-any"} {
		files["dep/"+plain+tag+".whl"] = packageOf(t, plain+tag+".whl", nil)
	}
	list := listOf(t, "cp38@"+linux, "cp311@"+linux, "cp312@"+linux)
	for explain, want := range map[bool][]string{
		false: {"py3-none-any"}, // the best for the first interpreter
		true:  {"cp311-cp311-" + linux, "cp312-cp312-" + linux, "py3-none-any"},
	} {
		z := open(t, writeZip(t, files))
		if _, err := z.Select(t.Context(), list, SelectOptions{Explain: explain}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range z.Extension.Packages {
			if p.Read {
				got = append(got, strings.TrimSuffix(strings.TrimPrefix(p.File(), plain), ".whl"))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("explain %v: read %v, want %v", explain, got, want)
		}
	}
}

// FuzzOpen: no input makes Open, Select or the reading of everything panic, and
// what opens can be judged.
func FuzzOpen(f *testing.F) {
	yml := manifest("demo", "1.0.0", unzipped)
	pkg := packageOf(f, plain+"py3-none-any.whl", content{"m.py": "x = 1\n"})
	ext := zipBytes(f, content{"extension.yml": yml, "extension.py": "", "dep/" + plain + "py3-none-any.whl": pkg}, isWheel)
	f.Add(ext)
	f.Add(zipBytes(f, content{"extension_archive.zip": string(ext)}, isWheel))
	f.Add(zipBytes(f, content{"extension.yml": yml, "dep/" + plain + "cp311-cp311-win_amd64.whl": "x", "dep/x.whl": ""}, isWheel))
	f.Add(zipBytes(f, content{"extension.yml": "a: [", "extension.py": ""}, isWheel))
	list := listOf(f, "cp311@"+linux, "cp39@win_amd64")
	path := filepath.Join(f.TempDir(), "fuzz.zip")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		z, err := Open(path)
		if err != nil {
			if code := fault.ExitCode(err); code != fault.BadInput {
				t.Fatalf("exit code %d: %v", code, err)
			}
			return
		}
		defer z.Close()
		c, err := z.Select(t.Context(), list, SelectOptions{Explain: true})
		if (err == nil) != (c.Interpreter != nil) {
			t.Fatalf("%v with %v", err, c.Interpreter)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Fatal(err)
		}
		if _, err := z.digest(); err != nil && fault.ExitCode(err) == 0 {
			t.Fatal(err)
		}
		for _, m := range z.Own() {
			if !fs.ValidPath(m.Name) {
				t.Fatalf("%q was let through", m.Name)
			}
		}
	})
}

// BenchmarkSelect is the whole of axle select but the process and the finding
// of interpreters: 60 packages, ten interpreters.
func BenchmarkSelect(b *testing.B) {
	files := content{"extension.yml": manifest("demo", "1.0.0", unzipped), "extension.py": ""}
	members := content{}
	for i := range 1250 {
		members[fmt.Sprintf("package/part%d/module%d.py", i%40, i)] = "x = 1\n"
	}
	var list []string
	for minor := 6; minor < 16; minor++ {
		list = append(list, fmt.Sprintf("cp3%d@%s", minor, linux))
		for _, platform := range []string{"manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "win_amd64", "macosx_11_0_arm64", "musllinux_1_2_x86_64", "win_arm64"} {
			name := fmt.Sprintf("%scp3%d-cp3%d-%s.whl", plain, minor, minor, platform)
			files["dep/"+name] = packageOf(b, name, members)
		}
	}
	path, pythons := writeZip(b, files), listOf(b, list...)
	b.Run("pure", func(b *testing.B) {
		z := open(b, path)
		for b.Loop() {
			if _, err := Select(z.Extension, pythons, Policy{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, explain := range []bool{false, true} {
		b.Run(fmt.Sprintf("explain=%v", explain), func(b *testing.B) {
			for b.Loop() {
				z, err := Open(path)
				if err == nil {
					_, err = z.Select(b.Context(), pythons, SelectOptions{Explain: explain})
				}
				if err != nil {
					b.Fatal(err)
				}
				_ = z.Close()
			}
		})
	}
}
