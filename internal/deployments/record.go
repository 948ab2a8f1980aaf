package deployments

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/axlepack/axle/internal/launch"
)

// format is the version of the record's JSON; a record of another format is
// refused, never guessed at.
const format = 1

// Record is what is known of one deployment: the extension, the package and
// the interpreter that were chosen for each other. It is the truth that a run
// goes by. Paths inside the root are relative to it, with slashes.
type Record struct {
	Format   int       `json:"format"`
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	ID       string    `json:"id"`
	Deployed time.Time `json:"deployed"`
	// Zip is the archive that was deployed, and Digest the hexadecimal SHA-256
	// over the names and contents of the extension's own files in it.
	Zip    Zip    `json:"zip"`
	Digest string `json:"digest"`
	// ZipSafe says that the extension runs from its zip.
	ZipSafe bool `json:"zip_safe"`
	// Code is the folder of the modules, or with ZipSafe the zip itself. Boot
	// is the script that starts it, and Starter the folder of what that calls.
	Code    string `json:"code"`
	Boot    string `json:"boot"`
	Starter string `json:"starter"`
	// ExtraPaths are the extension's python_extra_paths, as written.
	ExtraPaths []string `json:"python_extra_paths,omitempty"`
	// Package is nil for an extension that needs none.
	Package     *Package    `json:"package,omitempty"`
	Interpreter Interpreter `json:"interpreter"`
}

// Zip is an extension zip as it was found.
type Zip struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	// Stamp tells whether the file is still the same, see [Stamp].
	Stamp string `json:"stamp,omitempty"`
}

// Package is the dependency package of a deployment.
type Package struct {
	File string `json:"file"`
	// Digest is the hexadecimal SHA-256 of its RECORD, which has those of all
	// its files.
	Digest string `json:"digest"`
	// Folder holds its extracted members.
	Folder string `json:"folder"`
	Tag    string `json:"tag"`
	// Found is what reading it told, in the words of the package selector.
	Found json.RawMessage `json:"found,omitempty"`
}

// Interpreter is the executable that a deployment runs under, and how it
// looked when it was chosen.
type Interpreter struct {
	Path           string `json:"path"`
	Executable     string `json:"executable"`
	Version        string `json:"version"`
	Implementation string `json:"implementation"`
	// NeedsSite says that it does not start without its site module.
	NeedsSite bool `json:"needs_site,omitempty"`
	// Size in bytes and Modified, in whole seconds, of the executable tell
	// whether it is still the one that was chosen.
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// Plan says how the deployment is started.
func (r Record) Plan() launch.Plan {
	p := launch.Plan{
		Name: r.Name, Interpreter: r.Interpreter.Path, Size: r.Interpreter.Size, Modified: r.Interpreter.Modified.Unix(),
		NeedsSite: r.Interpreter.NeedsSite, Boot: r.Boot, Starter: r.Starter,
	}
	if r.Package != nil {
		p.Package = r.Package.Folder
	}
	return p
}

func (r Record) marshal() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}

func parseRecord(path string, text []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, fmt.Errorf("%s: not a deployment record: %w", path, err)
	}
	switch {
	case r.Format != format:
		return Record{}, fmt.Errorf("%s: a deployment record of format %d, and this axle reads format %d", path, r.Format, format)
	case r.Name == "" || r.ID == "" || r.Code == "" || r.Interpreter.Path == "":
		return Record{}, fmt.Errorf("%s: a deployment record with parts missing", path)
	}
	return r, nil
}
