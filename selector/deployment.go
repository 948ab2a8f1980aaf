package selector

import (
	"path/filepath"

	"github.com/axlepack/axle/internal/deployments"
)

// Deployment is an extension, its package and its interpreter on an agent.
type Deployment struct {
	// Root is the agent's root folder.
	Root string
	// Changed says that deploying changed something: false where the very same
	// deployment was current already.
	Changed bool
	// Record is what is known of it; its paths are relative to Root.
	Record deployments.Record
}

// CodePath is the folder of the extension's modules, or its zip.
func (d Deployment) CodePath() string { return d.path(d.Record.Code) }

// BootPath is the script that starts the extension when its interpreter runs
// it with the options -s -S -B.
func (d Deployment) BootPath() string { return d.path(d.Record.Boot) }

// PackagePath is the folder of the dependencies, "" when there are none.
func (d Deployment) PackagePath() string {
	if d.Record.Package == nil {
		return ""
	}
	return d.path(d.Record.Package.Folder)
}

func (d Deployment) path(rel string) string { return filepath.Join(d.Root, filepath.FromSlash(rel)) }

// MarshalJSON writes the record with the absolute paths of its parts:
// {"root", "code_path", "package_path", "changed", and the fields of the
// record}.
func (d Deployment) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		Root        string `json:"root"`
		CodePath    string `json:"code_path"`
		PackagePath string `json:"package_path,omitempty"`
		Changed     bool   `json:"changed,omitempty"`
		deployments.Record
	}{d.Root, d.CodePath(), d.PackagePath(), d.Changed, d.Record})
}

// Find reads the current deployment of an extension.
func Find(root, name string) (Deployment, error) {
	store, err := deployments.At(root)
	if err != nil {
		return Deployment{}, err
	}
	rec, err := store.Current(name)
	return Deployment{Root: store.Root(), Record: rec}, err
}

// List reads all current deployments below a root, by name. Those that are
// damaged are in the error.
func List(root string) ([]Deployment, error) {
	store, err := deployments.At(root)
	if err != nil {
		return nil, err
	}
	records, err := store.List()
	list := make([]Deployment, len(records))
	for i, rec := range records {
		list[i] = Deployment{Root: store.Root(), Record: rec}
	}
	return list, err
}
