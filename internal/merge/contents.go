package merge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/native"
	"github.com/axlepack/axle/internal/wheel"
)

// Contents is what is known of a wheel's inside. It depends on the bytes of
// the wheel alone, not on its name, so that it can be remembered under their digest.
type Contents struct {
	// DistInfo is the name of the .dist-info folder.
	DistInfo string
	// Purelib is Root-Is-Purelib.
	Purelib bool
	// Whole says that RECORD names every file with its SHA-256: then it can
	// be copied as it is.
	Whole bool
	// Scripts are the console and gui scripts.
	Scripts []Script
	// Binaries are the ELF, Mach-O and PE files, in order of Members.
	Binaries []native.Facts
	// Findings are oddities that do not stop a build: files that RECORD does
	// not name, files that are not there, hashes that are no use.
	Findings []string
	// Members are the files, sorted by name.
	Members []Member
}

// Script is an entry point for which a script is made.
type Script struct {
	Name, Value, Module, Attr string
	GUI                       bool
}

// Member is one file of a wheel, as its bytes are, not as RECORD says.
type Member struct {
	Name string
	Size int64
	Sum  [sha256.Size]byte
	Exec bool
	// Kind is what a file of .data/scripts is run by.
	Kind ScriptKind
}

// ScriptKind tells Python scripts from other files.
type ScriptKind byte

// The kinds of files in .data/scripts; files elsewhere are NoScript.
const (
	NoScript  ScriptKind = '-'
	Python    ScriptKind = 'p'
	PythonGUI ScriptKind = 'w' // without a console
)

// inspect reads a wheel whole and holds RECORD against it. The name of the
// file serves to tell its own dist-info folder from others, and for errors.
func inspect(ctx context.Context, r *archive.Reader, f wheel.Filename) (*Contents, error) {
	c := &Contents{}
	names := r.Names()
	dir, err := wheel.DistInfo(names, f)
	if err != nil {
		return nil, err
	}
	c.DistInfo = dir
	record, err := c.documents(r, f)
	if err != nil {
		return nil, err
	}
	check := newRecordCheck(f.Text, dir, record)
	for _, m := range r.Members() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := c.member(r, m, check); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(c.Members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Binaries, func(a, b native.Facts) int { return strings.Compare(a.Name, b.Name) })
	odd, whole := check.rest()
	c.Findings, c.Whole = append(c.Findings, odd...), whole
	return c, check.problems.Err()
}

// documents reads the files of the .dist-info folder, and gives RECORD.
func (c *Contents) documents(r *archive.Reader, f wheel.Filename) (record wheel.Record, err error) {
	for _, file := range []struct {
		name  string
		parse func([]byte) error
	}{
		{"WHEEL", func(data []byte) error {
			info, err := wheel.ParseInfo(data)
			c.Purelib = info.RootIsPurelib
			return err
		}},
		{"METADATA", func(data []byte) error { return checkIdentity(data, f) }},
		{"entry_points.txt", c.setScripts},
		{"RECORD", func(data []byte) (err error) {
			record, err = wheel.ParseRecord(data)
			return err
		}},
	} {
		data, err := r.ReadFile(c.DistInfo + "/" + file.name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && file.name == "entry_points.txt":
			continue
		case errors.Is(err, fs.ErrNotExist):
			return nil, fault.Errorf(fault.BadInput, "%s: has no %s/%s, so this is no wheel", f.Text, c.DistInfo, file.name)
		case err == nil:
			err = file.parse(data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Text, err)
		}
	}
	return record, nil
}

// checkIdentity holds METADATA against the name of the file.
func checkIdentity(data []byte, f wheel.Filename) error {
	m, err := wheel.ParseMetadata(data)
	if err == nil && (m.Name != f.Name || !m.Version.Equal(f.Version)) {
		err = fault.Errorf(fault.BadInput, "METADATA is that of %s %s", m.Name, m.Version)
	}
	return err
}

func (c *Contents) setScripts(data []byte) error {
	points, err := wheel.ParseEntryPoints(data)
	if err != nil {
		return err
	}
	console := points.Console()
	for i, e := range append(console, points.GUI()...) {
		if err := checkEntry(e); err != nil {
			return err
		}
		c.Scripts = append(c.Scripts, Script{e.Name, e.Value, e.Module, e.Attr, i >= len(console)})
	}
	return nil
}

