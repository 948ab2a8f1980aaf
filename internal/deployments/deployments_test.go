package deployments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// record is one of a deployment with code in a folder.
func record(name, id string) Record {
	return Record{
		Name: name, ID: id, Version: "1.0.0", Deployed: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Code: "e/" + name + "/" + id + "/x", Interpreter: Interpreter{Path: "/usr/bin/python3"},
	}
}

// fillWith makes the code folder with one file.
func fillWith(text string) Fill {
	return func(dir, _ string) ([]wheel.RecordEntry, error) {
		if err := os.Mkdir(filepath.Join(dir, "x"), 0o755); err != nil {
			return nil, err
		}
		return nil, os.WriteFile(filepath.Join(dir, "x", "file"), []byte(text), 0o644)
	}
}

// lockFor holds a lock of a root until the test ends or release is called.
func lockFor(t testing.TB, path string) (release func()) {
	t.Helper()
	f, err := tryLock(path, alone, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return func() { _ = f.Close() }
}

func place(t testing.TB, s *Store, rec Record) {
	t.Helper()
	if _, _, err := s.Place(t.Context(), rec, fillWith(rec.ID)); err != nil {
		t.Fatal(err)
	}
}

// names are those in a folder of the root.
func names(t testing.TB, s *Store, rel string) []string {
	t.Helper()
	entries, err := os.ReadDir(s.Path(rel))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestPlace(t *testing.T) {
	s := open(t)
	rec := record("demo", "1.0.0-a")
	final := ""
	got, changed, err := s.Place(t.Context(), rec, func(dir, to string) ([]wheel.RecordEntry, error) {
		final = to
		if !strings.HasPrefix(dir, s.Path("t")) {
			t.Errorf("filled in %s", dir)
		}
		return fillWith("x")(dir, to)
	})
	rec.Format = format
	if err != nil || !changed || !reflect.DeepEqual(got, rec) || final != s.Path("e/demo/1.0.0-a") {
		t.Fatalf("%+v %v %v, final %s", got, changed, err, final)
	}
	if now, err := s.Current("demo"); err != nil || !reflect.DeepEqual(now, rec) {
		t.Errorf("current: %+v (%v)", now, err)
	}
	again := rec
	again.Deployed = again.Deployed.Add(time.Hour)
	notAgain := func(string, string) ([]wheel.RecordEntry, error) { t.Error("filled again"); return nil, nil }
	if got, changed, err := s.Place(t.Context(), again, notAgain); err != nil || changed || !got.Deployed.Equal(rec.Deployed) {
		t.Errorf("again: %+v %v %v", got, changed, err)
	}
	place(t, s, record("demo", "1.0.0-b"))
	if got, changed, err := s.Place(t.Context(), again, notAgain); err != nil || !changed || got.ID != "1.0.0-a" || !got.Deployed.Equal(rec.Deployed) {
		t.Errorf("back: %+v %v %v", got, changed, err)
	}
	if got := names(t, s, "e/demo"); !slices.Equal(got, []string{"1.0.0-a", "1.0.0-b", "current"}) {
		t.Errorf("e/demo has %q", got)
	}
	if left := names(t, s, "t"); len(left) > 0 {
		t.Errorf("left in staging: %q", left)
	}
}

// TestFailedFill: an error in the middle changes nothing, whatever was there.
func TestFailedFill(t *testing.T) {
	s := open(t)
	place(t, s, record("demo", "1.0.0-a"))
	wrong := errors.New("wrong")
	fail := func(dir, _ string) ([]wheel.RecordEntry, error) {
		write(t, filepath.Join(dir, "x", "half"), "")
		return nil, wrong
	}
	if _, _, err := s.Place(t.Context(), record("demo", "1.0.0-b"), fail); !errors.Is(err, wrong) {
		t.Errorf("place: %v", err)
	}
	if _, _, _, err := s.Package(t.Context(), "key", fail); !errors.Is(err, wrong) {
		t.Errorf("package: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	late := func(dir, final string) ([]wheel.RecordEntry, error) { cancel(wrong); return fillWith("x")(dir, final) }
	if _, _, err := s.Place(ctx, record("demo", "1.0.0-c"), late); !errors.Is(err, wrong) {
		t.Errorf("cancelled: %v", err)
	}
	if _, _, _, err := s.Package(ctx, "key", fillWith("x")); !errors.Is(err, wrong) {
		t.Errorf("package after that: %v", err)
	}
	if now, err := s.Current("demo"); err != nil || now.ID != "1.0.0-a" {
		t.Errorf("current: %+v (%v)", now, err)
	}
	if left := append(names(t, s, "t"), names(t, s, "p")...); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if got := names(t, s, "e/demo"); !slices.Equal(got, []string{"1.0.0-a", "current"}) {
		t.Errorf("e/demo has %q", got)
	}
}

// TestPackageOnce: of many that want the same package at once, one fills it.
func TestPackageOnce(t *testing.T) {
	s := open(t)
	var filled atomic.Int32
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			other, err := At(s.Root()) // as another process has it
			if err != nil {
				t.Error(err)
				return
			}
			rel, _, release, err := other.Package(t.Context(), fmt.Sprintf("key%d", i%2), func(dir, final string) ([]wheel.RecordEntry, error) {
				filled.Add(1)
				time.Sleep(30 * time.Millisecond)
				return fillWith("x")(dir, final)
			})
			if err != nil || rel != fmt.Sprintf("p/key%d", i%2) {
				t.Errorf("%q %v", rel, err)
				return
			}
			release()
		})
	}
	wait.Wait()
	if n := filled.Load(); n != 2 {
		t.Errorf("filled %d times, want 2", n)
	}
}

// TestPackageCancelled: a context that has ended is the error, also of a package
// that is there.
func TestPackageCancelled(t *testing.T) {
	s := open(t)
	_, _, release, err := s.Package(t.Context(), "key", fillWith("x"))
	if err != nil {
		t.Fatal(err)
	}
	release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.take(ctx, "free", alone); !errors.Is(err, context.Canceled) {
		t.Errorf("a free lock: %v", err)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, _, err := s.Package(ctx, "key", fillWith("x"))
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on and on")
	}
}

// TestSweep: what a process that is gone left in staging is removed by the next
// operation, and what one is at work on is not.
func TestSweep(t *testing.T) {
	s := open(t)
	write(t, s.Path("t/gone/x/file"), "")
	write(t, s.Path("t/gone.lock"), "")
	write(t, s.Path("t/gone.old/file"), "")
	write(t, s.Path("t/lockonly.lock"), "")
	write(t, s.Path("t/folderonly/file"), "")
	write(t, s.Path("t/busy/file"), "")
	release := lockFor(t, s.Path("t/busy.lock"))
	if _, err := Open(s.Root()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, "t"); !slices.Equal(got, []string{"busy", "busy.lock"}) {
		t.Errorf("staging has %q, want what is busy alone", got)
	}
	release()
	if _, err := Open(s.Root()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, "t"); len(got) > 0 {
		t.Errorf("staging has %q", got)
	}
}

// TestSweepBesideChild: what a killed operation had started still writes while
// its folder is removed, as the process does that makes byte code.
func TestSweepBesideChild(t *testing.T) {
	s := open(t)
	write(t, s.Path("t/gone/file"), "")
	cwd, err := os.OpenRoot(s.Path("t/gone"))
	if err != nil {
		t.Fatal(err)
	}
	var child sync.WaitGroup
	child.Go(func() {
		defer cwd.Close()
		for n := range 30_000 {
			f, err := cwd.Create(fmt.Sprint(n))
			if err != nil {
				return // the folder is gone
			}
			f.Close()
		}
	})
	_, err = Open(s.Root())
	child.Wait()
	if got := names(t, s, "t"); err != nil || len(got) > 0 {
		t.Errorf("staging has %q, %v", got, err)
	}
}

// TestSweepAndStageAtOnce: sweeping never takes a folder from under an
// operation that has just begun.
func TestSweepAndStageAtOnce(t *testing.T) {
	s := open(t)
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				s.sweep()
			}
		}
	})
	for i := range 40 {
		place(t, s, record("demo", fmt.Sprintf("1.0.0-%d", i)))
	}
	close(done)
	wait.Wait()
	if got := names(t, s, "e/demo"); len(got) != 41 {
		t.Errorf("%d deployments, want 40 and current", len(got)-1)
	}
}

