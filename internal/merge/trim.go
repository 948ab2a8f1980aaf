package merge

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// Trim says which files of the members are left out. The zero value leaves
// none out. See the package comment for what each kind is.
type Trim struct {
	Kinds []extension.TrimKind
	// Except are projects of which nothing is trimmed.
	Except []pep508.Name
	// Own are the texts of the extension's own modules by their path. What they
	// refer to stays.
	Own map[string][]byte
}

func (t Trim) has(kind extension.TrimKind) bool { return slices.Contains(t.Kinds, kind) }

// String is what is trimmed, for WHEEL: "tests, stubs; except cffi". It is
// empty where nothing is.
func (t Trim) String() string {
	if len(t.Kinds) == 0 {
		return ""
	}
	var kinds, except []string
	for _, k := range t.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, n := range t.Except {
		except = append(except, string(n))
	}
	text := strings.Join(kinds, ", ")
	if len(except) > 0 {
		slices.Sort(except)
		text += "; except " + strings.Join(slices.Compact(except), ", ")
	}
	return text
}

// Trimmed is what was left out of a kind. Bytes are those of the files, Packed
// what they took in the archive.
type Trimmed struct {
	Kind   extension.TrimKind `json:"kind"`
	Files  int                `json:"files"`
	Bytes  int64              `json:"bytes"`
	Packed int64              `json:"packed"`
}

// AddTrimmed adds what was left out of one package to what was of others, in
// the order of the kinds.
func AddTrimmed(sum, more []Trimmed) []Trimmed {
	var out []Trimmed
	for _, kind := range extension.TrimKinds() {
		total := Trimmed{Kind: kind}
		for _, t := range slices.Concat(sum, more) {
			if t.Kind == kind {
				total.Files, total.Bytes, total.Packed = total.Files+t.Files, total.Bytes+t.Bytes, total.Packed+t.Packed
			}
		}
		if total.Files > 0 {
			out = append(out, total)
		}
	}
	return out
}

// trimmer decides for the files of one package. What refers to a file may lie
// in another distribution, or in the extension itself.
type trimmer struct {
	Trim
	files map[string]bool   // all files of the package
	units map[string]string // the folder of tests, or conftest.py, that a file is of
	kept  map[string]bool   // units that something refers to
	// told is what the files that stay say, of each wheel, of stubs, Cython
	// declarations, headers and static libraries.
	told map[string]bool
	out  map[string]Trimmed // by path: wheels may bring a file twice
}

func newTrimmer(wheels []*Wheel) *trimmer {
	if len(wheels) == 0 || wheels[0].trim == nil || len(wheels[0].trim.Kinds) == 0 {
		return nil
	}
	t := &trimmer{Trim: *wheels[0].trim, files: map[string]bool{}, units: map[string]string{}, kept: map[string]bool{}, told: map[string]bool{}, out: map[string]Trimmed{}}
	for _, w := range wheels {
		for _, m := range w.Members {
			if at, err := w.place(m.Name); err == nil && at != "" {
				t.files[at] = true
			}
		}
	}
	if t.has(extension.TrimTests) {
		t.findUnits()
	}
	var mentions []mention
	for _, w := range wheels {
		mentions = append(mentions, w.traits.Mentions...)
	}
	own := traits{}
	for file, text := range t.Own {
		own.read(file, text, false)
	}
	t.keep(append(mentions, own.Mentions...))
	for _, w := range wheels {
		t.listen(w)
	}
	return t
}

