package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"archive/zip"

	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/internal/sbomtest"
)

// checkBills holds documents against the schema as the CycloneDX library for
// Python knows it, strictly, package URLs against packageurl, and SPDX
// expressions and identifiers against license_expression.
const checkBills = `
import json, sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packageurl import PackageURL

spdx, problems, found = get_spdx_licensing(), [], {}
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error:
        problems.append("%s: %s" % (name, error))
    d = json.loads(text)
    Bom.from_json(d).validate()
    for c in d["components"] + [d["metadata"]["component"]]:
        url = PackageURL.from_string(c["purl"])
        if url.to_string() != c["purl"] or url.version != c["version"]:
            problems.append("%s: %s" % (c["purl"], url))
        for l in c.get("licenses", []):
            text = l.get("expression") or l["license"].get("id")
            if text and spdx.validate(text, strict=True).errors:
                problems.append("%s: %s" % (c["purl"], spdx.validate(text).errors))
            found.setdefault(url.name, set()).add(text or l["license"]["name"])
print(json.dumps({"problems": problems, "licences": {k: sorted(v) for k, v in found.items()}}))
`

// TestRealBills: every package of the real set, and the zip as a whole, say
// what they hold so that the libraries of others understand it.
func TestRealBills(t *testing.T) {
	dir, built := buildReal(t)
	bin := peer.Venv(t, "cyclonedx-python-lib[json-validation]", "packageurl-python", "license-expression")
	out := t.TempDir()
	whole := filepath.Join(out, "whole.json")
	peer.Run(t, exec.Command("axle", "inspect", inReal(dir, built.Build.Zips[0].Path), "--sbom", whole))
	files := []string{whole}
	for _, p := range built.Build.Packages {
		data := billIn(t, inReal(dir, p.Path))
		sbomtest.Valid(t, data)
		file := filepath.Join(out, filepath.Base(p.Path)+".json")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	said := peer.Run(t, exec.Command(filepath.Join(bin, "python"), append([]string{"-c", checkBills}, files...)...))
	var result struct {
		Problems []string
		Licences map[string][]string
	}
	if err := json.Unmarshal([]byte(said), &result); err != nil {
		t.Fatal(err)
	}
	for _, p := range result.Problems {
		t.Error(p)
	}
	for name, want := range map[string]string{"requests": "Apache-2.0", "pyyaml": "MIT"} {
		if got := strings.Join(result.Licences[name], "; "); got != want {
			t.Errorf("%s: licence %q, want %q", name, got, want)
		}
	}
	if len(result.Licences["cryptography"]) == 0 || len(result.Licences["numpy"]) == 0 {
		t.Errorf("licences: %v", result.Licences)
	}
}

// inReal finds what a build printed, which may be relative to where it ran.
func inReal(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// billIn reads the bill of materials of a package.
func billIn(t *testing.T, file string) []byte {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, m := range r.File {
		if strings.HasSuffix(m.Name, ".dist-info/sboms/axle.cdx.json") {
			in, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			data, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatalf("%s: says nothing of what it holds", file)
	return nil
}
