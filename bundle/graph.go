package bundle

import (
	"path/filepath"
	"strconv"

	"github.com/axlepack/axle/internal/report"
)

// Graph says which distribution requires which, for every target.
func (p Plan) Graph() report.Graph {
	return report.NewGraph(p.Matrix(), p.Lock, p.Project.Requirements.Items, func(file string, line int) string {
		return placeIn(p.Project.Dir, file, line)
	})
}

// placeIn is how messages name a line of a file of the project in dir.
func placeIn(dir, file string, line int) string {
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return file + ":" + strconv.Itoa(line)
}
