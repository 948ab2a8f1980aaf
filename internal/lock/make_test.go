package lock

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

var update = flag.Bool("update", false, "write golden files anew")

// catalog says of wheels what tests need beside their names: Requires-Python,
// and after it the requirements, all separated by " | ". "@" begins a path or
// an address in place of that of the index.
type catalog map[string]string

const testIndex = "https://index.test/simple/"

// makeLock makes the lock of some targets ("cp39@win_amd64 cp310@win_amd64") by the
// wheels they get.
func makeLock(t testing.TB, c catalog, roots []string, sets map[string][]string) (Lock, Asked) {
	t.Helper()
	rec := Record{Asked: Asked{Requirements: roots}}
	var l Lock
	for _, names := range sortedKeys(sets) {
		for name := range strings.FieldsSeq(names) {
			tg := mustTarget(t, name)
			if sets[names] == nil {
				l.Failures = append(l.Failures, Failure{tg, caused{fault.New(fault.Resolution, "kiln: nothing for "+name, "try another")}})
				continue
			}
			s := Solution{Target: tg}
			requires := map[pep508.Name][]pep508.Requirement{}
			for _, file := range sets[names] {
				if note, ok := strings.CutPrefix(file, "note: "); ok {
					s.Notes = append(s.Notes, note)
					continue
				}
				pin, needs := makePin(t, file, c[file])
				requires[pin.Project] = needs
				s.Pins = append(s.Pins, pin)
			}
			slices.SortFunc(s.Pins, func(p, q Pin) int { return cmp.Compare(p.Project, q.Project) })
			relate(&s, rec.roots().of(tg), requires)
			l.Solutions = append(l.Solutions, s)
		}
	}
	slices.SortFunc(l.Solutions, func(a, b Solution) int { return a.Target.Compare(b.Target) })
	slices.SortFunc(l.Failures, func(a, b Failure) int { return a.Target.Compare(b.Target) })
	return l, rec.Asked
}

func makePin(t testing.TB, file, facts string) (Pin, []pep508.Requirement) {
	t.Helper()
	name, err := wheel.ParseFilename(file)
	if sdist, sdistErr := wheel.ParseSdist(file, ""); sdistErr == nil {
		name, err = wheel.Filename{Text: file, Name: sdist.Name, Version: sdist.Version}, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(file))
	pin := Pin{Project: name.Name, Version: name.Version, Index: testIndex, File: File{
		Filename: name, URL: "https://files.index.test/" + file, SHA256: hex.EncodeToString(sum[:]), Size: int64(1000 + len(file)),
		UploadTime: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	}}
	var requires []pep508.Requirement
	for i, text := range strings.Split(facts, " | ") {
		switch {
		case strings.HasPrefix(text, "@https:"):
			pin.File.URL, pin.Index, pin.File.Size = text[1:], "", 0
		case strings.HasPrefix(text, "@"):
			pin.File.URL, pin.File.Path, pin.Index = "", filepath.FromSlash(text[1:]), ""
			pin.File.UploadTime = time.Time{}
		case i == 0:
			pin.RequiresPython = pep440.MustParseSpecifierSet(text)
		default:
			r, err := pep508.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			requires = append(requires, r)
		}
	}
	return pin, sortRequirements(requires)
}

func mustTarget(t testing.TB, s string) target.Target {
	t.Helper()
	tg, err := target.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return tg
}

// same compares locks, documents and parts of them by their values and texts.
func same(a, b any) string {
	return gocmp.Diff(a, b, cmpopts.EquateEmpty(),
		gocmp.Comparer(func(v, w pep440.Version) bool { return v.String() == w.String() }),
		gocmp.Comparer(func(v, w pep440.SpecifierSet) bool { return v.String() == w.String() }),
		gocmp.Comparer(func(v, w pep508.Marker) bool { return v.String() == w.String() }),
		gocmp.Comparer(func(v, w pep508.Requirement) bool { return v.String() == w.String() }),
		gocmp.Comparer(func(v, w Failure) bool {
			return v.Target == w.Target && v.Err.Error() == w.Err.Error() && fault.ExitCode(v.Err) == fault.ExitCode(w.Err) &&
				slices.Equal(fault.Hints(v.Err), fault.Hints(w.Err))
		}),
	)
}

// mustMarshal writes a lock and reads it again; both ways nothing is lost.
func mustMarshal(t testing.TB, l Lock, a Asked, dir string) ([]byte, Document) {
	t.Helper()
	d, notes, err := NewDocument(l, a, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		t.Log(n)
	}
	data, err := d.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, warnings, err := Parse(Filename, data)
	if err != nil || len(warnings) > 0 || read.Damage != nil {
		t.Fatalf("%v %v %v\n%s", err, warnings, read.Damage, data)
	}
	if diff := same(d, read); diff != "" {
		t.Fatalf("the document read is not the one written:\n%s\n%s", diff, data)
	}
	back, err := read.Lock(dir, targetsOf(l))
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(l, back); diff != "" {
		t.Fatalf("the lock read is not the one written:\n%s\n%s", diff, data)
	}
	return data, read
}

// caused is an error that knows its causes, as those of the resolver.
type caused struct{ error }

func (c caused) Unwrap() error { return c.error }

func (caused) Causes() []Cause {
	return []Cause{{
		Kind: "no-wheel", Projects: []string{"kiln", "oven"}, Requirements: []string{"requirements.txt:1 requires oven", "oven 1.0 requires kiln>=2"},
		Newest: "kiln 1.0", Source: "kiln 2.0", Build: "--build-sdists=kiln",
	}, {Kind: "conflict"}}
}
