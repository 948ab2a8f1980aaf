package merge

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// Entry is one file of a package.
type Entry struct {
	// Path is relative to the root of the package, with slashes.
	Path string
	Size int64
	Sum  [sha256.Size]byte
	Exec bool
	// Native says that the file is a binary as [Wheel.Binary] means it.
	Native bool
	// Owner names the distribution the file is of, "requests 2.32.3"; it is
	// empty for what axle adds.
	Owner string

	from *Wheel         // copied from here still compressed, or
	raw  archive.Member //
	data []byte         // made anew
}

// WriteTo puts the entry into an archive.
func (e Entry) WriteTo(w *archive.Writer) error {
	mode := archiveMode(e.Exec)
	if e.from != nil {
		return w.CopyRaw(e.from.reader, e.raw, e.Path, mode)
	}
	return w.Add(e.Path, mode, e.data)
}

// Folder names of a package.
const (
	binFolder     = "bin"
	includeFolder = "include"
)

// layout is how the files of one or more distributions lie in one folder.
type layout struct {
	python2  bool // the package serves Python 2 only
	windows  bool // it serves Windows, too
	trim     *trimmer
	entries  []Entry
	problems fault.List
}

// Layout lays the files of wheels out in one folder, sorted by path, as a
// package for these targets has them. What cannot be is reported all at once:
// a [ClashError], and members that have no place. What was trimmed is told by
// kind.
func Layout(wheels []*Wheel, targets []target.Target) ([]Entry, []Trimmed, error) {
	entries, trimmed, err := layOut(wheels, targets)
	if err != nil {
		return nil, nil, err
	}
	entries, err = unite(entries)
	return entries, trimmed, err
}

func layOut(wheels []*Wheel, targets []target.Target) ([]Entry, []Trimmed, error) {
	l := layout{python2: len(targets) > 0, trim: newTrimmer(wheels)}
	for _, t := range targets {
		l.python2 = l.python2 && t.Python.Major == 2
		l.windows = l.windows || t.Platform.Family == target.Windows
	}
	for _, w := range wheels {
		l.distribution(w)
	}
	return l.entries, l.trim.sum(l.entries), l.problems.Err()
}

// distribution adds the files of one wheel.
func (l *layout) distribution(w *Wheel) {
	first := len(l.entries)
	natives := map[string]bool{}
	for _, b := range w.Binaries {
		natives[b.Name] = w.loads(b)
	}
	unchanged := w.Whole && len(w.Scripts) == 0
	for _, m := range w.Members {
		if isRecord(w.DistInfo, m.Name) {
			continue
		}
		path, err := w.place(m.Name)
		if err != nil {
			l.problems = append(l.problems, err)
		}
		unchanged = unchanged && path == m.Name
		if path == "" {
			continue
		}
		e := Entry{Path: path, Size: m.Size, Sum: m.Sum, Exec: m.Exec, Native: natives[m.Name], Owner: w.String(), from: w}
		e.raw, _ = w.reader.Member(m.Name)
		if l.trim.drops(w, e) {
			unchanged = false
			continue
		}
		if m.Kind != NoScript {
			l.rewrite(&e, m)
		}
		l.entries = append(l.entries, e)
	}
	for _, s := range w.Scripts {
		l.script(w, s)
	}
	l.record(w, first, unchanged)
}

// place gives the path of a member in the package, "" for one that is left out.
func (w *Wheel) place(name string) (string, error) {
	if file, ok := strings.CutPrefix(name, w.DistInfo+"/"); ok {
		if slices.Contains(leftOut, file) {
			return "", nil
		}
		return name, nil
	}
	if isCache(name) {
		return "", nil
	}
	scheme, rest, ok := dataScheme(name)
	if !ok {
		return name, nil
	}
	switch scheme {
	case "purelib", "platlib", "data":
		return rest, nil
	case "headers":
		return includeFolder + "/" + string(w.File.Filename.Name) + "/" + rest, nil
	case "scripts":
		if w.made(rest) {
			return "", nil
		}
		return binFolder + "/" + rest, nil
	}
	return "", fault.New(fault.BadInput, fmt.Sprintf("%s: %s: there is no place for the data scheme %q", w.File.Filename.Text, name, scheme))
}

