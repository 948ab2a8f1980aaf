package profiles

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// The facts, as the vendors state them.
func TestKnown(t *testing.T) {
	for name, want := range map[string]string{
		"rhel8":             "manylinux_2_28_x86_64 glibc 2.28: 3.6 3.12 3.11 3.9 3.8",
		"rhel9":             "manylinux_2_34_x86_64 glibc 2.34: 3.9 3.12 3.11",
		"rhel9/arm64":       "manylinux_2_34_aarch64 glibc 2.34: 3.9 3.12 3.11",
		"rhel10":            "manylinux_2_39_x86_64 glibc 2.39: 3.12",
		"ubuntu20.04":       "manylinux_2_31_x86_64 glibc 2.31: 3.8",
		"ubuntu22.04":       "manylinux_2_35_x86_64 glibc 2.35: 3.10",
		"ubuntu24.04/amd64": "manylinux_2_39_x86_64 glibc 2.39: 3.12",
		"debian11":          "manylinux_2_31_x86_64 glibc 2.31: 3.9",
		"debian12":          "manylinux_2_36_x86_64 glibc 2.36: 3.11",
		"debian13/aarch64":  "manylinux_2_41_aarch64 glibc 2.41: 3.13",
		"sles15":            "manylinux_2_31_x86_64 glibc 2.31: 3.6 3.11",
		"amazonlinux2023":   "manylinux_2_34_x86_64 glibc 2.34: 3.9 3.13 3.12 3.11",
		"alpine3.20":        "musllinux_1_2_x86_64 musl 1.2: 3.12",
		"windows2019":       "win_amd64 : 3.13 3.12 3.11 3.10 3.9",
		"windows2022":       "win_amd64 : 3.13 3.12 3.11 3.10 3.9",
		"macos14":           "macosx_14_0_arm64 : 3.9",
		"macos15/amd64":     "macosx_15_0_x86_64 : 3.9",
	} {
		p, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var minors []string
		for _, in := range p.Interpreters {
			minors = append(minors, in.Report.Markers["python_version"])
		}
		first, _ := p.Interpreters[0].Report.Target()
		got := first.Platform.String() + " " + p.Interpreters[0].Report.Libc.String() + ": " + strings.Join(minors, " ")
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Every file is whole, and its profile survives being written and read.
func TestKnownFiles(t *testing.T) {
	list := Known()
	if len(list) < 20 || list[0].Name != "alpine3.19" || list[3].Name != "alpine3.22" {
		t.Fatalf("%d systems, the first %v", len(list), list)
	}
	for _, s := range list {
		if s.System == "" || s.Source == "" || s.Written == "" || len(s.Pythons) == 0 {
			t.Errorf("%s: %+v", s.Name, s)
		}
		for _, arch := range s.Architectures {
			p, err := s.Profile(arch)
			if err != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
			for _, in := range p.Interpreters {
				if err := check(*in.Report); err != nil {
					t.Errorf("%s: %s: %v", p.Name, in.Path, err)
				}
				if got, ok := in.Report.Target(); !ok || !slices.Equal(got.LocalTags().List()[:1], got.Tags().List()[:1]) {
					t.Errorf("%s: %s has no target", p.Name, in.Path)
				}
			}
			var out bytes.Buffer
			if err := p.Write(&out); err != nil {
				t.Fatal(err)
			}
			again, err := Read(p.Name, out.Bytes())
			if err != nil || !cmp.Equal(again, p) {
				t.Errorf("%s: %v\n%s", p.Name, err, cmp.Diff(p, again))
			}
		}
	}
}

// What is worked out of facts is what real interpreters answer.
func TestReportsAreThoseOfInterpreters(t *testing.T) {
	dir := filepath.Join("..", "interpreters", "testdata", "recorded")
	for file, platform := range map[string]string{
		"cp36-linux-x86_64": "", "cp39-linux-x86_64": "", "cp311-linux-x86_64": "", "cp313-linux-x86_64": "",
		"cp27-linux-x86_64": "", "cp311-linux-aarch64": "", "cp311-windows-amd64": "",
	} {
		data, err := os.ReadFile(filepath.Join(dir, file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Report interpreters.Report `json:"report"`
		}
		if err := json.Unmarshal(data, &recorded); err != nil {
			t.Fatal(err)
		}
		real := recorded.Report
		of, ok := real.Target()
		if !ok {
			t.Fatalf("%s has no target", file)
		}
		got, err := Python{Path: real.Path, Version: real.Version}.report(of.Platform)
		if err != nil {
			t.Fatal(err)
		}
		if file != "cp27-linux-x86_64" && !slices.Equal(got.TagOrder().List(), real.TagOrder().List()) {
			t.Errorf("%s%s: %s", file, platform, cmp.Diff(real.TagOrder().List(), got.TagOrder().List()))
		}
		for name, value := range got.Markers {
			if name != "platform_release" && name != "platform_version" && value != real.Markers[name] && real.Markers["python_version"] != "2.7" {
				t.Errorf("%s: %s is %q, want %q", file, name, value, real.Markers[name])
			}
		}
		if got.Libc != real.Libc || got.Bits != real.Bits {
			t.Errorf("%s: %v, %d bits; want %v, %d", file, got.Libc, got.Bits, real.Libc, real.Bits)
		}
	}
}

func TestOf(t *testing.T) {
	known, err := Load("debian12")
	if err != nil {
		t.Fatal(err)
	}
	report := *known.Interpreters[0].Report
	report.Files = []string{"/lib/libc.so.6"}
	list := []interpreters.Interpreter{
		{Path: "/gone", Source: interpreters.FromList, Err: os.ErrNotExist},
		{Path: "/usr/bin/python3", Source: interpreters.FromPath, Also: []string{"/bin/python3"}, Report: &report},
	}
	p := Of(list, []string{}, Policy{StrictOrder: true, WarnOfBinaries: true})
	if p.System != "Linux x86_64, glibc 2.36" || len(p.Interpreters) != 1 || !slices.Equal(p.Pythons(), []string{"3.11.2"}) {
		t.Errorf("%+v", p)
	}
	var one, two bytes.Buffer
	if p.Write(&one) != nil || Of(list, []string{}, p.Policy).Write(&two) != nil || one.String() != two.String() {
		t.Error("the same interpreters give different bytes")
	}
	if strings.Contains(one.String(), "libc.so") || !strings.Contains(one.String(), `"target": "cp311@manylinux_2_36_x86_64"`) {
		t.Error(one.String())
	}
	again, err := Read("p.json", one.Bytes())
	if err != nil || again.Accept == nil || len(again.Accept) > 0 || again.Policy != p.Policy {
		t.Errorf("%+v, %v", again, err)
	}
	if len(report.Files) == 0 {
		t.Error("the interpreter's own report was changed")
	}
}

func TestReadRefuses(t *testing.T) {
	good := `"report": {"version": 1, "python": "3.9.1", "tags": ["py3-none-any"], "platforms": ["win_amd64"], "markers": {"sys_platform": "win32", "python_version": "3.9"}}`
	for text, want := range map[string]string{
		"":                                  "is not an agent profile",
		"[]":                                "is not an agent profile",
		"{}":                                `no "version"`,
		`{"version": 1}`:                    `no "interpreters"`,
		`{"version": 2}`:                    "is of version 2",
		"\xff\xfe{\x00}\x00":                "is UTF-16",
		"\xef\xbb\xbf{\"version\": 1}":      `no "interpreters"`,
		`{"version": 1, "interpreters": 5}`: "is not an agent profile",
		`{"version": 1, "interpreters": [{"path": "/x", "report": {}}]}`:                                                     `interpreters[1] (/x): its version is ""`,
		`{"version": 1, "interpreters": [{"path": "/x", ` + strings.Replace(good, "py3-none-any", "", 1) + `}]}`:             "",
		`{"version": 1, "interpreters": [{"path": "/x", ` + strings.Replace(good, `"win_amd64"`, "", 1) + `}]}`:              "no tags",
		`{"version": 1, "interpreters": [{"path": "/x", ` + strings.Replace(good, `"win32"`, `""`, 1) + `}]}`:                "no marker",
		`{"version": 1, "interpreters": [{"path": "/x", ` + strings.Replace(good, `"version": 1`, `"version": 9`, 1) + `}]}`: "of version 9",
		`{"version": 1, "interpreters": [{"path": "/x", ` + good + `}, {"path": "/y", "problem": {}}]}`:                      "",
	} {
		_, err := Read("p.json", []byte(text))
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.BadInput || len(fault.Hints(err)) == 0 {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestLoad(t *testing.T) {
	for name, want := range map[string]string{
		"rehl8": "did you mean rhel8?", "rhel8/sparc": "is known for x86_64", "debian": "axle interpreters profiles", "./rhel8": "no such file",
	} {
		_, err := Load(name)
		if fault.ExitCode(err) != fault.NotFound || !strings.Contains(err.Error()+strings.Join(fault.Hints(err), " "), want) {
			t.Errorf("%s: %v %q, want %s", name, err, fault.Hints(err), want)
		}
	}
	if _, err := Load(t.TempDir()); fault.ExitCode(err) != fault.BadInput {
		t.Errorf("a folder: %v", err)
	}
}

// The targets of interpreters.
func TestTargets(t *testing.T) {
	p, err := Load("rhel8")
	if err != nil {
		t.Fatal(err)
	}
	first := *p.Interpreters[1].Report
	for want, change := range map[string]func(*interpreters.Report){
		"cp312@manylinux_2_28_x86_64": func(*interpreters.Report) {},
		"cp313t@win_amd64": func(r *interpreters.Report) {
			r.Version, r.Freethreaded, r.Platforms = "3.13.1", true, []string{"win_amd64"}
		},
		"pp310@manylinux_2_28_x86_64": func(r *interpreters.Report) { r.Version, r.Implementation = "3.10.12", "pypy" },
		"":                            func(r *interpreters.Report) { r.Implementation = "graalpy" },
		" ":                           func(r *interpreters.Report) { r.Platforms = []string{"linux_x86_64"} },
	} {
		r := first
		change(&r)
		got, ok := r.Target()
		if ok && got.String() != want || ok != (strings.TrimSpace(want) != "") {
			t.Errorf("%s %v: %s, want %q", r.Version, r.Platforms[0], got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	var out bytes.Buffer
	if p, err := Load("alpine3.20"); err != nil || p.Write(&out) != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte(`{"version": 1, "interpreters": [{"path": "x", "report": null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read("p.json", data)
		if err != nil {
			return
		}
		for _, in := range p.Interpreters {
			in.Report.TagOrder()
			in.Report.Target()
		}
		if err := p.Write(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	})
}
