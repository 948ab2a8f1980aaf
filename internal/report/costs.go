package report

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/pep508"
)

// Cost is what one project adds to the packages of a matrix.
type Cost struct {
	Project pep508.Name
	// Files is the number of its different files, Bytes their size together;
	// 0 where it is not known.
	Files int
	Bytes int64
	// Packages is the number of packages that carry it, Carried the bytes that
	// it has in all of them: more than Bytes where packages that others force
	// carry the same file once more.
	Packages int
	Carried  int64
	// Licences are those that its versions state, each once; none where they are
	// not known.
	Licences []string
	// Saved is how many packages fewer there would be without it and what only it
	// requires.
	Saved int
}

// Repeated are the bytes that are carried more than once.
func (c Cost) Repeated() int64 { return c.Carried - c.Bytes }

// costs are those of all projects, most bytes first. Packages made elsewhere do
// not count: nothing is known of the files in them.
func costs(plan merge.Plan) []Cost {
	places, unknown := map[pep508.Name]int{}, map[int]bool{}
	var all []Cost
	for _, d := range plan.Dependencies {
		places[d.Project] = len(all)
		all = append(all, Cost{Project: d.Project, Files: d.Files, Bytes: d.Bytes})
	}
	for _, p := range plan.Packages {
		for _, pin := range p.Pins {
			if i, ok := places[pin.Project]; ok {
				all[i].Packages++
				all[i].Carried += pin.File.Size
				unknown[i] = unknown[i] || pin.File.Size == 0
				all[i].Licences = appendNew(all[i].Licences, pin.Licence)
			}
		}
	}
	for i, lacking := range unknown {
		if lacking { // a part of the sum would be a lie
			all[i].Bytes, all[i].Carried = 0, 0
		}
	}
	packages := weigh(plan)
	whole := different(packages, "")
	for i := range all {
		all[i].Saved = whole - different(packages, all[i].Project)
	}
	slices.SortStableFunc(all, func(a, b Cost) int {
		return cmp.Or(cmp.Compare(b.Carried, a.Carried), cmp.Compare(b.Files, a.Files), cmp.Compare(a.Project, b.Project))
	})
	return all
}

// weighed is a package as counting wants it: there may be hundreds of projects,
// each to be left out once.
type weighed struct {
	pins     []lock.Pin
	files    []uint32              // the number of each pin's file
	order    []int                 // the pins by those numbers
	requires map[pep508.Name][]int // the pins that a project requires
}

// weigh numbers the files of all packages.
func weigh(plan merge.Plan) []weighed {
	numbers := map[string]uint32{}
	all := make([]weighed, len(plan.Packages))
	for i, p := range plan.Packages {
		w := weighed{pins: p.Pins, requires: map[pep508.Name][]int{}}
		for at, pin := range p.Pins {
			key := pin.File.Key()
			if _, ok := numbers[key]; !ok {
				numbers[key] = uint32(len(numbers))
			}
			w.files, w.order = append(w.files, numbers[key]), append(w.order, at)
			for _, by := range pin.Via {
				w.requires[by] = append(w.requires[by], at)
			}
		}
		slices.SortFunc(w.order, func(a, b int) int { return cmp.Compare(w.files[a], w.files[b]) })
		all[i] = w
	}
	return all
}

// different counts the packages that differ when one project is left out of all,
// with what only it requires. A package with nothing left is none.
func different(packages []weighed, without pep508.Name) int {
	seen := map[string]bool{}
	var key []byte
	for _, w := range packages {
		gone := w.goneWith(without)
		key = key[:0]
		for _, at := range w.order {
			if !gone[w.pins[at].Project] {
				key = binary.BigEndian.AppendUint32(key, w.files[at])
			}
		}
		if len(key) > 0 || without == "" {
			seen[string(key)] = true
		}
	}
	return len(seen)
}

// goneWith are the projects that nobody wants any more without one of them.
func (w weighed) goneWith(project pep508.Name) map[pep508.Name]bool {
	gone := map[pep508.Name]bool{project: true}
	for queue := []pep508.Name{project}; len(queue) > 0; queue = queue[1:] {
		for _, at := range w.requires[queue[0]] {
			p := w.pins[at]
			wanted := p.Direct || slices.ContainsFunc(p.Via, func(by pep508.Name) bool { return !gone[by] })
			if !wanted && !gone[p.Project] {
				gone[p.Project] = true
				queue = append(queue, p.Project)
			}
		}
	}
	return gone
}

// savedText says what leaving the project out would do.
func (c Cost) savedText() string {
	if c.Saved == 0 {
		return "as many packages"
	}
	return Count(c.Saved, "package") + " fewer"
}

// drawCosts is a table of what each dependency costs, where there is more than
// one package.
func (m Matrix) drawCosts(b *strings.Builder) {
	if len(m.Packages) < 2 || len(m.Costs) == 0 {
		return
	}
	fmt.Fprintf(b, "\nwhat each dependency costs:\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, c := range m.Costs {
		fmt.Fprintf(w, "  %s\t%s\tin %s", c.Project, Count(c.Files, "file"), Count(c.Packages, "package"))
		fmt.Fprintf(w, "\t%s", sized(c.Carried))
		if c.Repeated() > 0 {
			fmt.Fprintf(w, " (%s repeated)", Size(c.Repeated()))
		}
		fmt.Fprintf(w, "\twithout it %s\t%s\n", c.savedText(), strings.Join(c.Licences, ", "))
	}
	w.Flush()
}
