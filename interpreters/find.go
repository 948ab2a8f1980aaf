package interpreters

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/event"
)

// finder is the options of one call with what tests put in place of the machine.
type finder struct {
	opt    Options
	root   string                                        // before the absolute places of the system
	stub   func(path string) (detail string, found bool) // tells stubs
	system func() string                                 // names the running system
	looked *looked
}

func newFinder(opt Options) *finder {
	f := &finder{opt: opt.withDefaults(), stub: stubAt}
	f.looked = newLooked()
	f.system = sync.OnceValue(func() string { return systemName(f.env) })
	return f
}

func (f *finder) env(name string) string {
	value, _ := f.opt.Env(name)
	return value
}

// Find lists the interpreters of this machine, best first, as the package
// comment says. It never fails: what is wrong with one is on that one. When
// the context ends, those that were not asked yet have its error.
func Find(ctx context.Context, opt Options) []Interpreter {
	return newFinder(opt).find(ctx)
}

func (f *finder) find(ctx context.Context) []Interpreter {
	f.look()
	defer f.keepListings()
	found := unite(f.askAll(ctx, f.candidates(ctx)))
	inOrder := 0 // the listed and the defaults keep their order, and come first
	for inOrder < len(found) && (found[inOrder].Source == FromList || found[inOrder].Source == FromDefault) {
		inOrder++
	}
	slices.SortStableFunc(found[inOrder:], preferred)
	return found
}

// candidates are the executables to ask, each once, in the order of their places.
func (f *finder) candidates(ctx context.Context) []candidate {
	list := f.listed()
	if f.opt.Discover || len(f.opt.Listed) == 0 {
		list = append(list, f.defaults()...)
	}
	if f.opt.Discover {
		list = append(list, f.discovered(ctx)...)
	}
	return mergeNames(list)
}

// mergeNames makes one of the candidates that lead to one file. The first
// gives its place, and its path unless it was found by chance and another one
// is the file itself, which stays when a link is turned elsewhere.
func mergeNames(list []candidate) []candidate {
	type key struct{ real, venv string }
	at := map[key]int{}
	var out []candidate
	for _, c := range list {
		k := key{c.real, c.venv}
		if c.err != nil {
			k = key{c.path, ""}
		}
		i, seen := at[k]
		if !seen {
			at[k] = len(out)
			out = append(out, c)
			continue
		}
		first := &out[i]
		other := c.path
		if c.path == c.real && first.source != FromList && first.source != FromDefault {
			first.path, other = c.path, first.path
		}
		if other != first.path && !slices.Contains(first.also, other) {
			first.also = append(first.also, other)
		}
	}
	return out
}

// askAll asks the candidates, several at once. Results keep their places.
func (f *finder) askAll(ctx context.Context, list []candidate) []Interpreter {
	out := make([]Interpreter, len(list))
	task := f.opt.Events.Begin(event.Event{What: "asking", Total: int64(len(list)), Fields: []event.Field{event.F("interpreters", len(list))}})
	defer task.End(nil)
	var group errgroup.Group
	group.SetLimit(f.opt.Workers)
	for i, c := range list {
		group.Go(func() error {
			out[i] = f.interpreter(ctx, c)
			task.Add(1, c.path)
			return nil
		})
	}
	_ = group.Wait()
	return out
}

func (f *finder) interpreter(ctx context.Context, c candidate) Interpreter {
	in := Interpreter{Path: c.path, Source: c.source, Also: c.also, Err: c.err}
	if in.Err != nil {
		return in
	}
	a, err := f.ask(ctx, c.path, c.source != FromList)
	if err != nil {
		in.Err = err
		return in
	}
	if in.Report = &a.report; a.start != c.path {
		in.Path = a.start
		in.Also = append(slices.Clone(c.also), c.path)
	}
	return in
}

// unite makes one of those that answered the same from the same prefix.
func unite(list []Interpreter) []Interpreter {
	at := map[string]int{}
	out := list[:0]
	for _, in := range list {
		if in.Report == nil {
			out = append(out, in)
			continue
		}
		id := in.Report.identity()
		if i, seen := at[id]; seen {
			out[i].Also = alsoOf(out[i], in)
			continue
		}
		at[id] = len(out)
		out = append(out, in)
	}
	return out
}

func alsoOf(kept, dropped Interpreter) []string {
	also := slices.Clone(kept.Also)
	for _, path := range append([]string{dropped.Path}, dropped.Also...) {
		if path != kept.Path && !slices.Contains(also, path) {
			also = append(also, path)
		}
	}
	return also
}

// identity is the same for two reports of one interpreter only.
func (r Report) identity() string {
	return strings.Join([]string{
		realPath(r.Prefix), r.Version, r.Implementation, r.ImplementationVersion,
		strings.Join(r.Tags, " "), strings.Join(r.Platforms, " "),
	}, "\n")
}

// preferred orders what was found by discovery.
func preferred(a, b Interpreter) int {
	if a.Report == nil || b.Report == nil {
		return byNo(a.Report == nil, b.Report == nil)
	}
	av, bv := a.Report.PythonVersion(), b.Report.PythonVersion()
	return cmp.Or(
		byNo(a.Source == FromRegistry, b.Source == FromRegistry),
		byNo(av.IsZero(), bv.IsZero()),
		byNo(av.IsPrerelease(), bv.IsPrerelease()),
		bv.Compare(av),
		byNo(a.Report.Implementation != "cpython", b.Report.Implementation != "cpython"),
		strings.Compare(a.Report.Implementation, b.Report.Implementation),
		natural(b.Report.ImplementationVersion, a.Report.ImplementationVersion),
		byNo(a.Report.Freethreaded, b.Report.Freethreaded),
		byNo(a.Report.Debug, b.Report.Debug),
		byNo(a.Report.Virtual(), b.Report.Virtual()),
	)
}

// byNo puts no before yes.
func byNo(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
