// Package wheeltest makes wheels for tests, good ones and broken ones, out of
// maps and out of txtar text. The same input gives the same bytes on every
// machine. Only tests import it.
//
// A file whose name begins with "dist-info/" lies in the wheel's own .dist-info
// folder. METADATA, WHEEL and RECORD are made; a METADATA that is given without
// a Name holds further fields only:
//
//	-- demo-1.0-py3-none-any.whl/demo/__init__.py --
//	VERSION = "1.0"
//	-- demo-1.0-py3-none-any.whl/dist-info/METADATA --
//	Requires-Dist: requests>=2
//	Requires-Python: >=3.9
//
// A RECORD that is given is taken as it is. Files that begin with "#!" can be
// executed.
package wheeltest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/wheel"
)

const distInfo = "dist-info/"

// Make is Build for a test.
func Make(t testing.TB, filename string, files map[string]string) []byte {
	t.Helper()
	data, err := Build(filename, files)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Build makes a wheel of that name with those files, in the order of their
// names, RECORD last.
func Build(filename string, files map[string]string) ([]byte, error) {
	f, err := wheel.ParseFilename(filename)
	if err != nil {
		return nil, err
	}
	folder := fmt.Sprintf("%s-%s.dist-info/", f.Name.Escaped(), f.Version)
	all := map[string]string{
		folder + "METADATA": "",
		folder + "WHEEL":    string(info(f).Marshal()),
	}
	for name, content := range files {
		if rest, ok := strings.CutPrefix(name, distInfo); ok {
			name = folder + rest
		}
		all[name] = content
	}
	all[folder+"METADATA"] = metadata(f, all[folder+"METADATA"])
	if _, given := all[folder+"RECORD"]; !given {
		all[folder+"RECORD"] = string(record(all, folder).Marshal())
	}
	return zipOf(all, folder+"RECORD")
}

func info(f wheel.Filename) wheel.Info {
	pure := slices.Equal(f.Platforms, []string{"any"})
	return wheel.Info{WheelVersion: "1.0", Generator: "wheeltest", RootIsPurelib: pure, Tags: f.Tags, Build: f.Build}
}

func metadata(f wheel.Filename, text string) string {
	if strings.HasPrefix(text, "Name:") || strings.Contains(text, "\nName:") {
		return text
	}
	return fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s", f.Name, f.Version, text)
}

func record(files map[string]string, folder string) wheel.Record {
	r := wheel.Record{{Path: folder + "RECORD", Size: -1}}
	for name, content := range files {
		r = append(r, wheel.RecordEntry{Path: name, Hash: wheel.SHA256(sha256.Sum256([]byte(content))), Size: int64(len(content))})
	}
	return r
}

func zipOf(files map[string]string, last string) ([]byte, error) {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return name == last })
	var out bytes.Buffer
	w := archive.NewWriter(&out)
	for _, name := range append(names, last) {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(files[name], "#!") {
			mode = 0o755
		}
		if err := w.Add(name, mode, []byte(files[name])); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// Txtar is BuildTxtar for a test.
func Txtar(t testing.TB, text string) map[string][]byte {
	t.Helper()
	wheels, err := BuildTxtar([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return wheels
}

// BuildTxtar makes every wheel that a txtar archive describes: the files of one
// have its name for a folder. A name that ends in ".whl" alone is a wheel
// without files of its own.
func BuildTxtar(text []byte) (map[string][]byte, error) {
	files := map[string]map[string]string{}
	for file, content := range txtar(string(text)) {
		name, path, _ := strings.Cut(file, "/")
		if files[name] == nil {
			files[name] = map[string]string{}
		}
		if path != "" {
			files[name][path] = content
		}
	}
	wheels := map[string][]byte{}
	for name, members := range files {
		data, err := Build(name, members)
		if err != nil {
			return nil, err
		}
		wheels[name] = data
	}
	return wheels, nil
}

// txtar yields the files of an archive: each begins with a line "-- name --".
// (The package golang.org/x/tools/txtar is not worth a module for this.)
func txtar(text string) iter.Seq2[string, string] {
	return func(yield func(name, content string) bool) {
		name, start, found := "", 0, false
		for at := 0; at < len(text); {
			line, _, _ := strings.Cut(text[at:], "\n")
			end := min(at+len(line)+1, len(text))
			marker := strings.TrimSuffix(line, "\r")
			if strings.HasPrefix(marker, "-- ") && strings.HasSuffix(marker, " --") {
				if found && !yield(name, text[start:at]) {
					return
				}
				name, start, found = strings.TrimSpace(marker[3:len(marker)-3]), end, true
			}
			at = end
		}
		if found {
			yield(name, text[start:])
		}
	}
}

// Write writes the wheels of a txtar archive into a folder, and returns their
// paths by file name.
func Write(t testing.TB, dir, text string) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for name, data := range Txtar(t, text) {
		paths[name] = WriteFile(t, dir, name, data)
	}
	return paths
}

// WriteFile writes one wheel into a folder and returns its path.
func WriteFile(t testing.TB, dir, filename string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, filename)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
