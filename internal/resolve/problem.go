package resolve

import (
	"cmp"
	"context"

	"github.com/axlepack/axle/internal/bitset"
	"github.com/axlepack/axle/internal/pep508"
)

// problem states what one or more cells need as variables and clauses, and
// drives the solver: it picks the project to decide next, looks at a version's
// dependencies when that version is tried, and no sooner.
type problem struct {
	ctx        context.Context
	run        *run
	cells      []*cell
	solver     *solver
	vars       map[varKey]varID
	infos      []*info // by varID
	order      priorities
	next       pep508.Name // the project tried last, blamed for conflicts
	ties       *ties       // nil when every cell is for itself
	dirty      []varID     // variables of clauses that came since the last propagation
	rejections map[cause]int
	exact      bool // never leap
	patience   int  // see leap.go
	// impossible is a clause that nothing can satisfy, once there is one.
	impossible *clause
}

// varKey finds a variable: a project on a cell, an extra of it (the choice
// whether it is asked for), the version that tied cells have in common (cell
// -1), or the patch releases of a cell's Python (no name).
type varKey struct {
	cell  int
	name  pep508.Name
	extra pep508.Name
}

type kind int8

const (
	isProject kind = iota
	isExtra
	isTie
	isPython
)

// info is what a variable stands for.
type info struct {
	varKey
	kind    kind
	x       varID
	project *project
	on      *cell

	base   *info   // of an extra: its project
	extras []*info // of a project: its extras
	tie    *info   // of a project: the version it shares with other cells
	tied   []*info // of a tie: the projects it binds

	priority *priority // set when it is first looked at

	tried   int               // how many versions were tried, since the last leap
	loaded  set               // choices whose dependencies are clauses
	clauses map[int][]*clause // those, by choice
	useless *clause           // the versions that no file makes usable
	broken  []*brokenFact     // versions that their metadata rules out
	assumed []*assumedFact    // versions that were leapt over
	merged  map[mergeKey][]*clause
	wishes  []int // choices of earlier solutions
	fetched set   // what was possible when the metadata was last asked for
}

// mergeKey: versions with the same dependency share its clauses.
type mergeKey struct {
	extra *info
	text  string
}

func newProblem(ctx context.Context, r *run, cells []*cell, groups func(pep508.Name, int) int) *problem {
	p := &problem{
		ctx: ctx, run: r, cells: cells, solver: newSolver(),
		vars: map[varKey]varID{}, order: newPriorities(), rejections: map[cause]int{},
		patience: cmp.Or(r.options.patience, patience),
	}
	if groups != nil {
		p.ties = newTies(groups)
	}
	return p
}

func (p *problem) newVar(key varKey, k kind, full set) *info {
	x := p.solver.newVar(full)
	in := &info{varKey: key, kind: k, x: x}
	if key.cell >= 0 {
		in.on = p.cells[key.cell]
	}
	p.vars[key] = x
	p.infos = append(p.infos, in)
	return in
}

// project is the variable of a project on a cell. It waits for the listing.
func (p *problem) project(cell int, name pep508.Name) (*info, error) {
	key := varKey{cell: cell, name: name}
	if x, ok := p.vars[key]; ok {
		return p.infos[x], nil
	}
	listing, err := p.cells[cell].ask(p.ctx, name).wait(p.ctx)
	if err != nil {
		return nil, err
	}
	in := p.newVar(key, isProject, bitset.Full(listing.size()))
	in.project = listing
	in.loaded = bitset.New(listing.size())
	in.clauses = map[int][]*clause{}
	in.merged = map[mergeKey][]*clause{}
	for _, v := range in.on.roots.preferred(in.on.target, name) {
		if choice := listing.find(v); choice > 0 {
			in.wishes = append(in.wishes, choice)
		}
	}
	p.constrain(in)
	if p.ties != nil {
		p.ties.join(p, in)
	}
	return in, nil
}

// extra is the variable for an extra of a project.
func (p *problem) extra(base *info, name pep508.Name) *info {
	key := varKey{base.cell, base.name, name}
	if x, ok := p.vars[key]; ok {
		return p.infos[x]
	}
	in := p.newVar(key, isExtra, bitset.Full(2))
	in.project, in.base = base.project, base
	in.loaded = bitset.New(base.project.size())
	in.clauses = map[int][]*clause{}
	base.extras = append(base.extras, in)
	return in
}

// patchCount is how many patch releases of a Python are told apart; the last
// stands for itself and all later ones.
const patchCount = 64

// python is the variable for the patch releases of a cell's Python: choice n
// is X.Y.n. It is never decided, only narrowed.
func (p *problem) python(cell int) *info {
	key := varKey{cell: cell}
	if x, ok := p.vars[key]; ok {
		return p.infos[x]
	}
	return p.newVar(key, isPython, bitset.Full(patchCount))
}

// isOn says that the variable's project, or extra, is certainly part of the solution.
func (p *problem) isOn(in *info) bool { return !p.solver.possible(in.x).Has(absent) }

func (p *problem) isDecided(in *info) bool { return p.solver.vars[in.x].decided }