// TestDamaged: a folder without a whole record is replaced, and said to be
// damaged until then.
func TestDamaged(t *testing.T) {
	s := open(t)
	rec := record("demo", "1.0.0-a")
	for what, damage := range map[string]func(){
		"no record":       func() { os.Remove(s.Path("e/demo/1.0.0-a/record.json")) },
		"an empty record": func() { write(t, s.Path("e/demo/1.0.0-a/record.json"), "") },
		"half a record":   func() { write(t, s.Path("e/demo/1.0.0-a/record.json"), `{"format": 1`) },
		"a later format":  func() { write(t, s.Path("e/demo/1.0.0-a/record.json"), `{"format": 99}`) },
		"another's record": func() {
			write(t, s.Path("e/demo/1.0.0-a/record.json"), string(mustMarshal(t, record("demo", "1.0.0-z"))))
		},
		"no code":               func() { os.RemoveAll(s.Path("e/demo/1.0.0-a/x")) },
		"nothing in the folder": func() { os.RemoveAll(s.Path("e/demo/1.0.0-a")); os.Mkdir(s.Path("e/demo/1.0.0-a"), 0o755) },
		"a pointer to nothing":  func() { write(t, s.Path("e/demo/current"), "9.9.9-none\n") },
		"a pointer elsewhere":   func() { write(t, s.Path("e/demo/current"), "../../../etc") },
		"an empty pointer":      func() { write(t, s.Path("e/demo/current"), "") },
	} {
		place(t, s, rec)
		damage()
		_, err := s.Current("demo")
		if fault.ExitCode(err) != fault.NotFound || !strings.Contains(err.Error(), "damaged") || len(fault.Hints(err)) == 0 {
			t.Errorf("%s: %v", what, err)
		}
		place(t, s, record("whole", "1"))
		if list, err := s.List(); err == nil || len(list) != 1 || list[0].Name != "whole" {
			t.Errorf("%s: the list is %v with %v", what, list, err)
		}
		place(t, s, rec)
		if now, err := s.Current("demo"); err != nil || now.ID != rec.ID {
			t.Errorf("%s: after placing it again: %v (%v)", what, now, err)
		}
		if left := names(t, s, "t"); len(left) > 0 {
			t.Errorf("%s: left in staging: %q", what, left)
		}
	}
}

