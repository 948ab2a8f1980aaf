package lock

import (
	"fmt"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Marshal writes the document: the same bytes for equal documents, keys in the
// order of PEP 751, arrays in the order of the document. [Parse] reads an equal
// document, but for what PEP 751 lets a writer leave out.
func (d Document) Marshal() ([]byte, error) {
	out, err := toml.Marshal(d.toml())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Filename, err)
	}
	return out, nil
}

type documentTOML struct {
	LockVersion      string        `toml:"lock-version"`
	Environments     []string      `toml:"environments,omitempty,multiline"`
	RequiresPython   string        `toml:"requires-python,omitempty"`
	Extras           *[]string     `toml:"extras,omitempty"`
	DependencyGroups *[]string     `toml:"dependency-groups,omitempty"`
	DefaultGroups    []string      `toml:"default-groups,omitempty"`
	CreatedBy        string        `toml:"created-by"`
	Packages         []packageTOML `toml:"packages"`
	Tool             *toolTOML     `toml:"tool,omitempty"`
}

type packageTOML struct {
	Name           string           `toml:"name"`
	Version        string           `toml:"version,omitempty"`
	Marker         string           `toml:"marker,omitempty"`
	RequiresPython string           `toml:"requires-python,omitempty"`
	Dependencies   []dependencyTOML `toml:"dependencies,omitempty,inline,multiline"`
	Directory      *directoryTOML   `toml:"directory,omitempty,inline"`
	Archive        *artifactTOML    `toml:"archive,omitempty,inline"`
	Index          string           `toml:"index,omitempty"`
	Sdist          *artifactTOML    `toml:"sdist,omitempty,inline"`
	Wheels         []artifactTOML   `toml:"wheels,omitempty,inline,multiline"`
	Tool           *packageToolTOML `toml:"tool,omitempty"`
}

type dependencyTOML struct {
	Name    string `toml:"name"`
	Version string `toml:"version,omitempty"`
	Marker  string `toml:"marker,omitempty"`
}

type directoryTOML struct {
	Path         string `toml:"path"`
	Editable     bool   `toml:"editable,omitempty"`
	Subdirectory string `toml:"subdirectory,omitempty"`
}

type artifactTOML struct {
	Name         string            `toml:"name,omitempty"`
	UploadTime   time.Time         `toml:"upload-time,omitempty"`
	URL          string            `toml:"url,omitempty"`
	Path         string            `toml:"path,omitempty"`
	Size         int64             `toml:"size,omitempty"`
	Hashes       map[string]string `toml:"hashes"`
	Subdirectory string            `toml:"subdirectory,omitempty"`
}

type packageToolTOML struct {
	Axle struct {
		Requires []string `toml:"requires,multiline"`
	} `toml:"axle"`
}

type toolTOML struct {
	Axle recordTOML `toml:"axle"`
}

type recordTOML struct {
	Format       int64             `toml:"format"`
	Requirements []string          `toml:"requirements,omitempty,multiline"`
	Constraints  []string          `toml:"constraints,omitempty,multiline"`
	Overrides    []string          `toml:"overrides,omitempty,multiline"`
	Policy       map[string]string `toml:"policy,omitempty"`
	Solutions    []chosenTOML      `toml:"solutions,omitempty"`
	Holes        []holeTOML        `toml:"holes,omitempty"`
	Files        []factsTOML       `toml:"files,omitempty"`
	Alignment    *alignmentTOML    `toml:"alignment,omitempty"`
}

type alignmentTOML struct {
	Packages       int64        `toml:"packages"`
	PackagesBefore int64        `toml:"packages-without"`
	Bytes          int64        `toml:"bytes,omitempty"`
	BytesBefore    int64        `toml:"bytes-without,omitempty"`
	Changes        []changeTOML `toml:"changes,omitempty"`
}

type changeTOML struct {
	Project string   `toml:"project"`
	Version string   `toml:"version"`
	Without string   `toml:"without"`
	Targets []string `toml:"targets,multiline"`
}

type chosenTOML struct {
	Targets []string `toml:"targets,multiline"`
	Files   []string `toml:"files,multiline"`
	Notes   []string `toml:"notes,omitempty,multiline"`
}

type holeTOML struct {
	Targets []string    `toml:"targets,multiline"`
	Reason  string      `toml:"reason"`
	Hints   []string    `toml:"hints,omitempty,multiline"`
	Code    int64       `toml:"code,omitempty"`
	Causes  []causeTOML `toml:"causes,omitempty"`
}

