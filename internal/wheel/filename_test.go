package wheel

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

const tagsCorpus = "standards/tags.jsonl.gz"

func TestConformanceWheelFilename(t *testing.T) {
	type vector struct {
		In string
		Kw struct {
			ValidateOrder bool `json:"validate_order"`
		}
		Want *struct {
			Name, Version string
			Build         []any
			Tags          []string
		}
	}
	n := 0
	for v, c := range conformance.Vectors[vector](t, tagsCorpus, "wheel_filename") {
		n++
		f, err := ParseFilename(c.In)
		if c.Kw.ValidateOrder && err == nil && !f.Sorted() {
			continue // packaging's option; ours is a question to ask
		}
		if (err == nil) != (c.Want != nil) {
			t.Errorf("%d: %q: %v, want %+v", v.ID, c.In, err, c.Want)
			continue
		}
		if err != nil {
			continue
		}
		var tags []string
		for _, tag := range f.Tags {
			tags = append(tags, tag.String())
		}
		build := []any{}
		if f.Build.Given {
			build = []any{float64(f.Build.Number), f.Build.Suffix}
		}
		if string(f.Name) != c.Want.Name || f.Version.String() != c.Want.Version || !slices.Equal(tags, c.Want.Tags) || !slices.Equal(build, c.Want.Build) {
			t.Errorf("%d: %q: %+v, want %+v", v.ID, c.In, f, c.Want)
		}
	}
	if n == 0 {
		t.Skip("no such lines in this corpus")
	}
}

func TestConformanceSdistFilename(t *testing.T) {
	type vector struct {
		In   string
		Want *struct{ Name, Version string }
	}
	n := 0
	for v, c := range conformance.Vectors[vector](t, tagsCorpus, "sdist_filename") {
		n++
		s, err := ParseSdist(c.In, "")
		if (err == nil) != (c.Want != nil) || err == nil && (string(s.Name) != c.Want.Name || s.Version.String() != c.Want.Version) {
			t.Errorf("%d: %q: %+v, %v, want %+v", v.ID, c.In, s, err, c.Want)
		}
	}
	if n == 0 {
		t.Skip("no such lines in this corpus")
	}
}

func TestFilename(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl"},
		{"Some.Package-1.0.0RC1-PY3-none-ANY.whl", "some_package-1.0.0rc1-py3-none-any.whl"},
		{"demo-1.0-007abc-py3-none-any.whl", "demo-1.0-7abc-py3-none-any.whl"},
		{"demo-1.0-0-py3-none-any.whl", "demo-1.0-0-py3-none-any.whl"},
		{"demo-1.0-py3.py2-none-any.whl", "demo-1.0-py2.py3-none-any.whl"},
		{"demo-1.0+cu118-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "demo-1.0+cu118-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"},
		{"demo-1!2.0.post1.dev3-cp38-abi3-win_amd64.whl", "demo-1!2.0.post1.dev3-cp38-abi3-win_amd64.whl"},
	} {
		f, err := ParseFilename(c.in)
		if err != nil || f.String() != c.want || f.Text != c.in {
			t.Errorf("%s: %s, %v, want %s", c.in, f, err, c.want)
		}
	}
	for in, want := range map[string]string{
		"demo-1.0-py3-none-any.zip":                      "does not end in .whl",
		"demo-1.0-none-any.whl":                          "4 parts",
		"demo-1.0-1-py3-none-any-x.whl":                  "7 parts",
		"de__mo-1.0-py3-none-any.whl":                    "two underscores",
		"demo-x-py3-none-any.whl":                        "not a wheel file name: ",
		"demo-1.0-b1-py3-none-any.whl":                   "must begin with a digit",
		"demo-1.0-99999999999999999999-py3-none-any.whl": "too large",
		"demo-1.0-py3-none-.whl":                         "not a wheel file name: ",
		"../demo-1.0-py3-none-any.whl":                   "no escaped project name",
		"dir/demo-1.0-py3-none-any.whl":                  "no escaped project name",
		"demo-1.0-py3-none-any/x.whl":                    "",
		"-1.0-py3-none-any.whl":                          "no escaped project name",
		"demo-1.0-1\n2-py3-none-any.whl":                 "must begin with a digit",
	} {
		_, err := ParseFilename(in)
		if err == nil && want == "" {
			continue // packaging takes anything for a platform
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), in) || fault.ExitCode(err) != fault.BadInput {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestFilenameLenient(t *testing.T) {
	for _, in := range []string{"de__mo-1.0-py3-none-any.whl", "demo-1.0_1-py3-none-any.whl", "demo-1.0-py3-none-any.whl"} {
		if _, err := ParseFilenameLenient(in); err != nil {
			t.Errorf("%s: %v", in, err)
		}
	}
	for _, in := range []string{"demo-1.0-bad.whl", "demo-x_y-py3-none-any.whl", "demo-1.0-2.7.6-none-any.whl"} {
		if _, err := ParseFilenameLenient(in); err == nil {
			t.Errorf("%s is accepted", in)
		}
	}
}

func TestBuildOrder(t *testing.T) {
	var builds []Build
	for _, s := range []string{"", "0", "0a", "1", "1a", "2", "10", "010b"} {
		var b Build
		if s != "" {
			var err error
			if b, err = ParseBuild(s); err != nil {
				t.Fatal(err)
			}
		}
		builds = append(builds, b)
	}
	for i, a := range builds {
		for j, b := range builds {
			if got := a.Compare(b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%q against %q: %d", a, b, got)
			}
		}
	}
}

func TestParseSdistOfProject(t *testing.T) {
	for _, c := range []struct {
		file    string
		project pep508.Name
		want    string // "" = refused
	}{
		{"demo-1.0.tar.gz", "demo", "1.0"},
		{"Demo_Tool-1.0.zip", "demo-tool", "1.0"},
		{"demo-tool-1.0.tar.gz", "demo-tool", "1.0"},
		{"demo-1.0-1.tar.gz", "demo", "1.0.post1"},
		{"demo-2-1.0.tar.gz", "demo-2", "1.0"},
		{"other-1.0.tar.gz", "demo", ""},
		{"demo-1.0.tar.bz2", "demo", ""},
		{"demo-x.tar.gz", "demo", ""},
		{"demo.tar.gz", "demo", ""},
	} {
		s, err := ParseSdist(c.file, c.project)
		if (err == nil) != (c.want != "") || err == nil && (s.Version.String() != c.want || s.Name != c.project) {
			t.Errorf("%s of %s: %+v, %v, want %q", c.file, c.project, s, err, c.want)
		}
	}
}

func FuzzParseFilename(f *testing.F) {
	f.Add("some_PACKAGE-1.0.0RC1-1000abc-py2.py3-none-any.whl")
	f.Add("foo_b\u00e1r-1.0-py3-none-any.whl")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseFilename(s)
		if err != nil {
			return
		}
		b, err := ParseFilename(a.String())
		if err != nil || b.Name != a.Name || !b.Version.Equal(a.Version) || b.Build != a.Build || !slices.Equal(b.Tags, a.Tags) || !b.Sorted() || b.String() != a.String() {
			t.Errorf("%q is written as %q and read as %+v, %v", s, a, b, err)
		}
	})
}

func FuzzParseSdist(f *testing.F) {
	f.Add("demo-1.0.tar.gz", "demo")
	f.Fuzz(func(t *testing.T, s, project string) {
		if got, err := ParseSdist(s, pep508.Name(project)); err == nil && got.Version.IsZero() {
			t.Errorf("%q: no version", s)
		}
	})
}