// member reads one file.
func (c *Contents) member(r *archive.Reader, m archive.Member, check *recordCheck) error {
	in, err := r.Open(m.Name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	sums := newSums(check.wanted(m.Name))
	tee := io.TeeReader(in, sums)
	head := make([]byte, min(m.Size, scriptHead))
	if _, err := io.ReadFull(tee, head); err != nil {
		return err
	}
	if native.Magic(head) {
		err = c.binary(m, head, tee)
	} else {
		_, err = io.Copy(io.Discard, tee)
	}
	if err != nil {
		return err
	}
	check.file(m, sums)
	c.Members = append(c.Members, Member{
		Name: m.Name, Size: m.Size, Sum: sums.sha256(), Exec: m.Mode&0o111 != 0, Kind: scriptKind(m.Name, head),
	})
	return nil
}

// binary notes what a native file says of itself. A file that only looks like
// one is data.
func (c *Contents) binary(m archive.Member, head []byte, rest io.Reader) error {
	at, done, err := archive.Spool(m.Size, io.MultiReader(bytes.NewReader(head), rest))
	if err != nil {
		return err
	}
	defer done()
	facts, ok, err := native.Inspect(m.Name, at, m.Size)
	if ok {
		c.Binaries = append(c.Binaries, facts)
	}
	if err != nil {
		c.Findings = append(c.Findings, err.Error())
	}
	return nil
}

func scriptKind(name string, head []byte) ScriptKind {
	scheme, script, ok := dataScheme(name)
	if !ok || scheme != "scripts" || strings.Contains(script, "/") {
		return NoScript // what lies deeper is data: no installer makes a command of it
	}
	switch script, gui := isPythonScript(head); {
	case gui:
		return PythonGUI
	case script:
		return Python
	}
	return NoScript
}

// sums computes the digests of a file that RECORD may be held against.
type sums struct {
	io.Writer
	main  hash.Hash
	other hash.Hash // nil where RECORD has SHA-256, or nothing that is known
}

func newSums(algorithm string) *sums {
	s := &sums{main: sha256.New()}
	s.Writer = s.main
	switch algorithm {
	case "sha384":
		s.other = sha512.New384()
	case "sha512":
		s.other = sha512.New()
	}
	if s.other != nil {
		s.Writer = io.MultiWriter(s.main, s.other)
	}
	return s
}

func (s *sums) sha256() (sum [sha256.Size]byte) {
	s.main.Sum(sum[:0])
	return sum
}

// agrees compares with an entry of RECORD. known is false when its hash is of
// a kind that proves nothing.
func (s *sums) agrees(h wheel.Hash) (same, known bool) {
	switch {
	case h.Algorithm == "sha256":
		return h == wheel.SHA256(s.sha256()), true
	case s.other != nil:
		return h.Digest == base64.RawURLEncoding.EncodeToString(s.other.Sum(nil)), true
	}
	return false, false
}

// recordCheck holds RECORD against the files, one after the other.
type recordCheck struct {
	wheel, dir string
	left       map[string]wheel.RecordEntry
	whole      bool
	findings   []string
	problems   fault.List
}

func newRecordCheck(name, dir string, record wheel.Record) *recordCheck {
	return &recordCheck{wheel: name, dir: dir, left: record.Map(), whole: true}
}

func (c *recordCheck) wanted(name string) (algorithm string) { return c.left[name].Hash.Algorithm }

func (c *recordCheck) file(m archive.Member, s *sums) {
	entry, listed := c.left[m.Name]
	delete(c.left, m.Name)
	if isRecord(c.dir, m.Name) {
		return
	}
	same, known := s.agrees(entry.Hash)
	switch {
	case !listed:
		c.odd("%s is not in RECORD", m.Name)
	case !known:
		c.odd("%s has no hash in RECORD that proves anything", m.Name)
	case !same, entry.Size >= 0 && entry.Size != m.Size:
		c.problems = append(c.problems, fault.New(fault.Mismatch, c.wheel+": "+m.Name+" is not what RECORD says",
			"the wheel was changed after it was made: fetch it again, or take another version"))
	case entry.Hash.Algorithm != "sha256" || entry.Size < 0:
		c.whole = false
	}
}

func (c *recordCheck) odd(format string, args ...any) {
	c.whole = false
	c.findings = append(c.findings, fmt.Sprintf(format, args...))
}

// rest tells what RECORD names and the wheel has not.
func (c *recordCheck) rest() (findings []string, whole bool) {
	for name := range c.left {
		if !isRecord(c.dir, name) && !strings.HasSuffix(name, "/") {
			c.odd("%s is in RECORD, but not in the wheel", name)
		}
	}
	slices.Sort(c.findings)
	return c.findings, c.whole
}

// isRecord says whether a file is RECORD or a signature of it, which cannot
// have a hash in it.
func isRecord(dir, name string) bool {
	file, ok := strings.CutPrefix(name, dir+"/")
	return ok && (file == "RECORD" || file == "RECORD.jws" || file == "RECORD.p7s")
}
