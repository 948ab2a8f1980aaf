package resolve

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
)

// problems looks at a solution with nothing of the resolver's own code: every
// pin is a file of the index that the target can run; every requirement that
// holds for the target is met; and nothing is there that nobody requires.
func problems(t testing.TB, source Source, roots []Requirement, s lock.Solution) []string {
	t.Helper()
	env := s.Target.Environment()
	c := &checker{t: t, source: source, s: s, env: &env, reached: map[string]bool{}}
	for _, r := range roots {
		c.follow(r.Requirement, "", "the user")
	}
	for _, pin := range s.Pins {
		c.file(pin)
		if !c.reached[string(pin.Project)] {
			c.complain("%s is there, but nothing requires it", pin.Project)
		}
	}
	if some, _ := s.RequiresPython().AdmitsMinor(s.Target.Python.Major, s.Target.Python.Minor); !some {
		c.complain("no patch release runs all of it: %s", s.RequiresPython())
	}
	return c.found
}

type checker struct {
	t       testing.TB
	source  Source
	s       lock.Solution
	env     *pep508.Environment
	reached map[string]bool // project, and project[extra]
	found   []string
}

func (c *checker) complain(format string, args ...any) {
	c.found = append(c.found, c.s.Target.String()+": "+fmt.Sprintf(format, args...))
}

// follow checks one requirement, and those of what it requires.
func (c *checker) follow(r pep508.Requirement, extra pep508.Name, by string) {
	if extra == "" && !r.Marker.Eval(*c.env) || extra != "" && !r.Marker.Eval(*c.env, extra) {
		return
	}
	pin, ok := c.s.Pin(r.Name)
	if !ok {
		c.complain("%s, required by %s, is not there", r.Name, by)
		return
	}
	if !r.Specifier.Matches(pin.Version) {
		c.complain("%s requires %s, but there is %s", by, r, pin.Version)
	}
	for _, e := range append([]pep508.Name{""}, r.Extras...) {
		key := string(r.Name)
		if e != "" {
			key += "[" + string(e) + "]"
		}
		if c.reached[key] {
			continue
		}
		c.reached[key] = true
		for _, d := range c.requires(pin) {
			c.follow(d, e, key+" "+pin.Version.String())
		}
	}
}

func (c *checker) requires(pin lock.Pin) []pep508.Requirement {
	f := c.listed(pin)
	if f == nil || !f.IsWheel {
		return nil
	}
	m, err := c.source.Metadata(context.Background(), *f)
	if err != nil {
		c.complain("%s: %v", f.Name, err)
	}
	return m.RequiresDist
}

func (c *checker) listed(pin lock.Pin) *index.File {
	p, err := c.source.Project(context.Background(), pin.Project)
	if err != nil {
		c.complain("%s: %v", pin.Project, err)
		return nil
	}
	release, ok := p.Release(pin.Version)
	if !ok {
		return nil
	}
	for _, f := range release.Files() {
		if f.Name == pin.File.Filename.Text {
			return &f
		}
	}
	return nil
}

// file checks the file of a pin, and that the target can run it.
func (c *checker) file(pin lock.Pin) {
	f := c.listed(pin)
	if f == nil {
		c.complain("%s is no file of the index", pin.File.Filename.Text)
		return
	}
	if !f.IsWheel {
		return
	}
	order := c.s.Target.Tags()
	if _, _, ok := order.Best(f.Wheel.Tags); !ok {
		c.complain("%s does not run there", f.Name)
	}
	if !f.Version().Equal(pin.Version) {
		c.complain("%s is not version %s", f.Name, pin.Version)
	}
	if some, _ := f.RequiresPython.AdmitsMinor(c.s.Target.Python.Major, c.s.Target.Python.Minor); !some {
		c.complain("%s is for Python %s", f.Name, f.RequiresPython)
	}
	if f.SHA256() != pin.File.SHA256 || !slices.Contains(pin.File.Filename.Tags, f.Wheel.Tags[0]) {
		c.complain("%s is not the file that the index lists", f.Name)
	}
}

func checkSolutions(t testing.TB, source Source, roots []Requirement, r Result) {
	t.Helper()
	for _, s := range r.Solutions {
		for _, problem := range problems(t, source, roots, s) {
			t.Error(problem)
		}
	}
}
