package selector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
)

// Symptom is one thing that [Examine] looked at.
type Symptom struct {
	// Check is what was looked at: "root", "space", "clock", "leftovers",
	// "deployment", "interpreter" or "lock".
	Check string `json:"check"`
	// Subject is a deployment or a folder, "" for the root as a whole.
	Subject string `json:"subject,omitempty"`
	// Text says what was found.
	Text string `json:"text"`
	// Level is "ok", "note", "fixed" or "problem".
	Level string `json:"level"`

	err error
}

// Levels of findings.
const (
	LevelOK      = "ok"
	LevelNote    = "note"
	LevelFixed   = "fixed"
	LevelProblem = "problem"
)

// Bounds for what is worth telling.
const (
	littleSpace = 256 << 20       // bytes
	clockSkew   = 5 * time.Second // between the system and the root's file system
)

// Err is the error of a problem, with its hints, and nil for the others.
func (f Symptom) Err() error { return f.err }

// Examine looks at a root folder and all that is deployed in it: whether it can
// be written, how much room there is, whether the clock can be believed, what
// killed operations left, whether deployments are whole and have their
// interpreters, and who holds locks. Files are compared by size; [Verify] reads
// them. With fix, what is half done is removed. The error is for what could not be
// looked at.
func Examine(ctx context.Context, root string, now time.Time, fix bool) ([]Symptom, error) {
	s, err := deployments.At(root)
	if err != nil {
		return nil, err
	}
	e := examination{store: s, now: now, fix: fix}
	health := s.Health()
	if !health.Exists {
		e.note("root", "", s.Root()+": nothing was deployed here yet")
		return e.found, nil
	}
	e.root(health)
	if err := e.leftovers(ctx); err != nil {
		return e.found, err
	}
	if err := e.deployments(); err != nil {
		return e.found, err
	}
	return e.found, e.locks()
}

type examination struct {
	store *deployments.Store
	now   time.Time
	fix   bool
	found []Symptom
}

func (e *examination) add(check, subject, level, text string, err error) {
	e.found = append(e.found, Symptom{Check: check, Subject: subject, Level: level, Text: text, err: err})
}

func (e *examination) ok(check, subject, text string)   { e.add(check, subject, LevelOK, text, nil) }
func (e *examination) note(check, subject, text string) { e.add(check, subject, LevelNote, text, nil) }
func (e *examination) problem(check, subject string, err error) {
	e.add(check, subject, LevelProblem, err.Error(), err)
}

func (e *examination) root(h deployments.Health) {
	root := e.store.Root()
	if h.Writable != nil {
		e.problem("root", "", h.Writable)
	} else {
		e.ok("root", "", root+": it can be written")
	}
	switch {
	case h.Free < 0:
	case h.Free < littleSpace:
		e.problem("space", "", fault.New(fault.Internal, fmt.Sprintf("%s: there are %d MiB left on its disk", root, h.Free>>20), "make room, with axle prune --keep 2 or otherwise"))
	default:
		e.ok("space", "", freeSpace(h.Free)+" are free")
	}
	switch skew := h.Skew.Abs(); {
	case h.Writable != nil:
	case skew > clockSkew:
		e.problem("clock", "", fault.New(fault.Internal, fmt.Sprintf("the clock of the file system of %s is %s away from the system's", root, skew.Round(time.Second)),
			"set the clocks, or byte code may be taken for outdated"))
	default:
		e.ok("clock", "", "the clocks of the system and of its file system agree")
	}
}

func (e *examination) leftovers(ctx context.Context) error {
	g, err := e.store.Collect(ctx, !e.fix)
	if err != nil {
		return err
	}
	level := LevelNote
	hint := "; remove it with: axle doctor --fix"
	if e.fix {
		level, hint = LevelFixed, "; it was removed"
	}
	if g.Staged > 0 {
		e.add("leftovers", "", level, fmt.Sprintf("%d operations were killed and left something%s", g.Staged, hint), nil)
	}
	for _, folder := range g.Packages {
		e.add("leftovers", folder, level, "no deployment has this package"+hint, nil)
	}
	if g.Staged == 0 && len(g.Packages) == 0 {
		e.ok("leftovers", "", "nothing half done lies about")
	}
	return nil
}

// deployments looks at every deployment; a package of several is looked at
// once.
func (e *examination) deployments() error {
	folders, err := e.store.Folders()
	if err != nil {
		return err
	}
	packages := map[string][]deployments.Damage{}
	for _, name := range folders {
		states, err := e.store.All(name)
		if fault.ExitCode(err) == fault.NotFound {
			continue // an empty folder
		}
		if err != nil {
			return err
		}
		if !states[0].Current {
			e.problem("deployment", name, fault.New(fault.NotFound, name+": none of its deployments is current",
				"make the latest so: axle rollback "+name, "or remove them: axle remove "+name))
		}
		for _, st := range states {
			e.deployment(st, packages)
		}
	}
	return nil
}

func (e *examination) deployment(st deployments.State, packages map[string][]deployments.Damage) {
	subject := st.Name + " " + st.ID
	if st.Err != nil {
		e.problem("deployment", subject, fault.New(fault.NotFound, subject+": it is damaged: "+st.Err.Error(), "deploy its zip again: axle deploy ZIP"))
		return
	}
	if st.Since.After(e.now.Add(time.Minute)) {
		e.note("clock", subject, fmt.Sprintf("it was deployed at %s, which is in the future: the clock was set back", st.Since.Format(time.RFC3339)))
	}
	d := Deployment{Root: e.store.Root(), Record: st.Record}
	if err := ready(d); fault.ExitCode(err) == fault.NoInterpreter {
		if !st.Current {
			e.note("interpreter", subject, err.Error())
		} else {
			e.problem("interpreter", subject, err)
		}
	}
	damaged := 0
	for _, rel := range append([]string{"e/" + st.Name + "/" + st.ID, st.Record.Starter}, folderOf(st.Record)...) {
		if _, seen := packages[rel]; !seen {
			damage, err := e.store.Check(rel, deployments.Sizes, nil)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				e.problem("deployment", subject, err)
			}
			packages[rel] = withoutForeign(damage)
		}
		damaged += len(packages[rel])
	}
	if damaged > 0 {
		e.problem("deployment", subject, fault.New(fault.Mismatch, fmt.Sprintf("%s: %d of its files are missing or changed", subject, damaged),
			"repair it with: axle verify --repair "+st.Name+"=="+st.ID))
		return
	}
	e.ok("deployment", subject, "it is whole")
}

func folderOf(rec deployments.Record) []string {
	if rec.Package == nil {
		return nil
	}
	return []string{rec.Package.Folder}
}

func (e *examination) locks() error {
	held, err := e.store.Holders()
	for _, h := range held {
		by := ""
		if len(h.PIDs) > 0 {
			by = fmt.Sprintf(", process %d", h.PIDs[0])
			for _, pid := range h.PIDs[1:] {
				by += fmt.Sprintf(", %d", pid)
			}
		}
		e.note("lock", h.Subject, h.What+by)
	}
	return err
}

// freeSpace is bytes of a disk as a person reads them.
func freeSpace(bytes int64) string {
	if bytes >= 10<<30 {
		return fmt.Sprintf("%d GiB", bytes>>30)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
