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
