package selector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

// Verified is what [Verify] found.
type Verified struct {
	Deployment Deployment `json:"deployment"`
	// Files were looked at.
	Files int `json:"files"`
	// Damage is what was wrong, by the folder relative to the root.
	Damage map[string][]deployments.Damage `json:"damage"`
	// Repaired says that all of it is whole again.
	Repaired bool `json:"repaired,omitempty"`
}

// Verify holds every file of a deployment, NAME or NAME==VERSION, of its package
// and of what starts it against the hashes that were noted when it was deployed,
// byte code included. With repair, damaged files are replaced, each by one rename,
// from the zips that are kept with them or the one that was deployed. What is
// damaged still is an error with exit code 6.
func Verify(ctx context.Context, root, what string, repair bool) (Verified, error) {
	s, err := deployments.At(root)
	if err != nil {
		return Verified{}, err
	}
	rec, err := recordOf(s, what)
	if err != nil {
		return Verified{}, err
	}
	v := verification{store: s, rec: rec}
	out := Verified{Deployment: Deployment{Root: s.Root(), Record: rec}, Damage: map[string][]deployments.Damage{}}
	var problems fault.List
	for _, part := range v.parts(ctx) {
		damage, files, err := v.check(part)
		out.Files += files
		if err != nil {
			return out, err
		}
		if len(damage) == 0 {
			continue
		}
		out.Damage[part.rel] = damage
		if repair {
			if damage, err = v.repair(ctx, part, damage); err != nil {
				problems = append(problems, fault.WithCode(fmt.Errorf("%s: %s cannot be repaired: %w", rec.Name, part.rel, err), fault.Mismatch))
			}
		}
		problems = append(problems, told(rec.Name, part.rel, damage, repair)...)
	}
	out.Repaired = repair && len(out.Damage) > 0 && len(problems) == 0
	return out, problems.Err()
}

// told makes an error of each damage.
func told(name, rel string, damage []deployments.Damage, repair bool) (list fault.List) {
	hint := "repair it with: axle verify --repair " + name
	if repair {
		hint = "deploy its zip again, after: axle remove " + name
	}
	for _, d := range damage {
		list = append(list, fault.New(fault.Mismatch, fmt.Sprintf("%s: %s/%s: %s", name, rel, d.Path, d.What), hint))
	}
	return list
}

// recordOf is the current deployment of NAME, or one of NAME==VERSION.
func recordOf(s *deployments.Store, what string) (deployments.Record, error) {
	name, version, ok := strings.Cut(what, "==")
	if !ok {
		return s.Current(name)
	}
	states, err := s.All(name)
	if err != nil {
		return deployments.Record{}, err
	}
	for _, st := range states {
		if st.Err == nil && (st.ID == version || st.Record.Version == version) {
			return st.Record, nil
		}
	}
	return deployments.Record{}, fault.New(fault.NotFound, fmt.Sprintf("%s: version %s is not deployed", name, version), "see what is with: axle deployments --all")
}

// verification is one call of Verify.
type verification struct {
	store *deployments.Store
	rec   deployments.Record
}

// part is one folder that a deployment consists of.
type part struct {
	rel   string
	trust func(wheel.Record) error
	// fill makes it anew; it is nil where nothing can.
	fill func() (deployments.Fill, func(), error)
	own  bool // the extension may have written files of its own
}

func (v verification) parts(ctx context.Context) []part {
	list := []part{
		{rel: "e/" + v.rec.Name + "/" + v.rec.ID, own: true, fill: func() (deployments.Fill, func(), error) { return v.fillDeployment(ctx) }},
		{rel: v.rec.Starter, fill: func() (deployments.Fill, func(), error) { return v.fillStarter(ctx) }},
	}
	if p := v.rec.Package; p != nil {
		list = append(list, part{rel: p.Folder, trust: v.trustPackage, fill: func() (deployments.Fill, func(), error) { return v.fillPackage(ctx) }})
	}
	return list
}

// check gives what is wrong with a part, and how many files it has.
func (v verification) check(p part) ([]deployments.Damage, int, error) {
	damage, err := v.store.Check(p.rel, deployments.Contents, p.trust)
	if p.own {
		damage = withoutForeign(damage)
	}
	list, _ := v.store.Sums(p.rel)
	return damage, len(list), err
}

func withoutForeign(damage []deployments.Damage) (kept []deployments.Damage) {
	for _, d := range damage {
		if d.What != deployments.Foreign {
			kept = append(kept, d)
		}
	}
	return kept
}

// trustPackage finds the list of a package's files wrong that does not agree
// with the RECORD that was deployed.
func (v verification) trustPackage(list wheel.Record) error {
	have := list.Map()
	for _, e := range list {
		if !strings.HasSuffix(e.Path, ".dist-info/RECORD") || hexOf(e.Hash) != v.rec.Package.Digest {
			continue
		}
		text, err := os.ReadFile(v.store.Path(v.rec.Package.Folder + "/" + e.Path))
		if err != nil {
			return nil // found damaged by itself
		}
		if sum := sha256.Sum256(text); wheel.SHA256(sum) != e.Hash {
			return nil
		}
		entries, err := wheel.ParseRecord(text)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if _, ok := entry.Hash.SHA256(); ok && have[entry.Path].Hash != entry.Hash {
				return errors.New(entry.Path + ": the list of files disagrees with RECORD")
			}
		}
		return nil
	}
	return errors.New("the list of files has not the RECORD that was deployed")
}

