package resolve

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestShareWide: platforms share where every project has a file for all of
// them. The files wanted are without what all names end in.
func TestShareWide(t *testing.T) {
	const (
		lin = "cp39@manylinux_2_28_x86_64 cp310@manylinux_2_28_x86_64"
		win = "cp39@win_amd64 cp310@win_amd64"
	)
	perPlatform := " cp39-cp39-win_amd64 cp310-cp310-win_amd64 cp39-cp39-manylinux_2_28_x86_64 cp310-cp310-manylinux_2_28_x86_64"
	tests := []struct {
		name, index, requires, targets string
		want                           []string // different sets of files
	}{{
		name:     "pure files beside those of each platform",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform,
		requires: "fast", targets: lin + " " + win,
		want: []string{"fast-1.0-py3-none-any"},
	}, {
		name:     "pure files beside a stable ABI for each platform",
		index:    "fast 1.0 | wheels: py3-none-any cp38-abi3-win_amd64 cp38-abi3-manylinux_2_28_x86_64",
		requires: "fast", targets: lin + " " + win,
		want: []string{"fast-1.0-py3-none-any"},
	}, {
		name:     "on one platform the stable ABI stays",
		index:    "fast 1.0 | wheels: py3-none-any cp38-abi3-win_amd64" + perPlatform,
		requires: "fast", targets: win,
		want: []string{"fast-1.0-cp38-abi3-win_amd64"},
	}, {
		name:     "one Python of several platforms",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform,
		requires: "fast", targets: "cp310@win_amd64 cp310@manylinux_2_28_x86_64",
		want: []string{"fast-1.0-py3-none-any"},
	}, {
		name:     "one project that has no file for both keeps the others as they are",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform + "\nslow 1.0 | wheels:" + perPlatform,
		requires: "fast,slow", targets: lin + " " + win,
		want: []string{
			"fast-1.0-cp310-cp310-manylinux_2_28_x86_64 slow-1.0-cp310-cp310-manylinux_2_28_x86_64",
			"fast-1.0-cp310-cp310-win_amd64 slow-1.0-cp310-cp310-win_amd64",
			"fast-1.0-cp39-cp39-manylinux_2_28_x86_64 slow-1.0-cp39-cp39-manylinux_2_28_x86_64",
			"fast-1.0-cp39-cp39-win_amd64 slow-1.0-cp39-cp39-win_amd64",
		},
	}, {
		name:     "a platform that needs more is for itself, the others share",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform + " cp39-cp39-macosx_11_0_arm64 cp310-cp310-macosx_11_0_arm64 | requires: more; sys_platform == 'win32'\nmore 1.0 | wheels: cp39-cp39-win_amd64 cp310-cp310-win_amd64",
		requires: "fast", targets: lin + " " + win + " cp39@macosx_11_0_arm64 cp310@macosx_11_0_arm64",
		want: []string{
			"fast-1.0-cp310-cp310-win_amd64 more-1.0-cp310-cp310-win_amd64",
			"fast-1.0-cp39-cp39-win_amd64 more-1.0-cp39-cp39-win_amd64",
			"fast-1.0-py3-none-any",
		},
	}, {
		name:     "each version for itself",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform + "\nfast 2.0 | python: >=3.10 | wheels: py3-none-any" + perPlatform,
		requires: "fast", targets: lin + " " + win,
		want: []string{"fast-1.0-py3-none-any", "fast-2.0-py3-none-any"},
	}, {
		name:     "platforms with different Pythons",
		index:    "fast 1.0 | wheels: py3-none-any" + perPlatform,
		requires: "fast", targets: win + " cp310@manylinux_2_28_x86_64",
		want: []string{"fast-1.0-py3-none-any"},
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := newClient(t, tinyIndex(t, test.index))
			request := Request{Requirements: parseRequirements(t, strings.Split(test.requires, ",")), Targets: parseTargets(t, strings.Fields(test.targets)...)}
			sets := func(o Options) []string {
				got := slices.Compact(slices.Sorted(maps.Values(resolveFiles(t, client, request, o))))
				for i := range got {
					got[i] = strings.ReplaceAll(got[i], ".whl", "")
				}
				return got
			}
			if got := sets(Options{}); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if got := sets(Options{Prefer: PreferSpecific}); test.name != "on one platform the stable ABI stays" && len(got) < len(test.want) {
				t.Errorf("specific files make fewer sets: %q", got)
			}
		})
	}
}
