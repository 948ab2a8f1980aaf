package extension

import "github.com/axlepack/axle/internal/fault"

// Project is a project folder as read.
type Project struct {
	// Dir is the folder as given.
	Dir string
	// Source is the folder with extension.py: Dir itself or its "src".
	Source string
	// ManifestPath is where extension.yml lies.
	ManifestPath string
	Manifest     Manifest
	// RequirementsPath is the requirements file; "" when there is none.
	RequirementsPath string
	Requirements     Requirements
	// Modules are the files to pack, relative to Source, sorted, with slashes; extension.yml is not among them.
	Modules []string
}

// Load reads a project folder.
func Load(dir string, env func(string) (string, bool)) (Project, []fault.Warning, error) {
	return Project{}, nil, errTODO
}
