package report

import (
	"slices"
	"strings"

	"github.com/axlepack/axle/internal/target"
)

// Served is an interpreter of an agent profile, and the package that it would
// choose.
type Served struct {
	Profile string `json:"profile"`
	Path    string `json:"path"`
	// Python is the version with its patch release.
	Python string `json:"python"`
	// Target is the one whose package is meant for it: "cp311@win_amd64".
	Target string `json:"target"`
	// Package is the file name; "" for none.
	Package string `json:"package,omitempty"`
	// Problem is why it gets no package, or not the one meant for it.
	Problem string `json:"problem,omitempty"`
}

// at is the target that an interpreter stands for.
func (s Served) at() target.Target {
	t, _ := target.Parse(s.Target)
	return t
}

// Serve gives the matrix the interpreters of profiles that are in its rows.
func (m *Matrix) Serve(list []Served) {
	for _, s := range list {
		if slices.Contains(m.Pythons, s.at().Python) {
			m.Served = append(m.Served, s)
		}
	}
}

// agentColumn is an agent profile as a column of the matrix.
type agentColumn struct {
	name string
	// chosen are its interpreters by the rows that they are in.
	chosen map[target.Python][]Served
}

// agentColumns are the profiles in their order.
func (m Matrix) agentColumns() []agentColumn {
	var columns []agentColumn
	for _, s := range m.Served {
		i := slices.IndexFunc(columns, func(c agentColumn) bool { return c.name == s.Profile })
		if i < 0 {
			i = len(columns)
			columns = append(columns, agentColumn{s.Profile, map[target.Python][]Served{}})
		}
		python := s.at().Python
		columns[i].chosen[python] = append(columns[i].chosen[python], s)
	}
	return columns
}

// agentMark is what a cell of a profile shows: a letter for each package that
// its interpreters of that Python choose, "-" where one gets none.
func (m Matrix) agentMark(list []Served) string {
	var marks []string
	for _, s := range list {
		switch i := m.packageOf(s.Package); {
		case i >= 0:
			marks = appendNew(marks, letter(i))
		case s.Problem != "":
			marks = appendNew(marks, "-")
		default:
			marks = appendNew(marks, "ok")
		}
	}
	return strings.Join(marks, "/")
}

// packageOf is the place of a package by its file name, -1 for none.
func (m Matrix) packageOf(file string) int {
	return slices.IndexFunc(m.Packages, func(p Package) bool { return p.File == file })
}

// unserved are the interpreters that do not get what they should.
func (m Matrix) unserved() []Served {
	return slices.DeleteFunc(slices.Clone(m.Served), func(s Served) bool { return s.Problem == "" })
}
