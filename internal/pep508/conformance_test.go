package pep508

import (
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
)

const (
	markerVectors      = "standards/markers.jsonl.gz"
	requirementVectors = "standards/requirements.jsonl.gz"
	tagVectors         = "standards/tags.jsonl.gz"
)

func TestConformanceCanonicalizeName(t *testing.T) {
	type vector struct {
		In   string
		Want *string
		Kw   struct{ Validate bool }
	}
	for line, c := range conformance.Vectors[vector](t, tagVectors, "canonicalize_name") {
		got, err := Normalize(c.In), error(nil)
		if c.Kw.Validate {
			got, err = ParseName(c.In)
		}
		switch {
		case c.Want == nil && err == nil:
			t.Errorf("%d: ParseName(%q) = %q, want an error", line.ID, c.In, got)
		case c.Want != nil && (err != nil || string(got) != *c.Want):
			t.Errorf("%d: %q gives %q, %v, want %q", line.ID, c.In, got, err, *c.Want)
		}
	}
}

func TestConformanceRequirementParse(t *testing.T) {
	type vector struct {
		In   string
		Want *struct {
			Name, Canonical, Specifier, Str string
			Extras                          []string
			URL, Marker                     *string
		}
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	for line, c := range conformance.Vectors[vector](t, requirementVectors, "parse") {
		r, err := Parse(c.In)
		if c.Want == nil || err != nil {
			if (c.Want == nil) != (err != nil) {
				t.Errorf("%d: Parse(%q) = %s, %v", line.ID, c.In, r, err)
			}
			continue
		}
		got := []string{r.NameText, string(r.Name), r.Specifier.String(), r.String(), strings.Join(r.ExtrasText, ","), r.URL, r.Marker.String()}
		w := c.Want
		want := []string{w.Name, w.Canonical, w.Specifier, w.Str, strings.Join(w.Extras, ","), text(w.URL), text(w.Marker)}
		if !slices.Equal(got, want) {
			t.Errorf("%d: Parse(%q)\n got %q\nwant %q", line.ID, c.In, got, want)
		}
		if again, err := Parse(r.String()); err != nil || !again.Equal(r) {
			t.Errorf("%d: %q reads back as %q, %v", line.ID, r, again, err)
		}
	}
}

func TestConformanceRequirementEqual(t *testing.T) {
	type vector struct {
		A, B string
		Want bool
	}
	for line, c := range conformance.Vectors[vector](t, requirementVectors, "equal") {
		a, errA := Parse(c.A)
		b, errB := Parse(c.B)
		if errA != nil || errB != nil || a.Equal(b) != c.Want {
			t.Errorf("%d: Equal(%q, %q) = %v; %v %v", line.ID, c.A, c.B, a.Equal(b), errA, errB)
		}
	}
}

func TestConformanceMarkerParse(t *testing.T) {
	type vector struct {
		In   string
		Want *struct{ Str string }
	}
	for line, c := range conformance.Vectors[vector](t, markerVectors, "parse") {
		m, err := ParseMarker(c.In)
		switch {
		case c.Want == nil && err == nil:
			t.Errorf("%d: ParseMarker(%q) = %s, want an error", line.ID, c.In, m)
		case c.Want != nil && err != nil:
			t.Errorf("%d: %v", line.ID, err)
		case c.Want != nil && m.String() != c.Want.Str:
			t.Errorf("%d: %q gives %q, want %q", line.ID, c.In, m, c.Want.Str)
		}
	}
}

func TestConformanceMarkerEqual(t *testing.T) {
	type vector struct {
		A, B string
		Want bool
	}
	for line, c := range conformance.Vectors[vector](t, markerVectors, "equal") {
		a, errA := ParseMarker(c.A)
		b, errB := ParseMarker(c.B)
		if errA != nil || errB != nil || a.Equal(b) != c.Want {
			t.Errorf("%d: Equal(%q, %q) = %v; %v %v", line.ID, c.A, c.B, a.Equal(b), errA, errB)
		}
	}
}

// set gives a variable its value: a text, or a list for a set.
func (c *Context) set(t *testing.T, name string, value any) {
	t.Helper()
	if list, ok := value.([]any); ok {
		names := []Name{}
		for _, item := range list {
			names = append(names, Normalize(item.(string)))
		}
		c.LockFile = true
		if name == "extras" {
			c.Extras = names
		} else {
			c.DependencyGroups = names
		}
		return
	}
	text, _ := value.(string)
	if name == "extra" {
		extra := Name(text)
		c.Extra = &extra
		return
	}
	fields := map[string]*string{
		"os_name": &c.OSName, "sys_platform": &c.SysPlatform, "platform_system": &c.PlatformSystem,
		"platform_machine": &c.PlatformMachine, "platform_release": &c.PlatformRelease, "platform_version": &c.PlatformVersion,
		"platform_python_implementation": &c.PlatformPythonImplementation, "implementation_name": &c.ImplementationName,
		"implementation_version": &c.ImplementationVersion, "python_version": &c.PythonVersion, "python_full_version": &c.PythonFullVersion,
	}
	if fields[name] == nil {
		c.Others = map[string]string{name: text}
		return
	}
	*fields[name] = text
}

// environments are the base environments of the corpus.
func environments(t *testing.T) map[string]Environment {
	t.Helper()
	type vector struct {
		Name string
		Env  map[string]any
	}
	found := map[string]Environment{}
	for _, lines := range []iter.Seq2[conformance.Vector, vector]{
		conformance.CarriedVectors[vector](t, markerVectors, "env"), // a part of the corpus may be without
		conformance.Vectors[vector](t, markerVectors, "env"),
	} {
		for _, c := range lines {
			var context Context
			for name, value := range c.Env {
				context.set(t, name, value)
			}
			found[c.Name] = context.Environment
		}
	}
	return found
}

// verdict is the outcome in the words of the corpus.
func verdict(holds bool, err error) any {
	var comparison *UndefinedComparisonError
	var name *UndefinedNameError
	switch {
	case errors.As(err, &comparison):
		return "UndefinedComparison"
	case errors.As(err, &name):
		return "UndefinedEnvironmentName"
	case err != nil:
		return err.Error()
	}
	return holds
}

func newContext(kind string, env Environment) Context {
	c := Context{Environment: env, LockFile: kind == "lock_file"}
	if kind == "metadata" {
		c.Extra = new(Name)
	}
	return c
}

func TestConformanceMarkerEval(t *testing.T) {
	type vector struct {
		Marker, Base, Context string
		Env                   map[string]any
		Want                  any
	}
	bases := environments(t)
	for line, c := range conformance.Vectors[vector](t, markerVectors, "eval") {
		context := newContext(c.Context, bases[c.Base])
		for name, value := range c.Env {
			context.set(t, name, value)
		}
		checkEval(t, line.ID, c.Marker, context, c.Want)
	}
}

func TestConformanceMarkerEvalGrid(t *testing.T) {
	type vector struct {
		Marker, Extra, Context string
		Want                   map[string]any
	}
	bases := environments(t)
	for line, c := range conformance.Vectors[vector](t, markerVectors, "eval_grid") {
		for base, want := range c.Want {
			context := newContext(c.Context, bases[base])
			if c.Extra != "" {
				context.set(t, "extra", c.Extra)
			}
			checkEval(t, line.ID, c.Marker, context, want)
		}
	}
}

// checkEval compares Evaluate with what the corpus wants, and Eval with it:
// that is true only where the corpus says true, and always so without errors.
func checkEval(t *testing.T, id int, text string, context Context, want any) {
	t.Helper()
	m, err := ParseMarker(text)
	if err != nil {
		t.Errorf("%d: %v", id, err)
		return
	}
	if got := verdict(m.Evaluate(context)); !reflect.DeepEqual(got, want) {
		t.Errorf("%d: Evaluate(%q) = %v, want %v", id, text, got, want)
	}
	if holds, ok := want.(bool); ok && !context.LockFile && context.Extra != nil && context.Others == nil {
		if got := m.Eval(context.Environment, Normalize(string(*context.Extra))); got != holds {
			t.Errorf("%d: Eval(%q) = %v, want %v", id, text, got, want)
		}
	}
}

func TestConformanceEveryOperationIsKnown(t *testing.T) {
	known := map[string][]string{
		markerVectors:      {"env", "parse", "equal", "eval", "eval_grid"},
		requirementVectors: {"parse", "equal"},
	}
	for file, ops := range known {
		for line := range conformance.AllVectors(t, file) {
			if !slices.Contains(ops, line.Op) {
				t.Errorf("%s:%d: no test for %q", file, line.ID, line.Op)
			}
		}
	}
}
