package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/resolve"
)

// project writes a project, and gives the options to plan it from an index.
func project(t *testing.T, server *indextest.Server, files map[string]string) Options {
	t.Helper()
	dir := t.TempDir()
	files["extension.py"] = ""
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	opt := Options{Dir: dir, CacheDir: t.TempDir(), Home: t.TempDir(), Env: func(name string) (string, bool) {
		if name == "PIP_CONFIG_FILE" {
			return os.DevNull, true
		}
		return "", false
	}}
	if server != nil {
		opt.Index.URL = server.Simple()
	}
	return opt
}

const sixPythons = `extension: {name: ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.15", zip_safe: false}
`

// TestConformanceFewestPackages: requests alone, for 6 Pythons × 4 platforms,
// needs one package. All its distributions have files for every platform, of
// charset-normalizer too, which has one of its own for each target besides:
// these are taken with --prefer specific, and make as many packages as there
// are targets.
func TestConformanceFewestPackages(t *testing.T) {
	server := indextest.Replay(t, conformance.Index(t, "resolver/index.zip", "requests", "certifi", "charset-normalizer", "idna", "urllib3"))
	opt := project(t, server, map[string]string{"extension.yml": sixPythons, "requirements.txt": "requests\n"})
	for _, c := range []struct {
		prefer string
		want   int
	}{{"", 1}, {"shared", 1}, {"specific", 24}} {
		opt.Policy.Prefer = c.prefer
		plan, err := Matrix(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(plan.Packages.Packages); got != c.want || len(plan.Lock.Solutions) != 24 {
			t.Errorf("--prefer %q: %d packages for %d targets, want %d for 24", c.prefer, got, len(plan.Lock.Solutions), c.want)
		}
	}
}

// TestConformanceAlignAll: what is held back for one version on all targets is
// older than what each Python has for itself, and so is nothing else.
func TestConformanceAlignAll(t *testing.T) {
	server := indextest.Replay(t, conformance.Index(t, "resolver/index.zip", "requests", "certifi", "charset-normalizer", "idna", "urllib3", "numpy"))
	opt := project(t, server, map[string]string{"extension.yml": sixPythons, "requirements.txt": "requests\nnumpy\n"})
	opt.Policy.Align = "all"
	opt.Pythons = []string{"3.9..3.12"}
	plan, err := Matrix(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Policy.Align = "python"
	plain, err := Matrix(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	a := plan.Alignment
	if plain.Alignment != nil || a == nil || a.Packages != len(plan.Packages.Packages) || a.PackagesBefore != len(plain.Packages.Packages) {
		t.Fatalf("%+v", a)
	}
	told := map[string]string{} // target and project → version told for it
	for _, c := range a.Changes {
		if !c.Older() {
			t.Errorf("%s: it is newer", c)
		}
		for _, at := range c.Targets {
			told[at.String()+" "+string(c.Project)] = c.From.String() + " " + c.To.String()
		}
	}
	for i, s := range plan.Lock.Solutions {
		for _, pin := range s.Pins {
			was, _ := plain.Lock.Solutions[i].Pin(pin.Project)
			key, want := s.Target.String()+" "+string(pin.Project), was.Version.String()+" "+pin.Version.String()
			if was.Version.Equal(pin.Version) {
				want = ""
			}
			if told[key] != want {
				t.Errorf("%s: told %q, want %q", key, told[key], want)
			}
		}
	}
	if len(told) == 0 { // numpy on the later Pythons
		t.Errorf("%d changes: %v", len(told), a.Changes)
	}
}

// The places that say something of the policy, from the weightiest on.
func TestPolicyOrder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "extension.py"), "")
	write(t, filepath.Join(dir, "requirements.txt"), "--only-binary a\n--no-binary b\n--all-releases r\n")
	write(t, filepath.Join(dir, "extension.yml"), `extension: {name: ext, version: "1.0.0", api_level: "1.4.0"}
bundle:
  policy:
    no_binary: ":all:"
    pre: [m]
    align: all
    prefer: specific
    resolution: lowest
    exclude_newer: 2026-01-01
    require_hashes: true
`)
	p, _, err := extension.Load(dir, extension.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	options := func(policy Policy) resolve.Options {
		t.Helper()
		c, err := policy.asked()
		if err != nil {
			t.Fatal(err)
		}
		return c.over(p).resolveOptions(noon)
	}
	o := options(Policy{})
	if o.Align != resolve.AlignAll || o.Prefer != resolve.PreferSpecific || o.Strategy != resolve.Lowest || !o.RequireHashes || o.Pre {
		t.Errorf("extension.yml does not count: %+v", o)
	}
	if !o.ExcludeNewer.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) || len(o.PreFor) != 2 {
		t.Errorf("extension.yml does not count: %+v", o)
	}
	if f := o.Formats; !f.NoBinaryAll || f.OnlyBinaryAll || len(f.OnlyBinary) != 1 || len(f.NoBinary) != 1 {
		t.Errorf("formats %+v", f)
	}
	o = options(Policy{
		Align: "none", Prefer: "shared", Resolution: "highest", ExcludeNewer: "12 hours", Pre: true, OnlyFinal: []string{"m"},
		OnlyBinary: []string{":all:"}, NoBinary: []string{"c"},
	})
	if o.Align != resolve.AlignNone || o.Prefer != resolve.PreferShared || o.Strategy != resolve.Highest || !o.Pre || len(o.PreFor) != 0 {
		t.Errorf("the options do not go before: %+v", o)
	}
	if f := o.Formats; f.NoBinaryAll || !f.OnlyBinaryAll || len(f.OnlyBinary) != 0 || len(f.NoBinary) != 1 {
		t.Errorf("formats %+v", f)
	}
	if want := noon.Add(-12 * time.Hour); !o.ExcludeNewer.Equal(want) {
		t.Errorf("the age counts from %v, want %v", o.ExcludeNewer, want)
	}
}

// Everything that is wrong with the options is said before anything is read.
func TestPolicyReportsAllMistakes(t *testing.T) {
	_, err := Matrix(t.Context(), Options{Dir: "nowhere", CacheDir: t.TempDir(), Policy: Policy{
		OnlyBinary: []string{"a"}, NoBinary: []string{"b,A"}, AllReleases: []string{"x y"}, OnlyFinal: []string{":all:"}, Pre: true,
		Align: "rows", Prefer: "some", Resolution: "newest", ExcludeNewer: "soon",
	}})
	var got []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		option, _, _ := strings.Cut(strings.TrimPrefix(line, "--"), " ")
		got = append(got, strings.TrimSuffix(option, ":"))
	}
	want := []string{"all-releases", "all-releases", "only-binary", "resolution", "align", "prefer", "exclude-newer"}
	if !slices.Equal(got, want) || fault.ExitCode(err) != fault.Usage {
		t.Errorf("got %v\n%v", got, err)
	}
}
