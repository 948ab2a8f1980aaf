package selector

import (
	"encoding/json"
	"path"

	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/pep440"
)

// A zip that was deployed need not be read again to see that nothing changed.
// The record keeps the stamp of the zip's file: device, inode, size, and the
// times of its last modification and of its last change. Nobody can set the time of
// change: whoever writes to a file, replaces it or gives it other times leaves
// another stamp, unless he sets the system's clock back or writes past the file
// system, and he who can do that can change the deployment itself. (On Windows
// a program can ask for another time of change; those that set times do not.) What is left
// is a file that is written once more within one tick of the clock; so there is a
// stamp only of files that are at rest, see [deployments.Stamp]. Where the system has
// no such time, there is none, and the zip is read.

// found is what reading the package told that selecting depends on.
type found struct {
	RequiresPython string   `json:"requires_python,omitempty"`
	Binaries       Binaries `json:"binaries"`
}

// recall spares the reading of a package where the current deployment was made
// from the very same zip.
func (z *Zip) recall(root string) {
	if root == "" || z.stamp == "" {
		return
	}
	store, err := deployments.At(root)
	if err != nil {
		return
	}
	rec, err := store.Current(z.Extension.Manifest.Name)
	if err != nil || rec.Package == nil || rec.Zip.Stamp != z.stamp {
		return
	}
	for i := range z.Extension.Packages {
		p := &z.Extension.Packages[i]
		if p.File() == rec.Package.File && !p.Read && p.Problem == nil {
			p.remember(rec.Package.Found)
		}
	}
}

func (p *Package) remember(text json.RawMessage) {
	var f found
	if len(text) == 0 || json.Unmarshal(text, &f) != nil {
		return
	}
	set, err := pep440.ParseSpecifierSet(f.RequiresPython)
	if err != nil {
		return
	}
	p.Read, p.RequiresPython, p.Binaries = true, set, f.Binaries
}

func (p *Package) found() (json.RawMessage, error) {
	return json.Marshal(found{p.RequiresPython.String(), p.Binaries})
}

// unchanged tells whether the very deployment that this call would make is
// current, as far as that shows without reading the zip; see above.
func (d *deployer) unchanged(before deployments.Record) bool {
	zip := before.Zip
	if d.z.stamp == "" || zip.Stamp != d.z.stamp || zip.Path != d.rec.Zip.Path || (before.Package == nil) != (d.c.Package == nil) {
		return false
	}
	now := d.rec
	now.Digest, now.ZipSafe = before.Digest, before.ZipSafe
	now.Starter = "p/" + starterKey(d.keyFor(starterDigest()))
	if p := before.Package; p != nil {
		if p.File != d.c.Package.File() || p.Folder != "p/"+d.keyFor(keyOf(p.Digest)) || !d.store.HasPackage(path.Base(p.Folder)) {
			return false
		}
		now.Package = p
	}
	return d.idOf(now) == before.ID && d.store.HasPackage(path.Base(now.Starter))
}