// leftOut are the files of a .dist-info folder that an installer writes or
// that an edited RECORD makes untrue.
var leftOut = []string{"RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"}

// isCache says whether a file is byte code beside its source.
func isCache(name string) bool {
	folder, file, _ := cutLast(name, "/")
	return strings.HasSuffix(file, ".pyc") && (folder == "__pycache__" || strings.HasSuffix(folder, "/__pycache__"))
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// dataScheme parts the name of a member below a .data folder.
func dataScheme(name string) (scheme, rest string, ok bool) {
	folder, below, ok := strings.Cut(name, "/")
	if !ok || !strings.HasSuffix(folder, ".data") {
		return "", "", false
	}
	scheme, rest, _ = strings.Cut(below, "/")
	return scheme, rest, true
}

// made says whether a file of .data/scripts is one that is made again: the
// wrapper of an entry point, as old tools put it into wheels.
func (w *Wheel) made(script string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(script, ".exe"), ".pyw")
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".py"), "-script")
	return slices.ContainsFunc(w.Scripts, func(s Script) bool { return s.Name == script || s.Name == base && base != script })
}

// rewrite makes a Python script of .data/scripts portable: the script itself
// goes to the side, and what runs it takes its place.
func (l *layout) rewrite(e *Entry, m Member) {
	data, err := e.from.reader.ReadFile(m.Name)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	script := Entry{Path: e.Path + brought, Owner: e.Owner}
	script.set(portable(data))
	e.set(runnerScript(script.Path, l.python2))
	e.Exec = true
	l.entries = append(l.entries, script)
	l.command(*e, m.Kind == PythonGUI)
}

// set makes the entry one with data of its own.
func (e *Entry) set(data []byte) {
	e.from, e.data = nil, data
	e.Size, e.Sum = int64(len(data)), sha256.Sum256(data)
}

// script adds the script of an entry point.
func (l *layout) script(w *Wheel, s Script) {
	e := Entry{Path: binFolder + "/" + s.Name, Exec: true, Owner: w.String()}
	e.set(entryScript(s, l.python2))
	l.entries = append(l.entries, e)
	l.command(e, s.GUI)
}

// command adds what starts a Python script on Windows.
func (l *layout) command(script Entry, gui bool) {
	if !l.windows {
		return
	}
	e := Entry{Path: script.Path + ".cmd", Owner: script.Owner}
	e.set(commandFile(script.Path, gui))
	l.entries = append(l.entries, e)
}

// record adds the RECORD of a distribution: the one it came with when that is
// still true, else one of the files that are there now.
func (l *layout) record(w *Wheel, first int, unchanged bool) {
	path := w.DistInfo + "/RECORD"
	e := Entry{Path: path, Owner: w.String()}
	if i, ok := slices.BinarySearchFunc(w.Members, path, func(m Member, s string) int { return strings.Compare(m.Name, s) }); ok && unchanged {
		e.from, e.Size, e.Sum = w, w.Members[i].Size, w.Members[i].Sum
		e.raw, _ = w.reader.Member(path)
	} else {
		e.set(recordOf(l.entries[first:], path))
	}
	l.entries = append(l.entries, e)
}

func recordOf(entries []Entry, path string) []byte {
	record := make(wheel.Record, 0, len(entries)+1)
	for _, e := range entries {
		record = append(record, wheel.RecordEntry{Path: e.Path, Hash: wheel.SHA256(e.Sum), Size: e.Size})
	}
	return append(record, wheel.RecordEntry{Path: path, Size: -1}).Marshal()
}

func sortEntries(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
}

// equal says whether two entries are the same file.
func (e Entry) equal(o Entry) bool {
	return e.Size == o.Size && bytes.Equal(e.Sum[:], o.Sum[:])
}
