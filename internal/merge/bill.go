package merge

import (
	"slices"

	"github.com/axlepack/axle/internal/lock"
	"github.com/axlepack/axle/internal/pep508"
	"github.com/axlepack/axle/internal/sbom"
	"github.com/axlepack/axle/internal/wheel"
)

// Graph says which members require which. It is that of all targets which
// share them: a requirement counts where it holds for one of them.
type Graph struct {
	// Direct are those that the extension itself requires.
	Direct map[pep508.Name]bool
	// Requires may name projects that are no members, and name one twice.
	Requires map[pep508.Name][]pep508.Name
}

// NewGraph joins what the pins of several targets say.
func NewGraph(targets ...[]lock.Pin) Graph {
	g := Graph{map[pep508.Name]bool{}, map[pep508.Name][]pep508.Name{}}
	for _, pins := range targets {
		for _, p := range pins {
			g.Direct[p.Project] = g.Direct[p.Project] || p.Direct
			for _, r := range p.Requires {
				if !slices.Contains(g.Requires[p.Project], r.Name) {
					g.Requires[p.Project] = append(g.Requires[p.Project], r.Name)
				}
			}
		}
	}
	return g
}

// Bill is the bill of materials of what is made of these pins, as a file. The
// thing has no distributions yet.
func (w *Wheels) Bill(t sbom.Thing, pins []lock.Pin, g Graph) ([]byte, error) {
	t.Trimmed = w.trim.String()
	for _, pin := range pins {
		one, ok := w.Wheel(pin.File)
		if !ok {
			continue // which the layout has reported
		}
		dist, err := one.distribution(pin)
		if err != nil {
			return nil, err
		}
		dist.Direct, dist.Requires = g.Direct[pin.Project], g.Requires[pin.Project]
		t.Distributions = append(t.Distributions, dist)
	}
	return t.Document().Marshal(), nil
}

// distribution describes the wheel as a member of something.
func (w *Wheel) distribution(pin lock.Pin) (sbom.Distribution, error) {
	m, err := w.metadata()
	if err != nil {
		return sbom.Distribution{}, err
	}
	dist := sbom.Distribution{Name: pin.Project, Version: pin.Version, File: w.File.Filename.Text, SHA256: w.Sum, Metadata: m, Files: w.notable(m)}
	if pin.Source != nil {
		dist.Source = sbom.File{Path: pin.Source.Filename.Text, SHA256: pin.Source.SHA256}
	}
	return dist, nil
}

// readMetadata reads METADATA, which was held against the name of the wheel
// when that was opened.
func (w *Wheel) readMetadata() (wheel.Metadata, error) {
	data, err := w.reader.ReadFile(w.DistInfo + "/METADATA")
	if err != nil {
		return wheel.Metadata{}, err
	}
	return wheel.ParseMetadata(data)
}

// notable are the files that a bill of materials names, as the package has them.
func (w *Wheel) notable(m wheel.Metadata) []sbom.File {
	binaries := map[string]bool{}
	for _, b := range w.Binaries {
		binaries[b.Name] = true
	}
	var list []sbom.File
	for _, file := range w.Members {
		path, err := w.place(file.Name)
		switch {
		case err != nil || path == "" || sbom.Bundled(path) && !binaries[file.Name]:
		case sbom.Notable(path), slices.Contains(m.LicenseFiles, licenceName(w.DistInfo, path)):
			list = append(list, sbom.File{Path: path, SHA256: sbom.Hex(file.Sum)})
		}
	}
	return list
}

// licenceName is how METADATA of before PEP 639 names a file of the dist-info
// folder, or "".
func licenceName(info, path string) string {
	if len(path) > len(info) && path[:len(info)+1] == info+"/" {
		return path[len(info)+1:]
	}
	return ""
}
