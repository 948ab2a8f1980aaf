package interpreters

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// later is a clock by which every folder of the test has been left alone.
func later() time.Time { return time.Now().Add(time.Hour) }

// A remembered folder is not read again, and its changes are seen.
func TestListingsRemembered(t *testing.T) {
	onUnix(t)
	m := &memory{}
	f, root := machine(t, Options{Discover: true, Memory: m, Now: later}, map[string]string{"PATH": "ROOT/a:ROOT/gone"})
	fake(t, root+"/a/python3.9", "3.9.1", root+"/a")
	fake(t, root+"/home/.pyenv/versions/3.8.1/bin/python3", "3.8.1", root+"/8")
	all := []string{"PATH /a/python3.9", "pyenv /home/.pyenv/versions/3.8.1/bin/python3"}
	expect(t, shown(f.find(t.Context()), root), all)
	remembered := func() string {
		data, _ := m.Get(namespace, listingsKey)
		return string(data)
	}
	if !strings.Contains(remembered(), ":"+root+"/a\t") || !strings.Contains(remembered(), `["python3.9"]`) {
		t.Fatalf("remembered %q", remembered())
	}
	expect(t, shown(f.find(t.Context()), root), all) // the fakes write into their folders when they run
	sets := m.sets
	expect(t, shown(f.find(t.Context()), root), all)
	if m.sets != sets {
		t.Error("what had not changed was written again")
	}
	// Without reading the folder: what is remembered of it is believed.
	_ = m.Set(namespace, listingsKey, []byte(strings.ReplaceAll(remembered(), `["python3.9"]`, `[]`)))
	expect(t, shown(f.find(t.Context()), root), all[1:])
	f.opt.Again = true
	expect(t, shown(f.find(t.Context()), root), all)
	f.opt.Again = false
	// Names that come and go, in folders of both kinds.
	fake(t, root+"/a/python3.10", "3.10.1", root+"/b")
	fake(t, root+"/home/.pyenv/versions/3.7.1/bin/python3", "3.7.1", root+"/7")
	fake(t, root+"/gone/python3.6", "3.6.1", root+"/6")
	more := []string{"PATH /a/python3.10", all[0], all[1], "pyenv /home/.pyenv/versions/3.7.1/bin/python3", "PATH /gone/python3.6"}
	expect(t, shown(f.find(t.Context()), root), more)
	if err := os.RemoveAll(root + "/home/.pyenv/versions/3.8.1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(root + "/a/python3.9"); err != nil {
		t.Fatal(err)
	}
	expect(t, shown(f.find(t.Context()), root), []string{more[0], more[3], more[4]})
	// What was broken from outside costs time only.
	_ = m.Set(namespace, listingsKey, []byte("x\n:"+root+"/a\t{}\n\t\n"))
	expect(t, shown(f.find(t.Context()), root), []string{more[0], more[3], more[4]})
}

// A folder that was changed a moment ago could change once more without its
// times telling.
func TestListingsOfFreshFolders(t *testing.T) {
	onUnix(t)
	m := &memory{}
	f, root := machine(t, Options{Discover: true, Memory: m}, map[string]string{"PATH": "ROOT/a"})
	fake(t, root+"/a/python3.9", "3.9.1", root+"/a")
	expect(t, shown(f.find(t.Context()), root), []string{"PATH /a/python3.9"})
	if data, _ := m.Get(namespace, listingsKey); strings.Contains(string(data), ":"+root+"/a\t") {
		t.Errorf("remembered %q", data)
	}
}

func TestInterpreterNames(t *testing.T) {
	onUnix(t)
	want := regexp.MustCompile(`^(?:(?:python|pypy|graalpy)(?:[23](?:\.\d{1,2})?)?(?:_d|[tdmu]{0,3})|platform-python(?:[23](?:\.\d{1,2})?)?)$`)
	for _, stem := range []string{"python", "pypy", "graalpy", "platform-python", "pytho", "py", "ruby", "Python", "xpython"} {
		for _, version := range []string{"", "2", "3", "4", "3.", "3.9", "3.11", "3.111", "3.1.1", ".9", "33"} {
			for _, kind := range []string{"", "_d", "t", "d", "m", "mu", "dmu", "tdmu", "x", "_", "-config", ".exe", "td9"} {
				name := stem + version + kind
				if got := isInterpreterName(name); got != want.MatchString(name) {
					t.Errorf("%s: %v", name, got)
				}
			}
		}
	}
}

// Links lead where the system says that they lead.
func TestRealFile(t *testing.T) {
	onUnix(t)
	dir := realPath(t.TempDir())
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("real/deep/python3"), "")
	symlink(t, "real", at("short"))
	symlink(t, "real/deep", at("down"))
	symlink(t, "python3", at("real/deep/python"))
	symlink(t, at("short/deep/python"), at("twice"))
	symlink(t, "down/../x", at("up")) // which is real/x, and not x
	symlink(t, "../down/python", at("real/back"))
	symlink(t, "round", at("round"))
	symlink(t, "nowhere/python", at("broken"))
	write(t, at("real/x"), "")
	write(t, at("x"), "")
	for _, name := range []string{"real/deep/python3", "real/deep/python", "twice", "up", "real/back", "round", "broken", "missing"} {
		f := newFinder(Options{})
		got, err := f.realFile(at(name))
		want, wantErr := filepath.EvalSymlinks(at(name))
		if (err == nil) != (wantErr == nil) || err == nil && got != want {
			t.Errorf("%s: %s (%v), want %s (%v)", name, got, err, want, wantErr)
		}
	}
	f := newFinder(Options{})
	for _, name := range []string{"short", "down", "real", "short/deep", "nowhere", "x/y"} {
		got, err := f.realFolder(at(name))
		want, wantErr := filepath.EvalSymlinks(at(name))
		if (err == nil) != (wantErr == nil) || err == nil && got != want {
			t.Errorf("%s: %s (%v), want %s (%v)", name, got, err, want, wantErr)
		}
	}
}

func FuzzStamp(f *testing.F) {
	f.Add("0 1 2 3 4 /a b")
	f.Add("18446744073709551615 1 -2 -3 4 ")
	f.Fuzz(func(t *testing.T, text string) {
		var s, again stamp
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		out, err := s.MarshalText()
		if err != nil || again.UnmarshalText(out) != nil || again != s {
			t.Errorf("%q: %+v, %q, %+v", text, s, out, again)
		}
	})
}
