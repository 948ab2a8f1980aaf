package extension_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

var update = flag.Bool("update", false, "write the golden files again")

// goldenCase is a file in an archive such as testdata/errors/manifest.txt: "-- NAME --",
// the file, then "-- NAME.out --" and what is printed about it.
type goldenCase struct{ name, text, want string }

func readCases(t testing.TB, archive string) (cases []goldenCase) {
	t.Helper()
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	var at *string
	for _, line := range strings.SplitAfter(string(data), "\n") {
		name, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "-- ")
		if name, ok2 := strings.CutSuffix(name, " --"); ok && ok2 {
			if last := len(cases) - 1; last >= 0 && name == cases[last].name+".out" {
				at = &cases[last].want
				continue
			}
			cases = append(cases, goldenCase{name: name})
			at = &cases[len(cases)-1].text
			continue
		}
		if at != nil {
			*at += line
		}
	}
	return cases
}

// goldenErrors parses each file of an archive and compares what is printed of
// it. With -update the archive is written again.
func goldenErrors(t *testing.T, archive string, parse func(name string, data []byte) ([]fault.Warning, error)) {
	t.Helper()
	var out strings.Builder
	for _, c := range readCases(t, archive) {
		warnings, err := parse(c.name, []byte(c.text))
		var b strings.Builder
		for _, w := range warnings {
			b.WriteString("warning: " + w.String() + "\n")
		}
		fault.Print(&b, err)
		if err != nil && fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%s: exit code %d", c.name, fault.ExitCode(err))
		}
		if !*update && b.String() != c.want {
			t.Errorf("%s: want -, got +\n%s", c.name, cmp.Diff(c.want, b.String()))
		}
		out.WriteString("-- " + c.name + " --\n" + c.text + "-- " + c.name + ".out --\n" + b.String())
	}
	if *update {
		if err := os.WriteFile(archive, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func normalName(t *testing.T, s string) pep508.Name {
	t.Helper()
	name, err := pep508.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return name
}
