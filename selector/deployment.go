package selector

import (
	"context"
	"path/filepath"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
)

// Deployment is an extension, its package and its interpreter on an agent.
type Deployment struct {
	// Root is the agent's root folder.
	Root string
	// Changed says that deploying changed something: false where the very same
	// deployment was current already.
	Changed bool
	// Replaces is the version that was current before, "" where there was none
	// or it was this deployment.
	Replaces string
	// DryRun says that nothing was done: Changed, Replaces and Record are what
	// would be, and Extracts that the package would have to be extracted.
	DryRun, Extracts bool
	// Current says that it is what runs, and Running that something does run
	// from it; both are known of what [ListAll] lists.
	Current, Running bool
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
// {"root", "code_path", "package_path", "changed", "replaces", "dry_run",
// "extracts", "current", "running", and the fields of the record}; what is false
// is left out.
func (d Deployment) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		Root        string `json:"root"`
		CodePath    string `json:"code_path"`
		PackagePath string `json:"package_path,omitempty"`
		Changed     bool   `json:"changed,omitempty"`
		Replaces    string `json:"replaces,omitempty"`
		DryRun      bool   `json:"dry_run,omitempty"`
		Extracts    bool   `json:"extracts,omitempty"`
		Current     bool   `json:"current,omitempty"`
		Running     bool   `json:"running,omitempty"`
		deployments.Record
	}{d.Root, d.CodePath(), d.PackagePath(), d.Changed, d.Replaces, d.DryRun, d.Extracts, d.Current, d.Running, d.Record})
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

// hold is Find for what will run from the deployment: until the lease ends it is
// not removed.
func hold(ctx context.Context, root, name string) (Deployment, deployments.Lease, error) {
	store, err := deployments.At(root)
	if err != nil {
		return Deployment{}, deployments.Lease{}, err
	}
	rec, lease, err := store.Lease(ctx, name)
	return Deployment{Root: store.Root(), Record: rec}, lease, err
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

// ListAll is List with the deployments that can be gone back to, those of one
// extension together, the current one first.
func ListAll(root string) ([]Deployment, error) {
	store, err := deployments.At(root)
	if err != nil {
		return nil, err
	}
	folders, err := store.Folders()
	if err != nil {
		return nil, err
	}
	list := []Deployment{}
	var problems fault.List
	for _, name := range folders {
		states, err := store.All(name)
		if err != nil && fault.ExitCode(err) != fault.NotFound {
			return nil, err
		}
		for _, st := range states {
			if st.Err != nil {
				problems = append(problems, fault.Errorf(fault.NotFound, "%s: %s is damaged: %w", name, st.ID, st.Err))
				continue
			}
			list = append(list, Deployment{Root: store.Root(), Current: st.Current, Running: st.Running, Record: st.Record})
		}
	}
	return list, problems.Err()
}
