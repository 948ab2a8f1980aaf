package resolve

import (
	"context"
	"slices"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep440"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
)

// cell is a target with everything that is remembered about it during a run:
// which files it can use, which markers hold. One goroutine uses it at a time.
type cell struct {
	target  target.Target
	env     pep508.Environment
	index   tags.Order // for files of an index
	options *Options
	library *library
	roots   *roots

	ranks   map[bool]map[int32]int32 // local? → tag set → rank, -1 = none
	pythons map[int32]patches
	markers map[markerKey]bool
	picks   map[*project][]pick
}

type markerKey struct {
	text  string
	extra pep508.Name
}

// patches says which patch releases of the target's Python something admits.
type patches struct{ some, all bool }

// pick is what is known of a version for the target: 0 = not looked at yet,
// else one of the verdicts, with the file to take.
type pick struct {
	verdict int8
	file    int16
}

const (
	unknown int8 = iota
	usable
	useless
)

func newCell(t target.Target, l *library, r *roots, o *Options) *cell {
	return &cell{
		target: t, env: t.Environment(), index: t.Tags(), options: o, library: l, roots: r,
		ranks:   map[bool]map[int32]int32{false: {}, true: {}},
		pythons: map[int32]patches{},
		markers: map[markerKey]bool{},
		picks:   map[*project][]pick{},
	}
}

// holds says whether a dependency counts for the target, when extra is asked
// for ("" = none). It is asked the same markers over and over.
func (c *cell) holds(d *dependency, extra pep508.Name) bool {
	if d.marker == "" {
		return extra == ""
	}
	key := markerKey{d.marker, extra}
	value, ok := c.markers[key]
	if !ok {
		value = c.evaluate(d, extra)
		c.markers[key] = value
	}
	return value
}

func (c *cell) evaluate(d *dependency, extra pep508.Name) bool {
	if extra == "" {
		return d.Marker.Eval(c.env)
	}
	return d.Marker.Eval(c.env, extra)
}

// rank is the place of a file in the target's order of tags, -1 when the
// target cannot use it. With PreferPure files for any platform come first.
func (c *cell) rank(f *candidate) int32 {
	local := f.file.Local || f.file.Path != ""
	known := c.ranks[local]
	rank, ok := known[f.tagSet]
	if ok {
		return rank
	}
	order := c.index
	if local && c.takesBareLinux(f.file) {
		order = c.target.LocalTags()
	}
	rank = -1
	if n, _, fits := order.Best(f.file.Wheel.Tags); fits {
		rank = int32(n)
		if c.options.Prefer == PreferPure && !slices.Equal(f.file.Wheel.Platforms, []string{"any"}) {
			rank += int32(order.Len())
		}
	}
	known[f.tagSet] = rank
	return rank
}

// takesBareLinux says whether a file of the developer's own is tagged
// linux_ARCH, and the target is on this machine's own platform.
func (c *cell) takesBareLinux(f *index.File) bool {
	return c.options.Host != nil && slices.Contains(f.Wheel.Platforms, "linux_"+c.target.Platform.Arch) && c.options.Host(c.target.Platform)
}

// admits says which patch releases of the target's Python a file is for.
func (c *cell) admits(f *candidate) patches {
	p, ok := c.pythons[f.python]
	if !ok {
		p = c.patches(f.file.RequiresPython)
		c.pythons[f.python] = p
	}
	return p
}

func (c *cell) patches(s pep440.SpecifierSet) patches {
	some, all := s.AdmitsMinor(c.target.Python.Major, c.target.Python.Minor)
	return patches{some, all}
}

// file is the file of a version that the target takes, and nil when it cannot
// take any.
func (c *cell) file(p *project, choice int) *index.File {
	known, ok := c.picks[p]
	if !ok {
		known = make([]pick, p.size())
		c.picks[p] = known
	}
	k := &known[choice]
	if k.verdict == unknown {
		*k = c.pick(p, choice)
	}
	if k.verdict == useless {
		return nil
	}
	return p.candidates(choice)[k.file].file
}

// pick chooses among the files of a version: best tag, then greatest build
// number, then the name that comes first.
func (c *cell) pick(p *project, choice int) pick {
	best, bestRank := -1, int32(0)
	files := p.candidates(choice)
	for i := range files {
		f := &files[i]
		if c.refuse(p, choice, f) != "" {
			continue
		}
		rank := int32(1 << 30) // a source distribution comes after every wheel
		if f.file.IsWheel {
			rank = c.rank(f)
		}
		if best < 0 || rank < bestRank || rank == bestRank && c.before(f.file, files[best].file) {
			best, bestRank = i, rank
		}
	}
	if best < 0 {
		return pick{verdict: useless}
	}
	return pick{usable, int16(best)}
}

