// Package conformance opens the shared conformance corpora for tests.
//
// The corpora are read from the folder that AXLE_CONFORMANCE names, default
// ../shared/conformance beside the repository; where there is no such folder,
// from the repository's testdata/conformance. A part that is missing there skips
// the test by name. Only tests import this package.
package conformance

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Root is the top folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return fromGoMod(t)
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// fromGoMod finds the repository from the working directory, where -trimpath
// has taken the folder out of the binary.
func fromGoMod(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
	}
}

// Path finds a file or folder of the corpora by its slash-separated name, as
// "standards/versions.jsonl.gz" or "resolver/pages.json". It skips the test
// where there is none.
func Path(t testing.TB, rel string) string {
	t.Helper()
	dir := folder(t)
	path := filepath.Join(dir, filepath.FromSlash(rel))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("corpus %s: not in %s", rel, dir)
	}
	return path
}

// Dir is Path for a folder.
func Dir(t testing.TB, rel string) string {
	t.Helper()
	return Path(t, rel)
}

// Files are the files of a folder of the corpora that match a pattern of
// path/filepath, as "*.json" or "*/*.json". Where there are none, as in a part
// of the corpora, it skips the test by name.
func Files(t testing.TB, rel, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Dir(t, rel), filepath.FromSlash(pattern)))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("corpus %s: it has no %s", rel, pattern)
	}
	return files
}

// Index is Path for the pack of a recorded index that a test asks for projects
// by name. It skips the test where the pack is without one of them.
func Index(t testing.TB, rel string, projects ...string) string {
	t.Helper()
	path := Path(t, rel)
	pack, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pack.Close() }()
	for _, project := range projects {
		page := "simple/" + project + ".json"
		if !slices.ContainsFunc(pack.File, func(f *zip.File) bool { return f.Name == page }) {
			t.Skipf("corpus %s: it has no %s", rel, project)
		}
	}
	return path
}

// folder is where the corpora are.
func folder(t testing.TB) string {
	t.Helper()
	root := Root(t)
	dir := os.Getenv("AXLE_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("..", "shared", "conformance")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return carried(t)
	}
	return dir
}

// carried is the part of the corpora that the repository has.
func carried(t testing.TB) string {
	t.Helper()
	return filepath.Join(Root(t), "testdata", "conformance")
}

// Open opens a file of the corpora, unzipped when its name ends in .gz, and
// closes it when the test ends.
func Open(t testing.TB, rel string) io.Reader {
	t.Helper()
	return open(t, Path(t, rel))
}

func open(t testing.TB, path string) io.Reader {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if !strings.HasSuffix(path, ".gz") {
		return file
	}
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return unzipped
}

// ReadFile reads a whole file of the corpora, unzipped as Open does.
func ReadFile(t testing.TB, rel string) []byte {
	t.Helper()
	data, err := io.ReadAll(Open(t, rel))
	if err != nil {
		t.Fatalf("%s: %v", rel, err)
	}
	return data
}

// Lines yields the number (from 1) and bytes of each line of a file of JSON
// lines, without empty ones.
func Lines(t testing.TB, rel string) iter.Seq2[int, []byte] {
	t.Helper()
	return lines(ReadFile(t, rel))
}

func lines(data []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		scanner := bufio.NewScanner(bytes.NewReader(data))
		scanner.Buffer(nil, len(data)+1)
		for n := 1; scanner.Scan(); n++ {
			if len(scanner.Bytes()) > 0 && !yield(n, scanner.Bytes()) {
				return
			}
		}
	}
}

// Vector is one line of the standards corpus: the keys that every line has.
type Vector struct {
	ID  int    `json:"id"`
	Op  string `json:"op"`
	Src string `json:"src"`
}

// AllVectors yields what all lines of a file of the standards corpus have, so
// that a test can find an operation that nothing checks.
func AllVectors(t testing.TB, rel string) iter.Seq[Vector] {
	t.Helper()
	return func(yield func(Vector) bool) {
		for n, line := range Lines(t, rel) {
			var v Vector
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatalf("%s:%d: %v", rel, n, err)
			}
			if !yield(v) {
				return
			}
		}
	}
}

// Vectors yields each line of a file of JSON lines whose op is the one given,
// decoded by json.Unmarshal into a new T.
func Vectors[T any](t testing.TB, rel, op string) iter.Seq2[Vector, T] {
	t.Helper()
	return vectors[T](t, Path(t, rel), op)
}

// CarriedVectors is Vectors for the copy in testdata/conformance: what the
// lines of a part of the corpus build on may be in another part.
func CarriedVectors[T any](t testing.TB, rel, op string) iter.Seq2[Vector, T] {
	t.Helper()
	return vectors[T](t, filepath.Join(carried(t), filepath.FromSlash(rel)), op)
}

func vectors[T any](t testing.TB, path, op string) iter.Seq2[Vector, T] {
	t.Helper()
	data, err := io.ReadAll(open(t, path))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return func(yield func(Vector, T) bool) {
		for n, line := range lines(data) {
			var v Vector
			var in T
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatalf("%s:%d: %v", path, n, err)
			}
			if v.Op != op {
				continue
			}
			if err := json.Unmarshal(line, &in); err != nil {
				t.Fatalf("%s:%d: %v", path, n, err)
			}
			if !yield(v, in) {
				return
			}
		}
	}
}
