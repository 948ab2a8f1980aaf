package lock_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/peer"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/resolve"
	"github.com/axlepack/axle/internal/target"
)

// recordedSet is a real requirement set of the corpus.
type recordedSet struct {
	Name         string    `json:"name"`
	Requirements []string  `json:"requirements"`
	Cutoff       time.Time `json:"cutoff"`
	Targets      []struct {
		Target string `json:"target"`
		Python string `json:"python"`
	} `json:"targets"`
}

// eachRecorded resolves the real sets for all their targets, with shared files
// and versions.
func eachRecorded(t *testing.T, do func(*testing.T, lock.Lock, lock.Asked)) {
	files := conformance.Files(t, "resolver/targets", "*.json")
	server := indextest.Replay(t, conformance.Path(t, "resolver/index.zip"))
	client, err := index.New(index.Config{Indexes: []index.Index{{URL: server.URL + "/simple/"}}}, index.ClientOptions{Transport: server.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var set recordedSet
		if err := json.Unmarshal(data, &set); err != nil {
			t.Fatal(err)
		}
		t.Run(set.Name, func(t *testing.T) {
			request, asked := set.request(t)
			result, err := resolve.Resolve(context.Background(), client, request, resolve.Options{ExcludeNewer: set.Cutoff})
			if err != nil {
				t.Fatal(err)
			}
			do(t, lock.Lock(result), asked)
		})
	}
}

func (s recordedSet) request(t *testing.T) (resolve.Request, lock.Asked) {
	var r resolve.Request
	var a lock.Asked
	for _, text := range s.Requirements {
		q, err := pep508.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		r.Requirements = append(r.Requirements, resolve.Requirement{Requirement: q, Origin: "requirements.txt"})
		a.Requirements = append(a.Requirements, lock.RequirementText(q, nil))
	}
	for _, c := range s.Targets {
		parts := strings.SplitN(c.Python, ".", 3)
		at, err := target.Parse(parts[0] + "." + parts[1] + "@" + c.Target)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(r.Targets, at) {
			r.Targets = append(r.Targets, at)
		}
	}
	slices.SortFunc(r.Targets, target.Target.Compare)
	if os.Getenv("AXLE_REAL") != "1" { // a third of them shows it, in a tenth of the time
		all := r.Targets
		r.Targets = nil
		for i := 0; i < len(all); i += 3 {
			r.Targets = append(r.Targets, all[i])
		}
	}
	return r, a
}

// TestConformanceRecordedLocks locks real sets for their whole matrix: what is
// read back is what was resolved, to the last requirement, and what PEP 751
// selects for each target is what its pins are.
func TestConformanceRecordedLocks(t *testing.T) {
	eachRecorded(t, func(t *testing.T, l lock.Lock, a lock.Asked) {
		d, notes, err := lock.NewDocument(l, a, "/project")
		if err != nil {
			t.Fatal(err)
		}
		data, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		read, warnings, err := lock.Parse(lock.Filename, data)
		if err != nil || len(warnings) > 0 || read.Damage != nil {
			t.Fatal(err, warnings, read.Damage)
		}
		if diff := lock.Same(d, read); diff != "" {
			t.Errorf("the document read is not the one written:\n%s", diff)
		}
		back, err := read.Lock("/project", lock.TargetsOf(l))
		if err != nil {
			t.Fatal(err)
		}
		asWritten(l)
		if diff := lock.Same(l, back); diff != "" {
			t.Errorf("the lock read is not the one written:\n%s", diff)
		}
		for _, n := range notes {
			t.Error(n)
		}
		t.Logf("%d targets, %d holes, %d packages, %d files, %d bytes", len(l.Solutions), len(l.Failures), len(d.Packages), len(l.Files()), len(data))
	})
}

// asWritten brings requirements into the order that a lock keeps them in, and takes
// away what it does not keep.
func asWritten(l lock.Lock) {
	for _, s := range l.Solutions {
		for i := range s.Pins {
			s.Pins[i].Licence = "" // which is not written
			list := s.Pins[i].Requires
			slices.SortFunc(list, func(a, b pep508.Requirement) int { return strings.Compare(a.String(), b.String()) })
			s.Pins[i].Requires = slices.CompactFunc(list, func(a, b pep508.Requirement) bool { return a.String() == b.String() })
		}
	}
}

// TestPackagingSelectsRecorded lets the reference implementation install the
// same sets.
func TestPackagingSelectsRecorded(t *testing.T) {
	python := filepath.Join(peer.Venv(t, "packaging>=26.3"), "python")
	eachRecorded(t, func(t *testing.T, l lock.Lock, a lock.Asked) {
		d, _, err := lock.NewDocument(l, a, "/project")
		if err != nil {
			t.Fatal(err)
		}
		data, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), lock.Filename)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		selected := lock.PackagingSelects(t, python, path, l)
		for _, s := range l.Solutions {
			var want []string
			for _, f := range (lock.Lock{Solutions: []lock.Solution{s}}).Files() {
				want = append(want, f.Filename.Text)
			}
			if got := selected[s.Target.String()]; got != strings.Join(want, " ") {
				t.Errorf("%s: packaging takes\n%s, want\n%s", s.Target, got, strings.Join(want, " "))
			}
		}
	})
}
