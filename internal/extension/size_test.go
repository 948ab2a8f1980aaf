package extension

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/fault"
)

func TestParseBudget(t *testing.T) {
	for text, want := range map[string][2]int64{
		"75 MB": {75e6, 75e6}, "package=1 MB": {1e6, 0}, "zip=2 KiB,package=3": {3, 2048}, "9 kB,package=1": {1, 9000}, "none": {},
	} {
		b, err := ParseBudget("--max-size", strings.Split(text, ","))
		if err != nil || [2]int64{b.Package.Bytes, b.Zip.Bytes} != want {
			t.Errorf("%s: %v, %v", text, b, err)
		}
	}
	for _, text := range []string{"wheel=1 MB", "75 mb", "", "none,1"} {
		if _, err := ParseBudget("--max-size", strings.Split(text, ",")); fault.ExitCode(err) != fault.Usage || !strings.HasPrefix(err.Error(), "--max-size") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestBundleSizesAndTrim(t *testing.T) {
	m, warnings, err := ParseManifest("x", []byte(minimal+"bundle: {max_size: 75 MB, trim: [headers, tests, tests], trim_except: [PyYAML]}\n"))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	b := m.Bundle
	if b.Budget.Package.Bytes != 75e6 || b.Budget.Zip != b.Budget.Package || len(b.Trim) != 2 || b.Trim[0] != TrimTests || b.TrimExcept[0] != "pyyaml" {
		t.Errorf("%+v", b)
	}
	for text, want := range map[string]string{
		"max_size: {package: 5 mib}": "did you mean 5 MiB?", "trim: [test]": "did you mean tests?", "trim_except: ':all:'": "leave bundle.trim out",
	} {
		_, _, err := ParseManifest("x", []byte(minimal+"bundle: {"+text+"}\n"))
		if fault.ExitCode(err) != fault.BadInput || !strings.Contains(strings.Join(fault.Hints(err), " "), want) {
			t.Errorf("%s: %v, hints %q", text, err, fault.Hints(err))
		}
	}
}
