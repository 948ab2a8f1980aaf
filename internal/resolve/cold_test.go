package resolve

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
)

// heavyWheels are two versions each of a chain of three projects, every wheel
// with a megabyte that nobody needs for resolving.
func heavyWheels() []indextest.File {
	load := make([]byte, 1<<20)
	chance := rand.NewChaCha8([32]byte{})
	_, _ = chance.Read(load)
	var files []indextest.File
	for name, requires := range map[string]string{"app": "Requires-Dist: lib\n", "lib": "Requires-Dist: base>=1\n", "base": ""} {
		for _, version := range []string{"1.0", "2.0"} {
			metadata := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s", name, version, requires)
			file := name + "-" + version + "-py3-none-any.whl"
			files = append(files, indextest.File{
				Name: file, Metadata: []byte(metadata), Content: indextest.Wheel(file, metadata, name+"/load.bin", string(load)),
			})
		}
	}
	return files
}

// TestColdRequests: with an empty cache every project is listed once, the
// metadata of each chosen file read once, of no other, and nothing of a wheel
// is fetched that is not needed for that.
func TestColdRequests(t *testing.T) {
	for _, c := range []struct {
		name             string
		options          indextest.Options
		metadata, ranges int // requests, at most, of all three files
	}{
		{"metadata files", indextest.Options{JSON: true, Metadata: indextest.Advertised, Ranges: indextest.FullRanges}, 3, 0},
		{"ranges", indextest.Options{JSON: true, Ranges: indextest.FullRanges}, 3, 6},
		{"HTML and ranges without suffix", indextest.Options{Ranges: indextest.NoSuffix}, 3, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := indextest.New(t, c.options, heavyWheels()...)
			client := newClient(t, server)
			request := Request{
				Targets:      parseTargets(t, "cp310@linux/amd64", "cp311@linux/amd64", "cp311@windows/amd64"),
				Requirements: parseRequirements(t, []string{"app"}),
			}
			result, err := Resolve(context.Background(), client, request, Options{})
			if err != nil || len(result.Solutions) != 3 {
				t.Fatal(result, err)
			}
			if n := server.Count(indextest.Page, ""); n != 3 {
				t.Errorf("%d listings of 3 projects", n)
			}
			if n := server.Count(indextest.Metadata, ""); n > c.metadata {
				t.Errorf("%d requests for metadata files", n)
			}
			if n := server.Count(indextest.Range, ""); n > c.ranges {
				t.Errorf("%d ranges", n)
			}
			sent := int64(0)
			for _, r := range server.Log() {
				sent += r.Bytes
				if r.Kind == indextest.Whole || strings.Contains(r.Path, "-1.0-") {
					t.Error("not needed:", r.Kind, r.Path)
				}
			}
			if sent > 256<<10 {
				t.Errorf("%d bytes for 3 pages and 3 metadata", sent)
			}
		})
	}
}

// TestColdRequestsOfAMatrix: what a project has for each Python and platform is
// looked at file by file, and each file once, whether its version is held back
// for others, or forced apart; wheels are not fetched.
func TestColdRequestsOfAMatrix(t *testing.T) {
	pythons, platforms := []string{"310", "311", "312"}, []string{"manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64"}
	var files []indextest.File
	add := func(name, version, tag, requires string) {
		metadata := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s", name, version, requires)
		file := name + "-" + version + "-" + tag + ".whl"
		files = append(files, indextest.File{Name: file, Metadata: []byte(metadata), Content: indextest.Wheel(file, metadata)})
	}
	for _, version := range []string{"1.0", "2.0", "3.0"} {
		for _, python := range pythons {
			for _, platform := range platforms {
				if version != "3.0" || platform != "win_amd64" { // 3.0 holds the others back
					add("kiln", version, "cp"+python+"-cp"+python+"-"+platform, "Requires-Dist: palette\nRequires-Dist: soot; sys_platform == 'win32'\n")
				}
			}
		}
		add("palette", version, "py3-none-any", "")
		add("soot", version, "py3-none-any", "Requires-Dist: palette<3\n")
	}
	for name, options := range map[string]indextest.Options{
		"metadata files": {JSON: true, Metadata: indextest.Advertised, Ranges: indextest.FullRanges},
		"ranges":         {JSON: true, Ranges: indextest.FullRanges},
	} {
		for _, align := range []Align{AlignPython, AlignAll, AlignNone} {
			t.Run(name+"/"+string(align), func(t *testing.T) {
				server := indextest.New(t, options, files...)
				request := Request{Requirements: parseRequirements(t, []string{"kiln"})}
				for _, python := range pythons {
					for _, platform := range platforms {
						request.Targets = append(request.Targets, parseTargets(t, "cp"+python+"@"+platform)...)
					}
				}
				result, err := Resolve(context.Background(), newClient(t, server), request, Options{Align: align})
				if err != nil || len(result.Solutions) != len(request.Targets) {
					t.Fatal(result, err)
				}
				checkOnce(t, server, options.Metadata == indextest.Advertised)
			})
		}
	}
}

// checkOnce looks at what was asked: every page and metadata file once, the
// parts of a wheel once each, and no wheel.
func checkOnce(t *testing.T, server *indextest.Server, hasMetadata bool) {
	t.Helper()
	asked := map[string]int{}
	for _, r := range server.Log() {
		asked[string(r.Kind)+" "+r.Path]++
		if r.Kind == indextest.Whole || hasMetadata && r.Kind == indextest.Range {
			t.Error("not needed:", r.Kind, r.Path)
		}
	}
	for what, n := range asked {
		if n > 1 && !strings.HasPrefix(what, string(indextest.Range)) || n > 2 {
			t.Errorf("%s: asked %d times", what, n)
		}
	}
	if n := server.Count(indextest.Page, ""); n != 3 {
		t.Errorf("%d listings of 3 projects", n)
	}
}
