package selector

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/finding"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/wheeltest"
)

const ownBill = "demo-1.0.0.dist-info/" + sbom.InPackage

// billFor says that these are in a package, "kiln 1.0".
func billFor(distributions ...string) string {
	thing := sbom.Thing{Name: "demo", Version: pep440.MustParse("1.0.0")}
	for _, d := range distributions {
		name, version, _ := strings.Cut(d, " ")
		thing.Distributions = append(thing.Distributions, sbom.Distribution{Name: pep508.Normalize(name), Version: pep440.MustParse(version)})
	}
	return string(thing.Document().Marshal())
}

// good is what nothing can be said against.
func good(more content) content {
	files := content{"helper.py": "", ownBill: billFor()}
	for name, text := range more {
		files[name] = text
	}
	return files
}

// zipOf is an extension zip for 3.9 to 3.15 with packages by their tags.
func zipOf(t testing.TB, packages map[string]content, own content, settings ...string) string {
	t.Helper()
	if settings == nil {
		settings = []string{unzipped, `requires_python: ">=3.9"`}
	}
	files := content{"extension.yml": manifest("demo", "1.0.0", settings...), "extension.py": ""}
	for name, text := range own {
		files[name] = text
	}
	for tags, members := range packages {
		file := plain + tags + ".whl"
		if strings.Contains(tags, "!") {
			name, made, _ := strings.Cut(tags, "!")
			files["dep/"+plain+name+".whl"] = packageOf(t, plain+made+".whl", members)
			continue
		}
		files["dep/"+file] = packageOf(t, file, members)
	}
	return writeZip(t, files)
}

func codesIn(v VerifiedZip) (codes []string) {
	for _, f := range v.Findings {
		codes = append(codes, string(f.Code))
	}
	return codes
}

