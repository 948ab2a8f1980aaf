package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/profiles"
)

func profileSession(t *testing.T, requires string, names ...string) (*session, error) {
	t.Helper()
	s := &session{project: extension.Project{Manifest: manifest(t, requires, "")}}
	s.project.Manifest.ZipSafe = false
	for _, name := range names {
		p, err := profiles.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		s.opt.Profiles = append(s.opt.Profiles, p)
	}
	return s, s.chooseTargets()
}

func TestTargetsOfProfiles(t *testing.T) {
	for _, c := range []struct{ requires, profiles, want string }{
		{">=3.11", "rhel8", "cp312@manylinux_2_28_x86_64 cp311@manylinux_2_28_x86_64"},
		{">=3.11", "rhel9 rhel8", "cp312@manylinux_2_28_x86_64 cp311@manylinux_2_28_x86_64"},
		{">=3.6,<3.7", "rhel8 sles15", "cp36@manylinux_2_28_x86_64"},
		{"==3.11.*", "rhel9 rhel8/arm64 alpine3.19 windows2022", "cp311@manylinux_2_34_x86_64 cp311@manylinux_2_28_aarch64 cp311@musllinux_1_2_x86_64 cp311@win_amd64"},
		{">=3.9", "macos15 macos14 macos13/x86_64", "cp39@macosx_14_0_arm64 cp39@macosx_13_0_x86_64"},
	} {
		s, err := profileSession(t, c.requires, strings.Fields(c.profiles)...)
		var got []string
		for _, t := range s.targets {
			got = append(got, t.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %q (%v), want %s", c.requires, c.profiles, got, err, c.want)
		}
	}
	if _, err := profileSession(t, ">=3.13", "rhel8", "debian13"); fault.ExitCode(err) != fault.NoInterpreter || !strings.Contains(err.Error(), "rhel8: ") || strings.Contains(err.Error(), "debian13") {
		t.Errorf("a profile without a Python: %v", err)
	}
}

// A hole is widened floor by floor, and only where a profile has one.
func TestWiden(t *testing.T) {
	s, err := profileSession(t, "==3.11.*", "debian12", "rhel8", "rhel9")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2_28", "2_34", "2_36"} {
		last := s.targets[len(s.targets)-1]
		if got := last.Platform.String(); got != "manylinux_"+want+"_x86_64" {
			t.Fatalf("%s, want %s", got, want)
		}
		if widened := s.widen([]lock.Failure{{Target: last}}); widened != (want != "2_36") {
			t.Fatalf("%s: widened %v", want, widened)
		}
	}
	if s.widen([]lock.Failure{{Target: s.targets[0]}}) {
		t.Error("widened twice by one floor")
	}
}

// A patch release that the package excludes gets none: an error, or with targets
// that may be missing a warning.
func TestServePatchRelease(t *testing.T) {
	s, err := profileSession(t, "==3.11.*", "debian12")
	if err != nil {
		t.Fatal(err)
	}
	f, err := wheel.ParseFilename("x-1.0.0-py3-none-any.whl")
	if err != nil {
		t.Fatal(err)
	}
	requires, err := pep440.ParseSpecifierSet(">=3.11.4")
	if err != nil {
		t.Fatal(err)
	}
	plan := Plan{Project: s.project, Targets: s.targets, Packages: merge.Plan{Packages: []merge.Package{{Filename: f, Targets: s.targets, RequiresPython: requires}}}}
	const want = "would take no package, and x-1.0.0-py3-none-any.whl is meant for it: it requires Python >=3.11.4, and this is 3.11.2"
	if _, err := s.serve(&plan); fault.ExitCode(err) != fault.NoPackage || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	s.opt.AllowMissing = true
	if _, err := s.serve(&plan); err != nil || len(s.warnings) != 1 || !strings.Contains(s.warnings[0].String(), want) {
		t.Errorf("%v, warnings %v", err, s.warnings)
	}
}

// What an interpreter would choose is held against what is meant for it.
func TestServe(t *testing.T) {
	s, err := profileSession(t, "==3.11.*", "rhel8", "rhel9")
	if err != nil {
		t.Fatal(err)
	}
	pack := func(tag string, targets ...target.Target) merge.Package {
		f, err := wheel.ParseFilename("x-1.0.0-" + tag + ".whl")
		if err != nil {
			t.Fatal(err)
		}
		return merge.Package{Filename: f, Targets: targets}
	}
	low := s.targets[0]
	for _, c := range []struct {
		packages []merge.Package
		want     []string
		wrong    string
	}{
		{[]merge.Package{pack("cp311-cp311-manylinux_2_28_x86_64", low)}, []string{"cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_28_x86_64"}, ""},
		{[]merge.Package{pack("cp311-cp311-manylinux_2_34_x86_64", low)}, nil, "rhel8: /usr/bin/python3.11 (Python 3.11.7) would take no package, and x-1.0.0-cp311-cp311-manylinux_2_34_x86_64.whl is meant for it"},
		{[]merge.Package{pack("cp311-cp311-manylinux_2_28_x86_64", low), pack("cp311-abi3-manylinux_2_34_x86_64")}, nil, ""},
		{[]merge.Package{pack("py3-none-any", low), pack("cp311-cp311-manylinux_2_34_x86_64")}, nil, "rhel9: /usr/bin/python3.11 (Python 3.11.7) would take x-1.0.0-cp311-cp311-manylinux_2_34_x86_64.whl, and x-1.0.0-py3-none-any.whl is meant for it"},
		{[]merge.Package{pack("py3-none-any")}, nil, "is meant for it"},
	} {
		plan := Plan{Project: s.project, Targets: s.targets, Packages: merge.Plan{Packages: c.packages}}
		served, err := s.serve(&plan)
		if c.wrong == "" && err != nil || c.wrong != "" && (fault.ExitCode(err) != fault.NoPackage || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%v: %v, want %s", c.packages[0].Filename.Text, err, c.wrong)
		}
		var files []string
		for _, one := range served {
			files = append(files, strings.TrimSuffix(strings.TrimPrefix(one.Package, "x-1.0.0-"), ".whl"))
		}
		if c.want != nil && !slices.Equal(files, c.want) {
			t.Errorf("got %q, want %q", files, c.want)
		}
	}
}

// Of two floors that are both asked for, an interpreter may have the package of
// either: the higher one fits it better.
func TestServeOfTwoFloors(t *testing.T) {
	s, err := profileSession(t, "==3.11.*", "rhel9")
	if err != nil {
		t.Fatal(err)
	}
	high := s.targets[0]
	low := high
	low.Platform.Minor = 17
	s.targets = append(s.targets, low)
	var packages []merge.Package
	for _, at := range s.targets {
		f, err := wheel.ParseFilename("x-1.0.0-cp311-cp311-" + at.Platform.String() + ".whl")
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, merge.Package{Filename: f, Targets: []target.Target{at}})
	}
	plan := Plan{Project: s.project, Targets: s.targets, Packages: merge.Plan{Packages: packages}}
	served, err := s.serve(&plan)
	if err != nil || len(served) != 1 || served[0].Package != packages[0].Filename.Text || served[0].Target != high.String() || served[0].Problem != "" {
		t.Errorf("%+v, %v", served, err)
	}
}