func mustMarshal(t testing.TB, rec Record) []byte {
	t.Helper()
	rec.Format = format
	text, err := rec.marshal()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSameFolder: on a file system that ignores case two names are one folder.
func TestSameFolder(t *testing.T) {
	s := open(t)
	place(t, s, record("demo", "1.0.0-a"))
	other := record("Demo", "1.0.0-b")
	// As such a file system would have it.
	if err := os.Rename(s.Path("e/demo"), s.Path("e/Demo")); err != nil {
		t.Fatal(err)
	}
	write(t, s.Path("e/Demo/1.0.0-a/record.json"), strings.ReplaceAll(string(mustMarshal(t, record("demo", "1.0.0-a"))), "e/demo/", "e/Demo/"))
	if _, _, err := s.Place(t.Context(), other, fillWith("x")); fault.ExitCode(err) != fault.NameClash {
		t.Errorf("%v, want a clash of names", err)
	}
}

func TestCurrentRefuses(t *testing.T) {
	s := open(t)
	place(t, s, record("demo", "1.0.0-a"))
	for _, name := range []string{"", ".", "..", "../e/demo", "demo/1.0.0-a", `demo\x`, "C:demo", ".hidden", "other"} {
		if _, err := s.Current(name); fault.ExitCode(err) != fault.NotFound {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, err := s.Current("demos")
	if hints := fault.Hints(err); !slices.Contains(hints, "did you mean demo?") || !slices.Contains(hints, "deployed are: demo") {
		t.Errorf("hints: %q", hints)
	}
	empty, err := At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := empty.Current("demo"); fault.ExitCode(err) != fault.NotFound || len(fault.Hints(err)) != 1 {
		t.Errorf("in an empty root: %v, %q", err, fault.Hints(err))
	}
}

func TestLocked(t *testing.T) {
	s := open(t)
	release := lockFor(t, s.Path("l/e-demo"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := s.Place(ctx, record("demo", "1"), fillWith("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another holds the lock: %v", err)
	}
	place(t, s, record("other", "1")) // which does not wait
	time.AfterFunc(50*time.Millisecond, release)
	place(t, s, record("demo", "1"))
}

// FuzzParseRecord: what is read as a record can be written and read again.
func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"format": 1, "name": "a", "id": "b", "code": "c", "interpreter": {"path": "d"}}`))
	f.Add([]byte(`{"format": 1, "deployed": "yesterday"}`))
	f.Add(mustMarshal(f, record("demo", "1.0.0-a")))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := parseRecord("record.json", data)
		if err != nil {
			return
		}
		text, err := rec.marshal()
		if err != nil {
			t.Skip("a time that JSON cannot say")
		}
		again, err := parseRecord("record.json", text)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(rec)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Fatalf("%s and %s", a, b)
		}
	})
}
