package merge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/tags"
	"github.com/axlepack/axle/internal/target"
	"github.com/axlepack/axle/internal/wheel"
)

// maxFilename bounds a package's file name, in bytes. File systems take 255;
// the rest is for the suffix of a temporary file beside it.
const maxFilename = 240

// tagging is a compressed tag set that a package may carry.
type tagging struct {
	pythons, abis, platforms []string
	tags                     []tags.Tag
}

func (t tagging) String() string {
	return strings.Join([]string{strings.Join(t.pythons, "."), strings.Join(t.abis, "."), strings.Join(t.platforms, ".")}, "-")
}

// parts is how long the name is, by which taggings that would do equally well
// are told apart.
func (t tagging) parts() int { return len(t.pythons) + len(t.abis) + len(t.platforms) }

var (
	none     = []string{"none"}
	anywhere = []string{"any"}
)

// naming is what the rest of the matrix means for the names of a package.
type naming struct {
	// alone says that nothing else is wanted on the platforms of the package,
	// so that its name need not say where its Pythons begin.
	alone bool
	// local says that the package is for one platform of several: then it
	// never claims to be for any.
	local bool
	// empty says that nothing is in the package. Markers, which made it so, tell
	// systems and processors apart and no floors: it is for the lowest.
	empty bool
	// stem is what the file name begins with.
	stem string
}

// taggings lists the names that are true for a package of these cells, from
// the most shared to the exact.
func taggings(f fit, cells []*cell, n naming) []tagging {
	b := builder{cells: cells, stem: n.stem}
	wider := n.alone && !f.minor
	switch {
	case f.named:
		b.shared(f, wider, b.platforms(leastPlatform))
		b.exact(b.platforms(leastPlatform))
	case !n.local:
		b.shared(f, wider, anywhere)
	}
	if n.empty {
		b.shared(f, wider, b.platforms(lowestPlatform))
	}
	b.shared(f, wider, b.platforms(ownPlatform))
	b.exact(b.platforms(ownPlatform))
	return b.list
}

// builder collects taggings that every cell accepts, each once.
type builder struct {
	cells []*cell
	stem  string
	list  []tagging
}

// shared adds the taggings that do not name a whole ABI.
func (b *builder) shared(f fit, wider bool, platforms []string) {
	switch {
	case f.extension, f.stable && f.exact:
	case f.stable:
		b.add(b.stable(), b.each(stableABI), platforms)
	case f.exact:
		b.add(b.each(pythonTag), none, platforms)
	default:
		if wider {
			b.add(b.each(majorTag), none, platforms)
		}
		b.add(b.lowest(), none, platforms)
		b.add(b.each(pythonTag), none, platforms)
	}
}

// exact adds the tagging that names the Pythons and their ABIs.
func (b *builder) exact(platforms []string) {
	b.add(b.each(pythonTag), b.each(ownABI), platforms)
}

func (b *builder) add(pythons, abis, platforms []string) {
	t := tagging{pythons: pythons, abis: abis, platforms: platforms}
	if len(pythons)*len(abis)*len(platforms) > tags.MaxSet || len(pythons) == 0 {
		return
	}
	if len(b.cells) > 1 && len(b.stem)+len(t.String())+len(wheel.Extension) > maxFilename {
		return
	}
	for _, python := range pythons {
		for _, abi := range abis {
			for _, platform := range platforms {
				t.tags = append(t.tags, tags.Tag{Python: python, ABI: abi, Platform: platform})
			}
		}
	}
	slices.SortFunc(t.tags, tags.Tag.Compare)
	same := func(o tagging) bool { return slices.Equal(o.tags, t.tags) }
	if !slices.ContainsFunc(b.list, same) && b.fits(t) {
		b.list = append(b.list, t)
	}
}

func (b *builder) fits(t tagging) bool {
	for _, c := range b.cells {
		if _, _, ok := c.order.Best(t.tags); !ok {
			return false
		}
	}
	return true
}

// each collects a part of the tag over the cells, sorted, each once.
func (b *builder) each(part func(*cell) string) []string {
	var list []string
	for _, c := range b.cells {
		list = append(list, part(c))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func pythonTag(c *cell) string { return c.target.Python.Tag() }
func majorTag(c *cell) string  { return fmt.Sprintf("py%d", c.target.Python.Major) }
func ownABI(c *cell) string    { return c.target.ABI() }

// stableABI is the stable ABI that such a Python loads (PEP 384, PEP 803).
func stableABI(c *cell) string {
	if c.target.Python.Freethreaded {
		return "abi3t"
	}
	return "abi3"
}

// lowest gives the pure tag of the lowest Python of each major version.
func (b *builder) lowest() []string {
	low := map[int]int{}
	for _, c := range b.cells {
		p := c.target.Python
		if minor, seen := low[p.Major]; !seen || p.Minor < minor {
			low[p.Major] = p.Minor
		}
	}
	var list []string
	for major, minor := range low {
		list = append(list, fmt.Sprintf("py%d%d", major, minor))
	}
	slices.Sort(list)
	return list
}

// stable gives the lowest Python with the stable ABI. Where both stable ABIs
// are wanted and begin at different Pythons there is none: the tag of the
// lower would claim the other ABI for Pythons that the files do not support.
func (b *builder) stable() []string {
	low := map[string]target.Python{}
	for _, c := range b.cells {
		p, abi := c.target.Python, stableABI(c)
		if l, seen := low[abi]; !seen || p.Minor < l.Minor {
			low[abi] = p
		}
	}
	var list []string
	for _, p := range low {
		list = append(list, p.Tag())
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > 1 {
		return nil
	}
	return list
}

// platforms lists platforms of the cells, each once, without those for which
// another of the list does too.
func (b *builder) platforms(part func(*cell) target.Platform) []string {
	var list []target.Platform
	for _, c := range b.cells {
		list = append(list, part(c))
	}
	slices.SortFunc(list, target.Platform.Compare)
	list = slices.Compact(list)
	var names []string
	for i, p := range list {
		if i == 0 || !p.Admits(list[i-1]) {
			names = append(names, p.String())
		}
	}
	slices.Sort(names)
	return names
}

func ownPlatform(c *cell) target.Platform    { return c.target.Platform }
func leastPlatform(c *cell) target.Platform  { return cmp.Or(c.floor, c.target.Platform) }
func lowestPlatform(c *cell) target.Platform { return c.target.Platform.Lowest() }
