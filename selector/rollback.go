package selector

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/deployments"
)

// store opens a root for changing what is in it. One that is not there is not
// made.
func store(root string) (*deployments.Store, error) {
	s, err := deployments.At(root)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(s.Root(), "e")); err != nil {
		return s, nil // in which nothing is deployed
	}
	return deployments.Open(root)
}

// Rollback makes an older deployment of an extension current again: that of the
// given version, or with "" the one that was current before. Nothing is
// extracted: older deployments stay until they are pruned. One that could not
// run, because its interpreter is gone (exit code 4) or a part of it (11), is
// refused. Going back twice goes back two steps.
func Rollback(ctx context.Context, root, name, version string, now time.Time) (Deployment, error) {
	s, err := store(root)
	if err != nil {
		return Deployment{}, err
	}
	before, _ := s.Current(name)
	rec, changed, err := s.Rollback(ctx, name, version, now.UTC().Truncate(time.Second), func(rec deployments.Record) error {
		return ready(Deployment{Root: s.Root(), Record: rec})
	})
	return Deployment{Root: s.Root(), Changed: changed, Replaces: replaced(before, rec), Record: rec}, err
}

// Remove removes an extension, NAME, or one version of it, NAME==VERSION, and
// with it the packages that nothing else has. What runs is not removed: exit code
// 13, and nothing has changed. With dry it only says what would go.
func Remove(ctx context.Context, root, what string, dry bool) ([]Deployment, error) {
	s, err := store(root)
	if err != nil {
		return nil, err
	}
	name, version, _ := strings.Cut(what, "==")
	states, err := s.Remove(ctx, strings.TrimSpace(name), strings.TrimSpace(version), dry)
	if err == nil && !dry {
		_, err = s.Collect(ctx, false)
	}
	return ofStates(s, states), err
}

func ofStates(s *deployments.Store, states []deployments.State) []Deployment {
	list := []Deployment{}
	for _, st := range states {
		rec := st.Record
		rec.Name, rec.ID = st.Name, st.ID // also of one that is damaged
		list = append(list, Deployment{Root: s.Root(), Current: st.Current, Running: st.Running, Record: rec})
	}
	return list
}
