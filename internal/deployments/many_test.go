package deployments

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// TestThousand: a root with a thousand extensions. What concerns one of them looks
// at no other, and what concerns all reads each once; how long that takes is
// logged.
func TestThousand(t *testing.T) {
	s := open(t)
	const count = 1000
	took := func(what string, do func() error) {
		t.Helper()
		start := time.Now()
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		t.Logf("%s: %s", what, time.Since(start))
	}
	took("placing them", func() error {
		var wait sync.WaitGroup
		for worker := range 8 {
			wait.Go(func() {
				for i := worker; i < count; i += 8 {
					// As Place leaves it, without making each durable.
					rec := record(fmt.Sprintf("ext%d", i), "1.0.0-a")
					rec.Starter = "p/axle"
					home := "e/" + rec.Name + "/"
					write(t, s.Path(home+rec.ID+"/x/file"), rec.ID)
					write(t, s.Path(home+rec.ID+"/record.json"), string(mustMarshal(t, rec)))
					write(t, s.Path(home+"current"), string(pointer(nil).to(rec.ID, rec.Deployed, false).marshal()))
				}
			})
		}
		wait.Wait()
		return os.Mkdir(s.Path("p/axle"), 0o755)
	})
	took("one more", func() error { _, _, err := s.Place(t.Context(), record("more", "1.0.0-b"), fillWith("x")); return err })
	// Where another one cannot be read at all, nothing of that shows here.
	write(t, s.Path("e/ext7/1.0.0-a/record.json"), "damaged")
	took("an upgrade", func() error {
		_, _, err := s.Place(t.Context(), record("ext500", "2.0.0-b"), fillWith("x"))
		return err
	})
	took("the list", func() error {
		list, _ := s.List()
		if len(list) != count { // with "more", without ext7
			t.Errorf("%d are listed", len(list))
		}
		return nil
	})
	took("mending", func() error {
		_, _, err := s.Place(t.Context(), record("ext7", "1.0.0-a"), fillWith("x"))
		return err
	})
	took("a dry prune", func() error {
		p, err := s.Prune(t.Context(), Limits{Keep: 1}, time.Now(), true)
		if len(p.Removed) != 1 || len(p.Garbage.Packages) != 0 {
			t.Errorf("%+v", p)
		}
		return err
	})
	took("a prune", func() error {
		p, err := s.Prune(t.Context(), Limits{Keep: 1}, time.Now(), false)
		if len(p.Removed) != 1 {
			t.Errorf("%+v", p)
		}
		return err
	})
	took("sizes", func() error {
		_, err := s.Prune(t.Context(), Limits{MaxSize: 1 << 40}, time.Now(), true)
		return err
	})
}