func hexOf(h wheel.Hash) string {
	sum, _ := h.SHA256()
	return hex.EncodeToString(sum[:])
}

// repair replaces what is damaged and gives what is damaged still.
func (v verification) repair(ctx context.Context, p part, damage []deployments.Damage) ([]deployments.Damage, error) {
	fill, done, err := p.fill()
	if err != nil {
		return damage, err
	}
	defer done()
	if p.own {
		err = v.store.MendDeployment(ctx, v.rec, damage, fill)
	} else {
		err = v.store.Mend(ctx, p.rel, damage, fill)
	}
	if err != nil {
		return damage, err
	}
	damage, _, err = v.check(p)
	return damage, err
}

// deployer is one that makes again what was made for the record.
func (v verification) deployer(z *Zip) *deployer {
	in, tag := v.rec.Interpreter, v.cacheTag()
	return &deployer{z: z, store: v.store, rec: v.rec, c: Choice{Interpreter: &interpreters.Interpreter{
		Path:   in.Path,
		Report: &interpreters.Report{Path: in.Executable, Version: in.Version, Implementation: in.Implementation, NeedsSite: in.NeedsSite, CacheTag: tag},
	}}, opt: DeployOptions{Root: v.store.Root(), NoCompile: tag == ""}}
}

// cacheTag names the byte code of the deployment, as the key of its starter does
// (axle-DIGEST-cpython-312, see keyFor); "" where none was made.
func (v verification) cacheTag() string {
	_, key, _ := strings.Cut(path.Base(v.rec.Starter), "-")
	_, tag, _ := strings.Cut(key, "-")
	return tag
}

func (v verification) fillStarter(ctx context.Context) (deployments.Fill, func(), error) {
	d := v.deployer(nil)
	return func(dir, final string) ([]wheel.RecordEntry, error) { return nil, d.fillStarter(ctx, dir, final) }, func() {}, nil
}

// fillDeployment takes the extension's files from the zip that is kept with
// them, or from the one that was deployed.
func (v verification) fillDeployment(ctx context.Context) (deployments.Fill, func(), error) {
	home := v.store.Path("e/" + v.rec.Name + "/" + v.rec.ID)
	var errs []error
	for _, file := range []string{filepath.Join(home, keptZip), v.rec.Zip.Path} {
		z, err := Open(file)
		if err == nil {
			var digest string
			if digest, err = z.digest(); err == nil && digest == v.rec.Digest {
				return v.deployer(z).fill(ctx), func() { _ = z.Close() }, nil
			}
			_ = z.Close()
			if err == nil {
				err = fmt.Errorf("%s: its files are not those that were deployed", file)
			}
		}
		errs = append(errs, err)
	}
	return nil, nil, errors.Join(errs...)
}

// fillPackage does the same for a package.
func (v verification) fillPackage(ctx context.Context) (deployments.Fill, func(), error) {
	inner, done, err := v.openPackage()
	if err != nil {
		return nil, nil, err
	}
	entries, err := v.recordIn(inner)
	if err == nil {
		err = archive.Verify(ctx, inner, entries.Map())
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	d := v.deployer(nil)
	return func(dir, final string) ([]wheel.RecordEntry, error) {
		return d.fillPackage(ctx, inner, entries, nil, dir, final)
	}, done, nil
}

// openPackage opens the package that is kept, or that in the deployed zip.
func (v verification) openPackage() (*archive.Reader, func(), error) {
	kept, err := archive.OpenReader(v.store.Path(v.rec.Package.Folder+"/"+keptPackage), archive.Limits{})
	if err == nil {
		if entries, e := v.recordIn(kept); e == nil && archive.Verify(context.Background(), kept, entries.Map()) == nil {
			return kept, func() { _ = kept.Close() }, nil
		}
		_ = kept.Close()
		err = fmt.Errorf("%s/%s: it is damaged too", v.rec.Package.Folder, keptPackage)
	}
	z, zerr := Open(v.rec.Zip.Path)
	if zerr != nil {
		return nil, nil, errors.Join(err, zerr)
	}
	inner, zerr := z.open(packageFolder + "/" + v.rec.Package.File)
	if zerr != nil {
		return nil, nil, errors.Join(err, zerr, z.Close())
	}
	return inner, func() { _ = z.Close() }, nil
}

// recordIn is the RECORD that was deployed, in a package.
func (v verification) recordIn(r *archive.Reader) (wheel.Record, error) {
	for _, name := range r.Names() {
		if strings.Count(name, "/") != 1 || !strings.HasSuffix(name, ".dist-info/RECORD") {
			continue
		}
		text, err := r.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) == v.rec.Package.Digest {
			return wheel.ParseRecord(text)
		}
	}
	return nil, fault.Errorf(fault.Mismatch, "%s: it is not the package that was deployed", r.Path())
}