// before breaks the tie between two files with equally good tags.
func (c *cell) before(f, g *index.File) bool {
	if d := f.Wheel.Build.Compare(g.Wheel.Build); d != 0 {
		return d > 0
	}
	return f.Name < g.Name
}

// refusal says why a target cannot use a file; empty = it can.
type refusal string

const (
	fine         refusal = ""
	refuseTag    refusal = "tag"
	refusePython refusal = "python"
	refuseYanked refusal = "yanked"
	refuseSdist  refusal = "sdist"
	refuseUnfit  refusal = "unfit"
	refuseWheel  refusal = "no-binary"
	refuseNewer  refusal = "newer"
	refuseHash   refusal = "hash"
	refuseNoHash refusal = "no hash"
	refuseBroken refusal = "broken"
)

// refuse looks at one file. The order of the checks is that of what helps most
// when all files of a version are refused.
func (c *cell) refuse(p *project, choice int, f *candidate) refusal {
	switch {
	case f.file.Unusable != "":
		return refuseBroken
	case !c.uploadedInTime(f.file):
		return refuseNewer
	case f.file.IsWheel && c.options.refusesWheels(p.name) && !c.roots.isDirect(c, p.name):
		return refuseWheel
	case !f.file.IsWheel && !c.takesSdists(p.name):
		return refuseSdist
	}
	return c.refuseContent(p, choice, f)
}

// refuseContent looks at what a file is for, once the options let it be taken.
func (c *cell) refuseContent(p *project, choice int, f *candidate) refusal {
	switch {
	case c.unfit(f) != nil:
		return refuseUnfit
	case f.file.IsWheel && c.rank(f) < 0:
		return refuseTag
	case !c.admits(f).some:
		return refusePython
	case f.file.Yanked && !c.roots.mayBeYanked(c, p.name, p.version(choice)):
		return refuseYanked
	case c.options.RequireHashes && len(c.roots.hashes[p.name]) == 0:
		return refuseNoHash
	case !c.roots.hashAllowed(p.name, f.file):
		return refuseHash
	}
	return fine
}

// takesSdists says whether a project may be built: one of which the user gave
// the source, or one that the options allow.
func (c *cell) takesSdists(name pep508.Name) bool {
	o := c.options
	switch {
	case c.library.builder == nil:
		return false
	case c.roots.isDirect(c, name):
		return true
	}
	return (o.Sdists || listed(o.SdistsFor, name)) && !o.refusesSdists(name)
}

// unfit says why what is made of a source distribution does not serve the target.
func (c *cell) unfit(f *candidate) *Unfit {
	if f.file.IsWheel || c.options.Unfit == nil {
		return nil
	}
	return c.options.Unfit(f.file, c.target)
}

func (c *cell) uploadedInTime(f *index.File) bool {
	limit := c.options.ExcludeNewer
	if limit.IsZero() || f.Path != "" {
		return true
	}
	return !f.UploadTime.IsZero() && f.UploadTime.Before(limit)
}

// meta asks for the metadata of a choice; the choice has a usable file. When
// it arrives, the projects it names are asked for at once.
func (c *cell) meta(ctx context.Context, p *project, choice int) *promise[*metadata] {
	return c.library.meta(ctx, p.name, c.file(p, choice), &c.env)
}

// foresee asks for the metadata of a choice that will probably be tried. A
// source is not built for a probability.
func (c *cell) foresee(ctx context.Context, p *project, choice int) {
	if c.file(p, choice).IsWheel {
		c.meta(ctx, p, choice)
	}
}

// ask begins to list a project as the target sees it.
func (c *cell) ask(ctx context.Context, name pep508.Name) *promise[*project] {
	f := c.roots.direct(c, name)
	if f == nil {
		return c.library.project(ctx, name)
	}
	return ask(c.library, c.library.directs, string(name)+" "+fileKey(f), func() (*project, error) {
		return newDirectProject(c.library, name, *f), nil
	})
}

// admitted are the patch releases of the target's Python that a specifier admits.
func (c *cell) admitted(spec pep440.SpecifierSet) set {
	s := bitset.New(patchCount)
	for _, r := range spec.AdmittedPatches(c.target.Python.Major, c.target.Python.Minor) {
		to := r.To + 1
		if r.To < 0 || to > patchCount {
			to = patchCount
		}
		s.PutRange(r.From, to)
	}
	return s
}
