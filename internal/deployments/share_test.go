package deployments

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

// fillFiles makes files, taking those that are there already from Share.
func fillFiles(s *Store, files map[string]string) Fill {
	return func(dir, _ string) ([]wheel.RecordEntry, error) {
		for name, text := range files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return nil, err
			}
			if s.Share(path, sha256.Sum256([]byte(text)), int64(len(text)), false) {
				continue
			}
			if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}

// pack puts a package in place that a deployment of the same name refers to.
func pack(t testing.TB, s *Store, key string, files map[string]string) {
	t.Helper()
	_, _, release, err := s.Package(t.Context(), key, fillFiles(s, files))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	rec := record(key, "1-"+key)
	rec.Package = &Package{Folder: "p/" + key}
	place(t, s, rec)
}

func linked(t testing.TB, a, b string) bool {
	t.Helper()
	x, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return os.SameFile(x, y)
}

// TestShared: equal files of packages are one file; a damaged one is never taken
// for another package; what no package has goes.
func TestShared(t *testing.T) {
	s := open(t)
	pack(t, s, "a", map[string]string{"lib/same.py": "same\n", "own.py": "a\n", "empty": ""})
	pack(t, s, "b", map[string]string{"other/name.py": "same\n", "own.py": "b\n", "empty": ""})
	if !linked(t, s.Path("p/a/lib/same.py"), s.Path("p/b/other/name.py")) || linked(t, s.Path("p/a/own.py"), s.Path("p/b/own.py")) {
		t.Error("equal files are two, or others are one")
	}
	for _, rel := range []string{"p/a", "p/b", "e/a/1-a"} {
		if damage, err := s.Check(rel, Contents, nil); err != nil || len(damage) > 0 {
			t.Errorf("%s: %v (%v)", rel, damage, err)
		}
	}
	// Somebody writes into the file: the next package does not take it.
	if err := os.Chmod(s.Path("p/a/lib/same.py"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, s.Path("p/a/lib/same.py"), "SAME\n")
	pack(t, s, "c", map[string]string{"third.py": "same\n"})
	if text, err := os.ReadFile(s.Path("p/c/third.py")); err != nil || string(text) != "same\n" {
		t.Errorf("a damaged file was taken: %q (%v)", text, err)
	}
	pack(t, s, "d", map[string]string{"fourth.py": "same\n"})
	if !linked(t, s.Path("p/c/third.py"), s.Path("p/d/fourth.py")) {
		t.Error("what was made anew is not shared")
	}
	write(t, s.Path("l/doctor-123"), "x") // of one that was killed
	// Without its packages the file has no name left.
	for _, name := range []string{"a", "b", "c", "d"} {
		if _, err := s.Remove(t.Context(), name, "", false); err != nil {
			t.Fatal(err)
		}
	}
	g, err := s.Collect(t.Context(), false)
	if err != nil || len(g.Packages) != 4 {
		t.Errorf("%+v (%v)", g, err)
	}
	var left []string
	for _, folder := range []string{"f", "p", "t"} {
		_ = walkFiles(s.Path(folder), func(rel string, _ fs.DirEntry) error { left = append(left, folder+"/"+rel); return nil })
	}
	if len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if locks := names(t, s, "l"); !slices.Equal(locks, []string{"t"}) {
		t.Errorf("locks: %q", locks)
	}
}

// TestMend: damaged files are replaced, not written to; foreign ones go; a
// package that shares the file keeps its own until it is mended.
func TestMend(t *testing.T) {
	s := open(t)
	files := map[string]string{"lib/same.py": "same\n", "own.py": "a\n", "gone.py": "gone\n", "sub/file": "folder\n"}
	pack(t, s, "a", files)
	pack(t, s, "b", map[string]string{"name.py": "same\n"})
	for _, rel := range []string{"p/a/lib/same.py", "p/a/own.py"} {
		if err := os.Chmod(s.Path(rel), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := os.Open(s.Path("p/a/own.py")) // as one that runs has it
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	write(t, s.Path("p/a/lib/same.py"), "SAME\n")
	write(t, s.Path("p/a/own.py"), "A\n")
	os.Remove(s.Path("p/a/gone.py"))
	os.RemoveAll(s.Path("p/a/sub"))
	write(t, s.Path("p/a/lib/foreign.py"), "")
	damage, err := s.Check("p/a", Contents, nil)
	want := []Damage{{"gone.py", Missing}, {"lib/same.py", Changed}, {"own.py", Changed}, {"sub/file", Missing}, {"lib/foreign.py", Foreign}}
	if err != nil || !slices.Equal(damage, want) {
		t.Fatalf("%v (%v), want %v", damage, err, want)
	}
	if damage, _ := s.Check("p/a", Sizes, nil); len(damage) != 3 {
		t.Errorf("by size: %v", damage)
	}
	fresh := func(dir, final string) ([]wheel.RecordEntry, error) {
		for name, text := range files {
			write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
		}
		return nil, nil
	}
	if err := s.Mend(t.Context(), "p/a", damage, fresh); err != nil {
		t.Fatal(err)
	}
	if damage, err := s.Check("p/a", Contents, nil); err != nil || len(damage) > 0 {
		t.Errorf("after mending: %v (%v)", damage, err)
	}
	old := make([]byte, 2)
	if _, err := reader.Read(old); err != nil || string(old) != "A\n" {
		t.Errorf("the open file was written to: %q (%v)", old, err)
	}
	if damage, _ := s.Check("p/b", Contents, nil); !slices.Equal(damage, []Damage{{"name.py", Changed}}) {
		t.Errorf("the other package: %v", damage)
	}
	// What is not what was deployed is refused.
	os.Remove(s.Path("p/a/own.py"))
	files["own.py"] = "another\n"
	if err := s.Mend(t.Context(), "p/a", []Damage{{"own.py", Missing}}, fresh); fault.ExitCode(err) != fault.Mismatch {
		t.Errorf("another file: %v", err)
	}
}

// TestLease: what is leased stays, whatever the limits; what is not goes, the
// oldest first.
func TestLease(t *testing.T) {
	s := open(t)
	for i := range 5 {
		rec := record("demo", fmt.Sprintf("%d", i))
		rec.Version, rec.Deployed = fmt.Sprintf("%d.0", i), rec.Deployed.AddDate(0, 0, i)
		place(t, s, rec)
		if i == 1 {
			_, lease, err := s.Lease(t.Context(), "demo")
			if err != nil {
				t.Fatal(err)
			}
			defer lease.Release()
		}
	}
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	ids := func(list []State) (out string) {
		for _, st := range list {
			out += st.ID + " "
		}
		return out
	}
	for limits, want := range map[Limits]string{
		{}:                                    "",
		{Keep: 1}:                             "3 2 0 ",
		{Keep: 3}:                             "0 ",
		{Keep: 9}:                             "",
		{OlderThan: 80 * time.Hour}:           "2 0 ",
		{OlderThan: 900 * time.Hour}:          "",
		{MaxSize: 1}:                          "0 2 3 ",
		{MaxSize: 1 << 40}:                    "",
		{Keep: 4, OlderThan: 100 * time.Hour}: "0 ",
	} {
		p, err := s.Prune(t.Context(), limits, now, true)
		if err != nil || ids(p.Removed) != want {
			t.Errorf("%+v: %s (%v), want %s", limits, ids(p.Removed), err, want)
		}
	}
	if _, err := s.Remove(t.Context(), "demo", "", false); fault.ExitCode(err) != fault.Locked {
		t.Errorf("remove: %v", err)
	}
	p, err := s.Prune(t.Context(), Limits{Keep: 1}, now, false)
	if err != nil || ids(p.Removed) != "3 2 0 " || ids(p.Running) != "1 " {
		t.Errorf("pruned %+v (%v)", p, err)
	}
	// With the latest ones gone, the one before is the one that is left.
	rec, changed, err := s.Rollback(t.Context(), "demo", "", now, func(Record) error { return nil })
	if err != nil || !changed || rec.ID != "1" {
		t.Errorf("back to %s (%v)", rec.ID, err)
	}
}

// TestHoldKeepsPackages: a package that a deployment is about to refer to is
// never collected.
func TestHoldKeepsPackages(t *testing.T) {
	s := open(t)
	rel, made, release, err := s.Package(t.Context(), "key", fillWith("x"))
	if err != nil || !made {
		t.Fatal(err)
	}
	if g, err := s.Collect(t.Context(), false); err != nil || len(g.Packages) > 0 || !isDir(s.Path(rel)) {
		t.Errorf("%+v (%v)", g, err)
	}
	release()
	if g, err := s.Collect(t.Context(), true); err != nil || !slices.Equal(g.Packages, []string{rel}) || !isDir(s.Path(rel)) {
		t.Errorf("a dry run: %+v (%v)", g, err)
	}
	// While a deployment cannot say what it has, nothing goes.
	place(t, s, record("demo", "1"))
	text, err := os.ReadFile(s.Path("e/demo/1/record.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.Path("e/demo/1/record.json"), "{")
	if g, err := s.Collect(t.Context(), false); err != nil || len(g.Packages) > 0 || len(g.Damaged) != 1 {
		t.Errorf("beside a damaged one: %+v (%v)", g, err)
	}
	write(t, s.Path("e/demo/1/record.json"), string(text))
	if g, err := s.Collect(t.Context(), false); err != nil || len(g.Packages) != 1 || isDir(s.Path(rel)) {
		t.Errorf("%+v (%v)", g, err)
	}
}

// TestPointer: histories, and text that is none.
func TestPointer(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	var p pointer
	steps := []struct {
		id   string
		back bool
		want string
	}{
		{"a", false, "a"}, {"b", false, "b a"}, {"c", false, "c b a"}, {"b", true, "b a"}, {"c", true, "c b a"}, {"a", false, "a c b"},
		{"b", true, "b"}, {"d", true, "d b"},
	}
	for i, step := range steps {
		p = p.to(step.id, at.Add(time.Duration(i)*time.Hour), step.back)
		again, err := parsePointer(string(p.marshal()))
		if err != nil || !slices.Equal(again, p) {
			t.Fatalf("%v reads back as %v (%v)", p, again, err)
		}
		var ids []string
		for _, turn := range p {
			ids = append(ids, turn.ID)
		}
		if got := strings.Join(ids, " "); got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
	for text, want := range map[string]int{"": 0, "\n": 0, "..": 0, "../x 2026": 0, "a\nb yesterday\n\n../c\nd": 3} {
		if p, err := parsePointer(text); len(p) != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v (%v)", text, p, err)
		}
	}
	for range 3 * maxHistory {
		p = p.to(fmt.Sprint(len(p)), at, false)
	}
	if n := strings.Count(string(p.marshal()), "\n"); n != maxHistory {
		t.Errorf("%d lines, want %d", n, maxHistory)
	}
}