// TestFindings: each code of the list is found where it is meant, alone, and
// nowhere else; its severity and exit code are those of the list.
func TestFindings(t *testing.T) {
	const so = "m/_m.cpython-311-x86_64-linux-gnu.so"
	const here = "cp311-cp311-manylinux_2_17_x86_64"
	only := []string{unzipped, `requires_python: "==3.11.*"`}
	seen := map[finding.Code]bool{finding.BinaryMacOS: true} // see TestCodesOfBinaries
	for _, c := range []struct {
		code     finding.Code // "" for none
		packages map[string]content
		own      content
		settings []string
		says     string
	}{
		{"", map[string]content{"py3-none-any": good(nil)}, nil, nil, ""},
		{"", map[string]content{here: good(content{so: wheeltest.ELF("2.17")})}, nil, only, ""},
		{"", nil, nil, nil, ""}, // without dependencies
		{"", nil, nil, []string{"zip_safe: true"}, ""},
		{"", nil, content{"kiln.py": "", "kiln-1.0.dist-info/METADATA": "", sbom.InZip: billFor("kiln 1.0")}, []string{"zip_safe: true"}, ""},
		{"", map[string]content{"py3-none-any": good(content{"kiln-1.dist-info/METADATA": "", ownBill: billFor("Kiln 1.0")})}, nil, nil, ""},
		{finding.Damaged, nil, content{"dep/" + universal: "no wheel"}, nil, "not a zip archive"},
		{finding.PackageName, nil, content{"dep/other-1.0.0-py3-none-any.whl": packageOf(t, "other-1.0.0-py3-none-any.whl", nil)}, nil, "it is a package of other"},
		{finding.Metadata, map[string]content{"py3-none-any": good(content{"demo-1.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 1\n"})}, nil, nil, "that of other"},
		{finding.WheelTags, map[string]content{here + "!py3-none-any": good(nil)}, nil, only, "its name says " + here + ", and its WHEEL py3-none-any"},
		{finding.BinarySystem, map[string]content{here: good(content{so: wheeltest.PE()})}, nil, only, so},
		{finding.BinaryMachine, map[string]content{"cp311-cp311-manylinux_2_17_aarch64": good(content{"m/_m.so": wheeltest.ELF("2.17")})}, nil, only, "m/_m.so"},
		{finding.BinaryLibc, map[string]content{"cp311-cp311-musllinux_1_2_x86_64": good(content{"m/_m.so": wheeltest.ELF("2.17")})}, nil, only, "glibc"},
		{finding.BinaryGlibc, map[string]content{here: good(content{so: wheeltest.ELF("2.34")})}, nil, only, "2.34"},
		{finding.BinaryABI, map[string]content{here: good(content{"m/_m.cpython-312-x86_64-linux-gnu.so": wheeltest.ELF("2.17")})}, nil, only, "cp312"},
		{finding.BinaryDoubt, map[string]content{"py3-none-any": good(content{so: wheeltest.ELF("2.17")})}, nil, nil, "for any platform"},
		{finding.LinuxFloor, map[string]content{"cp311-cp311-linux_x86_64": good(content{so: wheeltest.ELF("2.17")})}, nil, only, "needs glibc 2.17"},
		{finding.MainModule, nil, content{"extension.py": "-"}, nil, "extension.py"},
		{finding.ModuleHidden, map[string]content{"py3-none-any": good(nil)}, content{"helper.py": ""}, nil, "helper.py"},
		{finding.WindowsPath, map[string]content{"py3-none-any": good(content{strings.Repeat("m", 200) + ".py": ""})}, nil, nil, "Windows"},
		{finding.ZipSafePackages, map[string]content{"py3-none-any": good(nil)}, nil, []string{"zip_safe: true"}, "1 packages"},
		{finding.ZipSafeNative, nil, content{"m/_m.so": wheeltest.ELF("2.17")}, []string{"zip_safe: true"}, "m/_m.so"},
		{finding.Coverage, map[string]content{"cp311-cp311-win_amd64": good(nil)}, nil, []string{unzipped, `requires_python: ">=3.10,<3.12"`}, "admits Python 3.10, and no package is for that on win_amd64"},
		{finding.SBOMMissing, map[string]content{"py3-none-any": {"helper.py": ""}}, nil, nil, "does not say what it holds"},
		{finding.SBOMMissing, nil, content{"kiln-1.0.dist-info/METADATA": ""}, []string{"zip_safe: true"}, "does not say what it holds"},
		{finding.SBOMUntrue, map[string]content{"py3-none-any": good(content{ownBill: billFor("kiln 1.0")})}, nil, nil, "it names kiln"},
		{finding.SBOMUntrue, map[string]content{"py3-none-any": good(content{"kiln-1.0.dist-info/METADATA": ""})}, nil, nil, "it does not name kiln 1.0"},
		{finding.SBOMUntrue, map[string]content{"py3-none-any": good(content{ownBill: "{}"})}, nil, nil, "CycloneDX"},
		{finding.Manifest, map[string]content{"py3-none-any": good(nil)}, nil, []string{unzipped, `requires_python: ">=3.9"`, "nam: x"}, "nam"},
	} {
		t.Run(fmt.Sprintf("%s %s", c.code, c.says), func(t *testing.T) {
			file := zipOf(t, c.packages, c.own, c.settings...)
			if c.own["extension.py"] == "-" {
				file = writeZip(t, content{"extension.yml": manifest("demo", "1.0.0", unzipped)})
			}
			v, err := VerifyZip(t.Context(), file, VerifyZipOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			if c.code != "" {
				want = []string{string(c.code)}
			}
			if !slices.Equal(codesIn(v), want) {
				t.Fatalf("found %v, want %v: %v", codesIn(v), want, v.Findings)
			}
			if c.code == "" {
				return
			}
			checkFinding(t, file, v.Findings[0], c.says)
			seen[c.code] = true
		})
	}
	data := string(wheeltest.Break(t, []byte(packageOf(t, universal, good(nil))), wheeltest.WrongHash))
	v, err := VerifyZip(t.Context(), zipOf(t, nil, content{"dep/" + universal: data}), VerifyZipOptions{})
	if err != nil || !slices.Equal(codesIn(v), []string{"record"}) {
		t.Errorf("%v %v", v, err)
	}
	seen[finding.Record] = true
	for _, r := range finding.Rules() {
		if !seen[r.Code] {
			t.Errorf("%s is found nowhere", r.Code)
		}
	}
}

// checkFinding holds a finding against its rule, and what ignoring it does.
func checkFinding(t *testing.T, file string, f finding.Finding, says string) {
	t.Helper()
	rule := finding.Of(f.Code)
	if !strings.Contains(f.Error(), says) || !strings.HasPrefix(f.Text, file) || f.Severity != rule.Severity() || len(f.Hints()) == 0 {
		t.Errorf("%+v, want %q in it", f, says)
	}
	v, _ := VerifyZip(t.Context(), file, VerifyZipOptions{})
	if code := fault.ExitCode(v.Err()); code != rule.Exit {
		t.Errorf("exit code %d, want %d", code, rule.Exit)
	}
	v, _ = VerifyZip(t.Context(), file, VerifyZipOptions{Strict: true})
	if code := fault.ExitCode(v.Err()); code != rule.Strict() || code == 0 || len(v.Warnings()) > 0 {
		t.Errorf("strict: exit code %d, want %d", code, rule.Strict())
	}
	v, err := VerifyZip(t.Context(), file, VerifyZipOptions{Strict: true, Ignore: []string{string(f.Code)}})
	if err != nil || v.Err() != nil || len(v.Warnings()) > 0 || v.Ignored() != 1 || !v.Findings[0].Ignored {
		t.Errorf("ignored: %v, %+v", err, v)
	}
}

func TestCodesOfBinaries(t *testing.T) {
	codes := map[finding.Code]bool{}
	for _, c := range []native.Code{native.WrongFormat, native.WrongMachine, native.WrongLibc, native.GlibcTooNew, native.MacOSTooNew, native.WrongABI} {
		code := codeOf(c)
		if codes[code] || code == finding.BinaryDoubt || finding.Of(code).Exit != fault.BadInput {
			t.Errorf("%s: %s", c, code)
		}
		codes[code] = true
	}
	if codeOf(native.NotPure) != finding.BinaryDoubt {
		t.Error("what may be meant so is no error")
	}
}

// TestVerifyZipOfProject: bundle.ignore of the project counts, and only of the
// project that the zip is of.
func TestVerifyZipOfProject(t *testing.T) {
	file := zipOf(t, map[string]content{"py3-none-any": {"helper.py": ""}}, nil)
	project := func(name, ignore string) string {
		dir := t.TempDir()
		writeText(t, filepath.Join(dir, "extension.yml"), manifest(name, "1.0.0")+"bundle: {ignore: ["+ignore+"]}\n")
		return dir
	}
	v, err := VerifyZip(t.Context(), file, VerifyZipOptions{Project: project("demo", "sbom-missing")})
	if err != nil || v.Ignored() != 1 {
		t.Errorf("%+v %v", v, err)
	}
	for _, c := range []struct {
		opt  VerifyZipOptions
		code int
		says string
	}{
		{VerifyZipOptions{Project: project("demo", "sbom-mising")}, fault.BadInput, "did you mean sbom-missing?"},
		{VerifyZipOptions{Project: project("other", "sbom-missing")}, fault.BadInput, "is that of other"},
		{VerifyZipOptions{Project: filepath.Join(t.TempDir(), "none")}, fault.BadInput, "none"},
		{VerifyZipOptions{Ignore: []string{"recrd"}}, fault.Usage, "did you mean record?"},
	} {
		_, err := VerifyZip(t.Context(), file, c.opt)
		if text := fmt.Sprint(err, fault.Hints(err)); fault.ExitCode(err) != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%+v: %s, want %q", c.opt, text, c.says)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// TestIgnoredIsNotDeployed: nothing that is ignored makes deploying accept more.
func TestIgnoredIsNotDeployed(t *testing.T) {
	data := string(wheeltest.Break(t, []byte(packageOf(t, universal, good(nil))), wheeltest.WrongHash))
	file := zipOf(t, nil, content{"dep/" + universal: data})
	v, err := VerifyZip(t.Context(), file, VerifyZipOptions{Ignore: []string{"record"}})
	if err != nil || v.Err() != nil {
		t.Errorf("%v %v", err, v.Err())
	}
	_, err = tryDeploy(t.Context(), file, DeployOptions{Root: t.TempDir(), NoCompile: true}, newest(t))
	mustFail(t, "deploy", err, fault.Mismatch, "RECORD")
}