// findUnits finds what may be trimmed as tests: a folder tests or test right
// inside of a Python package, with files named as test runners find them, and
// a conftest.py inside of a package.
func (t *trimmer) findUnits() {
	real := map[string]bool{}
	for file := range t.files {
		unit := t.unitOf(file)
		if unit == "" {
			continue
		}
		t.units[file] = unit
		base := path.Base(file)
		real[unit] = real[unit] || base == conftest+".py" ||
			strings.HasSuffix(base, ".py") && (strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py"))
	}
	for file, unit := range t.units {
		if !real[unit] {
			delete(t.units, file)
		}
	}
}

// unitOf is the outermost folder of tests above a file, or the conftest.py that
// it is.
func (t *trimmer) unitOf(file string) string {
	if isKeptFolder(file) {
		return ""
	}
	parts := strings.Split(file, "/")
	for i := 1; i < len(parts)-1; i++ {
		if isTestFolder(parts[i]) && t.isPackage(parts[:i]) {
			return strings.Join(parts[:i+1], "/")
		}
	}
	if n := len(parts) - 1; n > 0 && parts[n] == conftest+".py" && t.isPackage(parts[:n]) {
		return file
	}
	return ""
}

func (t *trimmer) isPackage(folder []string) bool {
	return t.files[strings.Join(folder, "/")+"/__init__.py"]
}

// isKeptFolder says whether a file lies in a folder that is never touched:
// metadata, of vendored distributions too, and shared libraries.
func isKeptFolder(file string) bool {
	for folder := range strings.SplitSeq(path.Dir(file), "/") {
		for _, end := range []string{".dist-info", ".egg-info", ".libs", ".dylibs"} {
			if strings.HasSuffix(folder, end) {
				return true
			}
		}
	}
	return false
}

// keep finds the tests that something refers to which stays: code outside of
// tests, or in tests that stay.
func (t *trimmer) keep(mentions []mention) {
	byPath := map[string][]string{} // units by their path and by its ends
	for _, unit := range t.units {
		name := strings.TrimSuffix(unit, ".py")
		if byPath[name] != nil {
			continue
		}
		byPath[name] = append(byPath[name], unit)
		for rest := name; strings.Count(rest, "/") > 1; {
			_, rest, _ = strings.Cut(rest, "/")
			byPath["/"+rest] = append(byPath["/"+rest], unit)
		}
	}
	for again := true; again; {
		again = false
		for _, m := range mentions {
			from := t.units[m.File]
			if from != "" && !t.kept[from] {
				continue
			}
			for _, unit := range m.refersTo(byPath) {
				if unit != from && !t.kept[unit] {
					t.kept[unit], again = true, true
				}
			}
		}
	}
}

// refersTo gives the units that a mention may mean.
func (m mention) refersTo(units map[string][]string) []string {
	folder := path.Dir(m.File)
	setup := path.Base(m.File) == "setup.py" // it lists folders for building, which is done
	switch m.Kind {
	case namesModule:
		up := len(m.Text) - len(strings.TrimLeft(m.Text, "."))
		name := strings.ReplaceAll(m.Text[up:], ".", "/")
		if up == 0 {
			return append(slices.Clone(units[name]), units["/"+name]...)
		}
		for ; up > 1; up-- {
			folder = path.Dir(folder)
		}
		return units[path.Join(folder, name)]
	case namesBeside:
		if !setup {
			return units[path.Join(folder, m.Text)]
		}
	case namesPath:
		var all []string
		for !setup {
			all = append(all, units[path.Join(folder, m.Text)]...)
			if folder == "." || folder == "/" {
				break
			}
			folder = path.Dir(folder)
		}
		return all
	}
	return nil
}

// listen notes what the files of a wheel that stay say of stubs and headers.
func (t *trimmer) listen(w *Wheel) {
	for _, m := range w.traits.Mentions {
		if unit := t.units[m.File]; unit == "" || t.kept[unit] {
			t.told[told(w, m.Kind, m.Text)] = true
		}
	}
	for _, file := range w.traits.Archives {
		t.told[told(w, 0, file)] = true
	}
}

func told(w *Wheel, kind mentionKind, text string) string {
	return string(w.File.Filename.Name) + string(rune(kind)) + text
}

// kindOf says as what a file of a wheel is trimmed; "" for one that stays.
func (t *trimmer) kindOf(w *Wheel, file string) extension.TrimKind {
	if isKeptFolder(file) || slices.Contains(t.Except, w.File.Filename.Name) {
		return ""
	}
	unit := t.units[file]
	source, compiled := strings.CutSuffix(file, ".pyc")
	if !compiled {
		source, compiled = strings.CutSuffix(file, ".pyo")
	}
	switch {
	case unit != "" && !t.kept[unit]:
		return extension.TrimTests
	case t.has(extension.TrimStubs) && isStub(file) && !t.told[told(w, readsStubs, "")]:
		return extension.TrimStubs
	case t.has(extension.TrimHeaders) && isHeader(file) && !t.told[told(w, namesHeader, path.Base(file))] && !(isCython(file) && t.told[told(w, readsCython, "")]):
		return extension.TrimHeaders
	case t.has(extension.TrimStaticLibs) && t.told[told(w, 0, file)]:
		return extension.TrimStaticLibs
	case t.has(extension.TrimByteCode) && compiled && t.files[source+".py"]:
		return extension.TrimByteCode
	}
	return ""
}

// drops says whether a file is left out, and counts it. Without a trimmer all
// stay.
func (t *trimmer) drops(w *Wheel, e Entry) bool {
	if t == nil {
		return false
	}
	kind := t.kindOf(w, e.Path)
	if kind == "" {
		return false
	}
	t.out[e.Path] = Trimmed{Kind: kind, Files: 1, Bytes: e.Size, Packed: e.raw.CompressedSize}
	return true
}

// sum is what was left out, by kind. A file that another distribution brings too,
// of which nothing is trimmed, is still there.
func (t *trimmer) sum(entries []Entry) []Trimmed {
	if t == nil {
		return nil
	}
	for _, e := range entries {
		delete(t.out, e.Path)
	}
	var all []Trimmed
	for _, one := range t.out {
		all = append(all, one)
	}
	return AddTrimmed(all, nil)
}

// WouldTrim says what of these pins would be left out that is not yet.
func (w *Wheels) WouldTrim(ctx context.Context, pins []lock.Pin, trim Trim) ([]Trimmed, error) {
	var list []*Wheel
	for _, pin := range pins {
		one, ok := w.Wheel(pin.File)
		if !ok {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		again := *one
		again.trim = &trim
		if again.traits == nil {
			if err := again.learnTraits(nil); err != nil {
				return nil, err
			}
		}
		list = append(list, &again)
	}
	_, trimmed, err := layOut(list, nil)
	return trimmed, err
}

// Owners names the distribution of each file of a package, "requests 2.32.3".
func (w *Wheels) Owners(p Package) (map[string]string, error) {
	members, err := w.members(p)
	if err != nil {
		return nil, err
	}
	entries, _, err := Layout(members, p.Targets)
	owners := make(map[string]string, len(entries))
	for _, e := range entries {
		owners[e.Path] = e.Owner
	}
	return owners, err
}
