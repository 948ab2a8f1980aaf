package report

import (
	"bytes"
	"encoding/json"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/merge"
	"github.com/axlepack/axle/internal/target"
)

// MarshalJSON gives the matrix as one object: extension, extension_version,
// pythons, platforms, packages, cells, dependencies, the interpreters of agent
// profiles that are served and, where one version for all targets was asked for,
// alignment. A cell has its target, and either the
// file name of its package or the problem that makes it a hole, with its causes.
func (m Matrix) MarshalJSON() ([]byte, error) {
	out := matrixJSON{Extension: m.Extension, Version: m.Version, Packages: []packageJSON{}, Cells: []cellJSON{}, Alignment: m.Alignment, Served: m.Served}
	for _, p := range m.Pythons {
		out.Pythons = append(out.Pythons, p.String())
	}
	for _, p := range m.Platforms {
		out.Platforms = append(out.Platforms, p.String())
	}
	for _, p := range m.Packages {
		out.Packages = append(out.Packages, packageJSON{p.File, p.RequiresPython, texts(p.Targets), p.Distributions, p.Size, p.Estimated, p.Elsewhere})
	}
	for _, t := range m.Targets() {
		out.Cells = append(out.Cells, m.cellJSON(t))
	}
	for _, d := range m.Dependencies {
		out.Dependencies = append(out.Dependencies, m.dependencyJSON(d))
	}
	// < and > of specifiers stay readable: this is no HTML.
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(out)
	return b.Bytes(), err
}

func (m Matrix) cellJSON(t target.Target) cellJSON {
	c := m.Cells[t]
	out := cellJSON{Target: t.String(), Python: t.Python.String(), Platform: t.Platform.String(), Notes: c.Notes}
	if c.Package >= 0 {
		p := m.Packages[c.Package]
		out.Package, out.Size, out.Estimated, out.Floor = p.File, p.Size, p.Estimated, m.Floor(t)
	}
	if c.Problem != nil {
		out.Problem, out.Hints = c.Problem.Error(), fault.Hints(c.Problem)
		out.Causes = c.Causes()
	}
	return out
}

func (m Matrix) dependencyJSON(d merge.Dependency) dependencyJSON {
	out := dependencyJSON{Project: string(d.Project), Files: d.Files, Bytes: d.Bytes, PerPython: d.PerPython, PerPlatform: d.PerPlatform}
	for _, c := range m.Costs {
		if c.Project == d.Project {
			out.Licences = c.Licences
			out.Packages, out.Carried, out.Repeated, out.Saved = c.Packages, c.Carried, c.Repeated(), c.Saved
		}
	}
	for _, at := range d.Breaks {
		out.Breaks = append(out.Breaks, at.String())
		change := changeAtJSON{Python: at.At.String(), Before: at.Before.String(), Reason: string(at.Reason), Detail: at.Detail, From: at.From.String(), To: at.To.String()}
		for _, p := range at.Platforms {
			change.Platforms = append(change.Platforms, p.String())
		}
		out.Changes = append(out.Changes, change)
	}
	return out
}

func texts(targets []target.Target) []string {
	out := make([]string, len(targets))
	for i, t := range targets {
		out[i] = t.String()
	}
	return out
}

type matrixJSON struct {
	Extension    string           `json:"extension"`
	Version      string           `json:"extension_version"`
	Pythons      []string         `json:"pythons"`
	Platforms    []string         `json:"platforms"`
	Packages     []packageJSON    `json:"packages"`
	Cells        []cellJSON       `json:"cells"`
	Dependencies []dependencyJSON `json:"dependencies,omitempty"`
	Served       []Served         `json:"served,omitempty"`
	Alignment    *Alignment       `json:"alignment,omitempty"`
}

type packageJSON struct {
	File           string   `json:"file"`
	RequiresPython string   `json:"requires_python"`
	Targets        []string `json:"targets"`
	Distributions  []string `json:"distributions"`
	Size           int64    `json:"size,omitempty"`
	Estimated      bool     `json:"size_estimated,omitempty"`
	Elsewhere      bool     `json:"made_elsewhere,omitempty"`
}

type cellJSON struct {
	Target    string       `json:"target"`
	Python    string       `json:"python"`
	Platform  string       `json:"platform"`
	Package   string       `json:"package,omitempty"`
	Size      int64        `json:"size,omitempty"`
	Estimated bool         `json:"size_estimated,omitempty"`
	Floor     string       `json:"floor,omitempty"`
	Problem   string       `json:"problem,omitempty"`
	Causes    []lock.Cause `json:"causes,omitempty"`
	Hints     []string     `json:"hints,omitempty"`
	Notes     []string     `json:"notes,omitempty"`
}

type dependencyJSON struct {
	Project     string   `json:"project"`
	Licences    []string `json:"licences,omitempty"`
	Files       int      `json:"files"`
	Bytes       int64    `json:"bytes,omitempty"`
	PerPython   bool     `json:"per_python,omitempty"`
	PerPlatform bool     `json:"per_platform,omitempty"`
	// Packages carry it, with Carried bytes in all, of which Repeated are there
	// more than once; without it there would be Saved packages fewer.
	Packages int            `json:"packages,omitempty"`
	Carried  int64          `json:"bytes_carried,omitempty"`
	Repeated int64          `json:"bytes_repeated,omitempty"`
	Saved    int            `json:"packages_fewer_without,omitempty"`
	Breaks   []string       `json:"breaking_points,omitempty"`
	Changes  []changeAtJSON `json:"changes,omitempty"`
}

// changeAtJSON is a breaking point.
type changeAtJSON struct {
	Python    string   `json:"python"`
	Before    string   `json:"before"`
	Platforms []string `json:"platforms"`
	Reason    string   `json:"reason"`
	Detail    string   `json:"detail,omitempty"`
	From      string   `json:"from,omitempty"`
	To        string   `json:"to,omitempty"`
}
