package target_test

import (
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/target"
)

func platform(t *testing.T, s string) target.Platform {
	t.Helper()
	p, err := target.ParsePlatform(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAliases(t *testing.T) {
	for alias, tag := range map[string]string{
		"linux/amd64": "manylinux_2_28_x86_64", "linux/arm64": "manylinux_2_28_aarch64", "linux/386": "manylinux_2_28_i686",
		"linux/ppc64le": "manylinux_2_28_ppc64le", "linux/s390x": "manylinux_2_28_s390x",
		"linux/riscv64": "manylinux_2_39_riscv64", "linux/armv7l": "manylinux_2_31_armv7l",
		"alpine/amd64": "musllinux_1_2_x86_64", "alpine/arm64": "musllinux_1_2_aarch64", "alpine/386": "musllinux_1_2_i686",
		"windows/amd64": "win_amd64", "windows/arm64": "win_arm64", "windows/386": "win32",
		"macos/arm64": "macosx_11_0_arm64", "macos/amd64": "macosx_10_15_x86_64",
	} {
		p := platform(t, alias)
		if p.String() != tag || p.Alias() != alias || platform(t, tag) != p {
			t.Errorf("%s is %s, whose alias is %q; want %s", alias, p, p.Alias(), tag)
		}
	}
	for spelling, alias := range map[string]string{
		"linux/x86_64": "linux/amd64", "linux/aarch64": "linux/arm64", "manylinux/x64": "linux/amd64", "Linux/i686": "linux/386",
		"musl/arm64": "alpine/arm64", "win/amd64": "windows/amd64", "win/x86": "windows/386", "Darwin/arm64": "macos/arm64", "osx/x86_64": "macos/amd64",
	} {
		if got := platform(t, spelling).Alias(); got != alias {
			t.Errorf("%s is %s, want %s", spelling, got, alias)
		}
	}
	if got := platform(t, "manylinux2014_x86_64").Alias(); got != "" {
		t.Errorf("another floor has the alias %s", got)
	}
}

func TestPlatformTags(t *testing.T) {
	for in, want := range map[string][2]string{ // first and last
		"linux/amd64":           {"manylinux_2_28_x86_64", "manylinux1_x86_64"},
		"linux/arm64":           {"manylinux_2_28_aarch64", "manylinux2014_aarch64"},
		"musllinux_1_1_aarch64": {"musllinux_1_1_aarch64", "musllinux_1_0_aarch64"},
		"windows/386":           {"win32", "win32"},
		"macos/arm64":           {"macosx_11_0_arm64", "macosx_10_4_universal2"},
		"macosx_12_6_arm64":     {"macosx_12_0_arm64", "macosx_10_4_universal2"},
	} {
		list := platform(t, in).PlatformTags()
		if list[0] != want[0] || list[len(list)-1] != want[1] {
			t.Errorf("%s: %v, want %s to %s", in, list, want[0], want[1])
		}
	}
	if list := platform(t, "alpine/amd64").LocalPlatformTags(); list[len(list)-1] != "linux_x86_64" {
		t.Errorf("local tags %v", list)
	}
	if list := platform(t, "macos/arm64").LocalPlatformTags(); slices.Contains(list, "linux_arm64") {
		t.Errorf("local tags %v", list)
	}
}

func TestAdmitsAndHigherFloor(t *testing.T) {
	for _, c := range []struct {
		a, b, higher string // higher is "" where no machine is both
		admits       bool   // a admits b
	}{
		{"manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64", true},
		{"manylinux_2_17_x86_64", "manylinux_2_28_x86_64", "manylinux_2_28_x86_64", false},
		{"manylinux_2_28_x86_64", "manylinux_2_28_x86_64", "manylinux_2_28_x86_64", true},
		{"manylinux_2_5_x86_64", "manylinux_2_17_x86_64", "manylinux_2_17_x86_64", false},
		{"manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "", false},
		{"manylinux_2_28_x86_64", "musllinux_1_2_x86_64", "", false},
		{"musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "musllinux_1_2_x86_64", true},
		{"macosx_11_0_x86_64", "macosx_10_15_x86_64", "macosx_11_0_x86_64", true},
		{"macosx_11_0_arm64", "macosx_14_0_arm64", "macosx_14_0_arm64", false},
		{"macosx_11_0_arm64", "macosx_11_0_x86_64", "", false},
		{"win_amd64", "win_amd64", "win_amd64", true},
		{"win_amd64", "win32", "", false},
	} {
		a, b := platform(t, c.a), platform(t, c.b)
		if a.Admits(b) != c.admits {
			t.Errorf("%s admits %s: %v", a, b, !c.admits)
		}
		for _, pair := range [2][2]target.Platform{{a, b}, {b, a}} {
			higher, ok := target.HigherFloor(pair[0], pair[1])
			if ok != (c.higher != "") || ok && higher.String() != c.higher {
				t.Errorf("higher of %v: %s, %v; want %q", pair, higher, ok, c.higher)
			}
		}
	}
}

func TestDemand(t *testing.T) {
	for _, c := range []struct{ platform, tag, want string }{
		{"linux/amd64", "manylinux_2_17_x86_64", "manylinux_2_17_x86_64"},
		{"linux/amd64", "manylinux2014_x86_64", "manylinux_2_17_x86_64"},
		{"linux/amd64", "manylinux1_x86_64", "manylinux_2_5_x86_64"},
		{"linux/amd64", "linux_x86_64", "manylinux_2_28_x86_64"},
		{"linux/amd64", "manylinux_2_34_x86_64", ""},
		{"linux/amd64", "manylinux_2_17_aarch64", ""},
		{"linux/amd64", "any", ""},
		{"alpine/amd64", "musllinux_1_1_x86_64", "musllinux_1_1_x86_64"},
		{"alpine/amd64", "linux_x86_64", "musllinux_1_2_x86_64"},
		{"windows/386", "win32", "win32"},
		{"windows/amd64", "win32", ""},
		{"macos/arm64", "macosx_11_0_universal2", "macosx_11_0_arm64"},
		{"macos/arm64", "macosx_10_9_universal2", "macosx_11_0_arm64"},
		{"macos/arm64", "macosx_12_0_arm64", ""},
		{"macosx_13_0_arm64", "macosx_12_0_universal2", "macosx_12_0_arm64"},
		{"macos/amd64", "macosx_10_9_universal2", "macosx_10_9_x86_64"},
		{"macos/amd64", "macosx_10_6_intel", "macosx_10_6_x86_64"},
		{"macos/amd64", "macosx_11_0_universal2", ""},
	} {
		got, ok := platform(t, c.platform).Demand(c.tag)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s on %s needs %s, %v; want %q", c.tag, c.platform, got, ok, c.want)
		}
	}
}

// TestDemandIsAdmitted says of every tag that a platform accepts: what a file
// with it needs is a platform that is admitted and accepts the tag too.
func TestDemandIsAdmitted(t *testing.T) {
	for _, name := range []string{"linux/amd64", "linux/arm64", "alpine/amd64", "windows/amd64", "windows/386", "macos/arm64", "macos/amd64", "macosx_26_0_x86_64"} {
		p := platform(t, name)
		tags := p.PlatformTags()
		if lowest := p.Lowest(); !p.Admits(lowest) || !slices.Contains(tags, lowest.String()) || len(lowest.Lowest().PlatformTags()) > len(tags) {
			t.Errorf("lowest of %s is %s", p, lowest)
		}
		for _, tag := range tags {
			least, ok := p.Demand(tag)
			if !ok || !p.Admits(least) || !slices.Contains(least.PlatformTags(), tag) {
				t.Errorf("%s on %s needs %s, %v", tag, p, least, ok)
			}
			if again := platform(t, least.String()); again != least {
				t.Errorf("%s reads back as %s", least, again)
			}
		}
	}
}

func FuzzParsePlatform(f *testing.F) {
	for _, seed := range []string{"linux/amd64", "darwin/arm64", "manylinux_2_28_x86_64", "manylinux2014_i686", "musllinux_1_2_aarch64", "win32", "macosx_10_15_x86_64", "macosx_99_9_arm64", "manylinux1_", "linux/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := target.ParsePlatform(s)
		if err != nil {
			return
		}
		if again, err := target.ParsePlatform(p.String()); err != nil || again != p {
			t.Fatalf("%q: %s reads back as %v, %v", s, p, again, err)
		}
		if alias := p.Alias(); alias != "" {
			if again, err := target.ParsePlatform(alias); err != nil || again != p {
				t.Fatalf("%q: %s reads back as %v, %v", s, alias, again, err)
			}
		}
		if !p.Admits(p) || p.PlatformTags()[0] != p.String() {
			t.Fatalf("%q: %s does not accept itself", s, p)
		}
	})
}

func TestSplitTag(t *testing.T) {
	for tag, want := range map[string]struct {
		family target.OS
		floor  [2]int
		arch   string
	}{
		"manylinux2014_armv6l":      {target.Manylinux, [2]int{2, 17}, "armv6l"},
		"manylinux1_x86_64":         {target.Manylinux, [2]int{2, 5}, "x86_64"},
		"manylinux_2_34_x86_64":     {target.Manylinux, [2]int{2, 34}, "x86_64"},
		"musllinux_1_2_loongarch64": {target.Musllinux, [2]int{1, 2}, "loongarch64"},
		"macosx_10_9_universal2":    {target.MacOS, [2]int{10, 9}, "universal2"},
		"macosx_11_3_arm64":         {target.MacOS, [2]int{11, 3}, "arm64"},
		"win32":                     {target.Windows, [2]int{}, "x86"},
		"win_ia64":                  {target.Windows, [2]int{}, "ia64"},
	} {
		family, floor, arch, ok := target.SplitTag(tag)
		if !ok || family != want.family || floor != want.floor || arch != want.arch {
			t.Errorf("%s: %s %v %s %v", tag, family, floor, arch, ok)
		}
	}
	for _, tag := range []string{"any", "linux_x86_64", "win_", "win_x86", "manylinux2014_", "manylinux_2_x86_64", "manylinux_2_28_", "macosx_10_x_arm64", "ios_13_0_arm64_iphoneos", ""} {
		if family, floor, arch, ok := target.SplitTag(tag); ok {
			t.Errorf("%s: read as %s %v %s", tag, family, floor, arch)
		}
	}
}
