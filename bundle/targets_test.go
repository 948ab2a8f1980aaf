package bundle

import (
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

func manifest(t *testing.T, requiresPython, bundle string) extension.Manifest {
	t.Helper()
	m, _, err := extension.ParseManifest("extension.yml", []byte(`extension:
  name: x
  version: "1.0.0"
  api_level: "1.4.0"
  requires_python: "`+requiresPython+`"
`+bundle))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTargets(t *testing.T) {
	for name, c := range map[string]struct {
		requires, bundle string
		opt              Options
		want             string // "; " between targets, "N targets", or the error's words
		code             int
	}{
		"what requires_python admits on the default platforms": {requires: ">=3.9,<3.15", want: "24 targets"},
		"the default requires_python has every known Python":   {requires: ">=2.7", opt: Options{Platforms: []string{"linux/amd64"}}, want: "13 targets"},
		"a minor of which some patches are excluded":           {requires: ">=3.9.2,<3.10", opt: Options{Platforms: []string{"linux/amd64"}}, want: "cp39@manylinux_2_28_x86_64"},
		"the project's own platforms and Pythons": {
			requires: ">=3.9", bundle: "bundle:\n  platforms: [alpine/amd64]\n  pythons: [\"3.11\", \"3.12\"]\n",
			want: "cp311@musllinux_1_2_x86_64; cp312@musllinux_1_2_x86_64",
		},
		"flags go before the project": {
			requires: ">=3.9", bundle: "bundle:\n  platforms: [alpine/amd64]\n",
			opt:  Options{Platforms: []string{"windows/arm64"}, Pythons: []string{"3.11..3.12"}},
			want: "cp311@win_arm64; cp312@win_arm64",
		},
		"free-threaded and PyPy on request": {
			requires: ">=3.9", opt: Options{Platforms: []string{"linux/amd64"}, Pythons: []string{"cp314t,pp310"}},
			want: "cp314t@manylinux_2_28_x86_64; pp310@manylinux_2_28_x86_64",
		},
		"exact targets, each once": {
			requires: ">=3.9", opt: Options{Targets: []string{"cp311@win_amd64,cp39@linux/arm64", "cp311@windows/amd64"}},
			want: "cp311@win_amd64; cp39@manylinux_2_28_aarch64",
		},
		"targets beside platforms": {requires: ">=3.9", opt: Options{Targets: []string{"cp311@win_amd64"}, Pythons: []string{"3.9"}}, want: "without --platform", code: 2},
		"an unknown platform has a near name": {
			requires: ">=3.9", opt: Options{Platforms: []string{"linux/amd65"}}, want: "linux/amd65", code: 2,
		},
		"a Python that requires_python excludes": {
			requires: ">=3.9", opt: Options{Pythons: []string{"3.8", "3.7"}}, want: "Python 3.7 is asked for", code: 3,
		},
		"a Python of the project that it excludes": {
			requires: ">=3.9", bundle: "bundle:\n  pythons: [\"3.8\"]\n", want: "extension.yml:7:12: bundle.pythons: Python 3.8 is asked for", code: 3,
		},
		"nothing is admitted": {requires: ">=3.99", want: "extension.yml:5:20: extension.requires_python: \">=3.99\" admits no known Python", code: 3},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := targets(c.opt, manifest(t, c.requires, c.bundle))
			if c.code != 0 {
				if fault.ExitCode(err) != c.code || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v with exit code %d, want %q with %d", err, fault.ExitCode(err), c.want, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, target := range got {
				names = append(names, target.String())
			}
			text := strings.Join(names, "; ")
			if count := strings.TrimSuffix(c.want, " targets"); count != c.want {
				text = strings.Repeat("x", len(got))
				c.want = strings.Repeat("x", atoi(t, count))
			}
			if text != c.want {
				t.Errorf("got %s (%d), want %s (%d)", text, len(got), c.want, len(c.want))
			}
		})
	}
}

func atoi(t *testing.T, s string) (n int) {
	t.Helper()
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestTargetsReportsAllMistakes: a wrong platform does not hide a wrong
// Python.
func TestTargetsReportsAllMistakes(t *testing.T) {
	_, err := targets(Options{Platforms: []string{"amiga/m68k"}, Pythons: []string{"4.2"}}, manifest(t, ">=3.9", ""))
	if err == nil || !strings.Contains(err.Error(), "amiga") || !strings.Contains(err.Error(), "4.2") {
		t.Errorf("got %v, want both mistakes", err)
	}
}