type causeTOML struct {
	Kind         string   `toml:"kind"`
	Projects     []string `toml:"projects,omitempty"`
	Requirements []string `toml:"requirements,omitempty,multiline"`
	Newest       string   `toml:"newest-with-file,omitempty"`
	Source       string   `toml:"source,omitempty"`
	Build        string   `toml:"build-from-source,omitempty"`
}

type factsTOML struct {
	File           string   `toml:"file"`
	Index          string   `toml:"index,omitempty"`
	RequiresPython string   `toml:"requires-python,omitempty"`
	Requires       []string `toml:"requires,omitempty,multiline"`
}

func (d Document) toml() documentTOML {
	t := documentTOML{
		LockVersion: "1.0", Environments: texts(d.Environments), RequiresPython: d.RequiresPython.String(),
		DefaultGroups: d.DefaultGroups, CreatedBy: d.CreatedBy, Packages: []packageTOML{},
	}
	if d.Extras != nil {
		names := []string{}
		for _, e := range d.Extras {
			names = append(names, string(e))
		}
		t.Extras = &names
	}
	if d.DependencyGroups != nil {
		t.DependencyGroups = &d.DependencyGroups
	}
	for i := range d.Packages {
		t.Packages = append(t.Packages, d.Packages[i].toml())
	}
	if d.Record != nil {
		t.Tool = &toolTOML{Axle: d.Record.toml()}
	}
	return t
}

func (p *Package) toml() packageTOML {
	t := packageTOML{
		Name: string(p.Name), Marker: p.Marker.String(), RequiresPython: p.RequiresPython.String(), Index: p.Index,
		Archive: p.Archive.toml(), Sdist: p.Sdist.toml(),
	}
	if !p.Version.IsZero() {
		t.Version = p.Version.String()
	}
	for _, d := range p.Dependencies {
		dependency := dependencyTOML{Name: string(d.Name), Marker: d.Marker.String()}
		if !d.Version.IsZero() {
			dependency.Version = d.Version.String()
		}
		t.Dependencies = append(t.Dependencies, dependency)
	}
	if p.Directory != nil {
		t.Directory = &directoryTOML{p.Directory.Path, p.Directory.Editable, p.Directory.Subdirectory}
	}
	if t.Archive != nil {
		t.Archive.Name = ""
	}
	for i := range p.Wheels {
		t.Wheels = append(t.Wheels, *p.Wheels[i].toml())
	}
	if len(p.Requires) > 0 {
		t.Tool = &packageToolTOML{}
		t.Tool.Axle.Requires = texts(p.Requires)
	}
	return t
}

func (a *Artifact) toml() *artifactTOML {
	if a == nil {
		return nil
	}
	t := artifactTOML(*a)
	return &t
}

func (rec *Record) toml() recordTOML {
	t := recordTOML{
		Format: recordFormat, Requirements: rec.Requirements, Constraints: rec.Constraints, Overrides: rec.Overrides, Policy: rec.Policy,
	}
	for _, c := range rec.Chosen {
		t.Solutions = append(t.Solutions, chosenTOML{texts(c.Targets), slices.Concat([]string{}, c.Files), c.Notes})
	}
	for _, h := range rec.Holes {
		hole := holeTOML{texts(h.Targets), h.Reason, h.Hints, int64(h.Code), nil}
		for _, c := range h.Causes {
			hole.Causes = append(hole.Causes, causeTOML(c))
		}
		t.Holes = append(t.Holes, hole)
	}
	for _, f := range rec.Facts {
		t.Files = append(t.Files, factsTOML{f.File, f.Index, f.RequiresPython.String(), texts(f.Requires)})
	}
	t.Alignment = rec.Alignment.toml()
	return t
}

func (a *Alignment) toml() *alignmentTOML {
	if a == nil {
		return nil
	}
	t := &alignmentTOML{Packages: int64(a.Packages), PackagesBefore: int64(a.PackagesBefore), Bytes: a.Bytes, BytesBefore: a.BytesBefore}
	for _, c := range a.Changes {
		t.Changes = append(t.Changes, changeTOML{string(c.Project), c.To.String(), c.From.String(), texts(c.Targets)})
	}
	return t
}

func texts[T fmt.Stringer](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.String())
	}
	return out
}
