package extension_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

func chosen(t *testing.T, values ...string) extension.Selection {
	t.Helper()
	s, err := extension.ParseSelection("--only-binary", values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseSelection(t *testing.T) {
	for _, c := range []struct {
		values []string
		all    bool
		names  []pep508.Name
	}{
		{nil, false, nil},
		{[]string{"b,A", "a_1"}, false, []pep508.Name{"a", "a-1", "b"}},
		{[]string{":all:"}, true, nil},
		{[]string{"a,:all:,b"}, true, nil},
		{[]string{"a", ":all:", "b"}, true, []pep508.Name{"b"}},
		{[]string{"a,b", ":none:"}, false, nil},
	} {
		if got := chosen(t, c.values...); got.All != c.all || !cmp.Equal(got.Names, c.names) && len(got.Names)+len(c.names) > 0 {
			t.Errorf("%q: got %+v", c.values, got)
		}
	}
	if _, err := extension.ParseSelection("--only-binary", []string{"a,b c"}); fault.ExitCode(err) != fault.Usage {
		t.Errorf("a name with a space: %v", err)
	}
}

// What goes before decides for the projects it names, and where it speaks of
// all for every project.
func TestFormatsOver(t *testing.T) {
	less := extension.FormatControl{OnlyBinary: chosen(t, "a", "b"), NoBinary: chosen(t, "c")}
	for name, c := range map[string]struct {
		over extension.FormatControl
		want map[pep508.Name]string
	}{
		"nothing":     {extension.FormatControl{}, map[pep508.Name]string{"a": "binary", "c": "source", "d": "both"}},
		"one name":    {extension.FormatControl{NoBinary: chosen(t, "a")}, map[pep508.Name]string{"a": "source", "b": "binary", "c": "source", "d": "both"}},
		"all":         {extension.FormatControl{NoBinary: chosen(t, ":all:")}, map[pep508.Name]string{"a": "source", "d": "source"}},
		"all but one": {extension.FormatControl{NoBinary: chosen(t, ":all:"), OnlyBinary: chosen(t, "c")}, map[pep508.Name]string{"a": "source", "c": "binary"}},
	} {
		out := c.over.Over(less)
		for project, want := range c.want {
			got := "both"
			switch binary, source := out.Allows(project); {
			case !source:
				got = "binary"
			case !binary:
				got = "source"
			}
			if got != want {
				t.Errorf("%s: %s may be %s, want %s", name, project, got, want)
			}
		}
	}
	if got := less.OnlyBinary.Names; !cmp.Equal(got, []pep508.Name{"a", "b"}) {
		t.Errorf("what lies below was changed: %v", got)
	}
	if got := (extension.FormatControl{OnlyBinary: chosen(t, "x,b"), NoBinary: chosen(t, "b")}).Conflict(); got != "b" {
		t.Errorf("conflict %q", got)
	}
}

func TestReleasesOver(t *testing.T) {
	manifest := extension.ReleaseControl{AllReleases: chosen(t, ":all:"), OnlyFinal: chosen(t, "a")}
	file := extension.ReleaseControl{AllReleases: chosen(t, "a")}
	flags := extension.ReleaseControl{OnlyFinal: chosen(t, "b")}
	out := flags.Over(file.Over(manifest))
	for project, want := range map[pep508.Name]bool{"a": true, "b": false, "c": true} {
		if pre, decided := out.Pre(project); pre != want || !decided {
			t.Errorf("%s: %t %t", project, pre, decided)
		}
	}
	if got := (extension.ReleaseControl{AllReleases: chosen(t, ":all:"), OnlyFinal: chosen(t, ":all:")}).Conflict(); got != ":all:" {
		t.Errorf("conflict %q", got)
	}
}
