package selector

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/wheel"
	"github.com/axlepack/axle/interpreters"
)

// DeployOptions say where and how to deploy. Root is required.
type DeployOptions struct {
	// Root is the agent's root folder.
	Root string
	// NoCompile leaves out the byte code.
	NoCompile bool
	// Test imports every top-level module of the package before the deployment
	// becomes current; where one fails nothing has changed, exit code 8.
	Test bool
	// DryRun only says what would happen.
	DryRun bool
	// Events is told of the stages; nil tells nobody.
	Events *event.Stream
	// Now is the time that the record gets; nil stands for time.Now.
	Now func() time.Time
}

// Names inside the folder of a deployment, and of a package.
const (
	codeFolder  = "x"
	codeZip     = "x.zip"
	bootFile    = "boot.py"
	keptZip     = "own.zip"   // the extension's own files, for repairs
	keptPackage = ".axle.whl" // the package as it was deployed, likewise
)

// Deploy puts a choice on the agent: the package extracted once for all
// deployments that carry the same bytes, every file checked against RECORD
// while it is written, then the extension, then the record. All of it is
// staged and moved into place by renames; on error nothing has changed, except
// that a package may be there that nothing refers to yet. The same deployment
// twice is the same as once.
func Deploy(ctx context.Context, z *Zip, c Choice, opt DeployOptions) (Deployment, error) {
	d := &deployer{z: z, c: c, opt: opt}
	defer d.release()
	if err := d.check(); err != nil {
		return Deployment{}, err
	}
	open := deployments.Open
	if opt.DryRun {
		open = deployments.At
	}
	if err := d.newRecord(); err != nil {
		return Deployment{}, err
	}
	store, err := open(opt.Root)
	if err != nil {
		return Deployment{}, err
	}
	d.store = store
	before, _ := d.store.Current(d.rec.Name)
	if !opt.Test && d.unchanged(before) {
		return Deployment{Root: d.store.Root(), DryRun: opt.DryRun, Record: before}, nil
	}
	if d.rec.Digest, err = z.digest(); err != nil {
		return Deployment{}, err
	}
	if opt.DryRun {
		return d.plan(before)
	}
	record, changed, err := d.deploy(ctx)
	if err != nil {
		return Deployment{}, err
	}
	return Deployment{Root: d.store.Root(), Changed: changed, Replaces: replaced(before, record), Record: record}, nil
}

func (d *deployer) deploy(ctx context.Context) (deployments.Record, bool, error) {
	if err := d.deployPackage(ctx); err != nil {
		return d.rec, false, err
	}
	if err := d.deployStarter(ctx); err != nil {
		return d.rec, false, err
	}
	if d.opt.Test {
		if err := d.test(ctx); err != nil {
			return d.rec, false, errors.Join(err, d.undo(ctx))
		}
	}
	d.locate()
	if err := d.checkOwnLengths(); err != nil {
		return d.rec, false, errors.Join(err, d.undo(ctx))
	}
	return d.store.Place(ctx, d.rec, d.fill(ctx))
}

// plan is what a dry run says. What can be found without reading every file is
// found.
func (d *deployer) plan(before deployments.Record) (Deployment, error) {
	starter := starterKey(d.keyFor(starterDigest()))
	d.rec.Starter = "p/" + starter
	extracts := false
	if d.c.Package != nil {
		p, inner, entries, err := d.openPackage()
		if err != nil {
			return Deployment{}, err
		}
		if err := archive.CheckRecord(inner, entries.Map()); err != nil {
			return Deployment{}, err
		}
		d.rec.Package, extracts = p, !d.store.HasPackage(path.Base(p.Folder))
	}
	d.locate()
	if before.ID == d.rec.ID {
		d.rec = before
	}
	return Deployment{
		Root: d.store.Root(), Changed: before.ID != d.rec.ID, Replaces: replaced(before, d.rec),
		DryRun: true, Extracts: extracts, Record: d.rec,
	}, nil
}

// replaced is the version that was current before, where that was another
// deployment.
func replaced(before, now deployments.Record) string {
	if before.ID == now.ID {
		return ""
	}
	return before.Version
}

// deployer is one call of Deploy.
type deployer struct {
	z     *Zip
	c     Choice
	opt   DeployOptions
	store *deployments.Store
	rec   deployments.Record
	held  []func() // what was taken for the time of the call
	made  []string // the packages that were not there before
}

// place puts a folder below p where it is not there yet, and holds it until the
// record refers to it.
func (d *deployer) place(ctx context.Context, key string, fill deployments.Fill) (string, error) {
	rel, made, release, err := d.store.Package(ctx, key, fill)
	if err != nil {
		return "", err
	}
	d.held = append(d.held, release)
	if made {
		d.made = append(d.made, rel)
	}
	return rel, nil
}

func (d *deployer) release() {
	for _, release := range d.held {
		release()
	}
	d.held = nil
}

// undo removes what a deployment that was given up put in place.
func (d *deployer) undo(ctx context.Context) error {
	d.release()
	var errs []error
	for _, rel := range d.made {
		errs = append(errs, d.store.Drop(ctx, rel))
	}
	return errors.Join(errs...)
}

// check refuses a choice that was not made for this zip by [Zip.Select].
func (d *deployer) check() error {
	m := d.z.Extension.Manifest
	if d.c.Interpreter == nil || d.c.Interpreter.Report == nil {
		return fault.New(fault.NoInterpreter, m.Name+": no interpreter was chosen")
	}
	if _, ok := d.z.reader.Member(mainModule); !ok {
		return fault.New(fault.BadInput, fmt.Sprintf("%s: it has no %s, with which an extension begins", d.z.Path, mainModule))
	}
	if d.c.Package == nil {
		return nil
	}
	d.z.read(d.c.Package)
	if err := d.c.Package.Problem; err != nil {
		return unusable(d.c.Package.Member, err)
	}
	if v := newMatcher(*d.c.Interpreter.Report).judge(d.c.Package, Policy{WarnOfBinaries: true}); v.Reason != Outranked {
		return fault.New(fault.NoPackage, fmt.Sprintf("%s: %s: %s", d.c.Interpreter.Path, d.c.Package.File(), v.Detail()))
	}
	return nil
}

// unusable is the problem of a package, with exit code 3 where it has none of its
// own.
func unusable(name string, err error) error {
	code := fault.ExitCode(err)
	if code == fault.Internal {
		code = fault.BadInput
	}
	return fault.WithCode(fmt.Errorf("%s: %w", name, err), code)
}

func (d *deployer) newRecord() error {
	now := d.opt.Now
	if now == nil {
		now = time.Now
	}
	in := d.c.Interpreter
	info, err := os.Stat(in.Path)
	if err != nil {
		return fault.WithCode(err, fault.NoInterpreter)
	}
	abs, err := filepath.Abs(d.z.Path)
	if err != nil {
		return err
	}
	m := d.z.Extension.Manifest
	d.rec = deployments.Record{
		Name: m.Name, Version: m.Version.String(), Deployed: now().UTC().Truncate(time.Second),
		Zip: deployments.Zip{Path: abs, Size: d.z.Size, Stamp: d.z.stamp}, ZipSafe: m.ZipSafe, ExtraPaths: m.PythonExtraPaths,
		Interpreter: deployments.Interpreter{
			Path: in.Path, Executable: in.Report.Path, Version: in.Report.Version,
			Implementation: in.Report.Implementation, NeedsSite: in.Report.NeedsSite,
			Size: info.Size(), Modified: modified(info),
		},
	}
	return nil
}

// modified is in whole seconds: all that archives and images of a machine keep.
func modified(info os.FileInfo) time.Time { return info.ModTime().UTC().Truncate(time.Second) }

// locate gives the deployment its name.
func (d *deployer) locate() {
	d.rec.ID = d.idOf(d.rec)
	home := "e/" + d.rec.Name + "/" + d.rec.ID + "/"
	d.rec.Boot, d.rec.Code = home+bootFile, home+codeFolder
	if d.rec.ZipSafe {
		d.rec.Code = home + codeZip
	}
}

// idOf is short, and another one for every other combination of contents,
// package, interpreter and starter.
func (d *deployer) idOf(rec deployments.Record) string {
	h, in := sha256.New(), rec.Interpreter
	fmt.Fprintln(h, rec.Digest, in.Path, in.Version, in.NeedsSite, in.Size, in.Modified.Unix(), d.opt.NoCompile, rec.Starter, bootDigest())
	if rec.Package != nil {
		fmt.Fprintln(h, rec.Package.Folder)
	}
	return rec.Version + "-" + short(h.Sum(nil))[:10]
}

// short writes 128 bits of a digest in letters that every file system keeps
// apart.
func short(sum []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// deployPackage extracts the chosen package where it is not there yet.
func (d *deployer) deployPackage(ctx context.Context) error {
	if d.c.Package == nil {
		return nil
	}
	p, inner, entries, err := d.openPackage()
	if err != nil {
		return err
	}
	d.rec.Package = p
	_, err = d.place(ctx, path.Base(p.Folder), func(dir, final string) ([]wheel.RecordEntry, error) {
		return d.fillPackage(ctx, inner, entries, d.store.Share, dir, final)
	})
	return err
}

// openPackage opens the chosen package and says where it belongs.
func (d *deployer) openPackage() (*deployments.Package, *archive.Reader, wheel.Record, error) {
	inner, err := d.z.open(d.c.Package.Member)
	if err != nil {
		return nil, nil, nil, err
	}
	entries, digest, err := record(inner, d.c.Package.Filename)
	if err != nil {
		return nil, nil, nil, err
	}
	told, err := d.c.Package.found()
	if err != nil {
		return nil, nil, nil, err
	}
	p := &deployments.Package{File: d.c.Package.File(), Digest: digest, Tag: d.c.Tag.String(), Folder: "p/" + d.keyFor(keyOf(digest)), Found: told}
	return p, inner, entries, d.checkLengths(p.Folder, inner.Names())
}

// have finds a file that is on the agent already, see [deployments.Store.Share].
type have func(path string, sum [sha256.Size]byte, size int64, executable bool) bool

// fillPackage extracts a package, keeps it, and makes its byte code.
func (d *deployer) fillPackage(ctx context.Context, inner *archive.Reader, entries wheel.Record, have have, dir, final string) ([]wheel.RecordEntry, error) {
	task := d.opt.Events.Begin(event.Event{What: "extracting", Name: filepath.Base(inner.Path()), Fields: []event.Field{event.F("files", len(entries))}})
	group, extracting := errgroup.WithContext(ctx)
	var kept wheel.RecordEntry
	group.Go(func() (err error) {
		kept, err = keep(extracting, inner, filepath.Join(dir, keptPackage))
		return err
	})
	group.Go(func() error {
		return archive.Extract(extracting, inner, dir, archive.ExtractOptions{Verify: entries.Map(), ReadOnly: true, WriteOut: true, Have: have})
	})
	err := group.Wait()
	task.End(err)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, withRoom(err, inner)
	}
	return append(slices.Clone(entries), kept), d.compile(ctx, dir, final)
}

// keep writes an archive that is open as a file of its own.
func keep(ctx context.Context, r *archive.Reader, file string) (wheel.RecordEntry, error) {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return wheel.RecordEntry{}, err
	}
	sum := sha256.New()
	size, err := copyIn(ctx, r.Raw(), sum, out)
	archive.WriteOut(out)
	err = errors.Join(err, out.Close())
	return wheel.RecordEntry{Path: filepath.Base(file), Hash: wheel.SHA256([sha256.Size]byte(sum.Sum(nil))), Size: size}, err
}

// copyIn copies in large parts, until ctx ends, to two writers.
func copyIn(ctx context.Context, from io.Reader, first, second io.Writer) (size int64, err error) {
	buf := make([]byte, 256<<10)
	for ctx.Err() == nil {
		n, err := io.ReadFull(from, buf)
		size += int64(n)
		_, ferr := first.Write(buf[:n])
		_, serr := second.Write(buf[:n])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return size, errors.Join(ferr, serr)
		}
		if err = errors.Join(err, ferr, serr); err != nil {
			return size, err
		}
	}
	return size, context.Cause(ctx)
}

// keyOf shortens a hexadecimal digest.
func keyOf(digest string) string {
	sum, err := hex.DecodeString(digest)
	if err != nil || len(sum) != sha256.Size {
		return "" // not one of ours
	}
	return short(sum)
}

// keyFor names a folder of files: byte code belongs to one kind of interpreter,
// so that each kind has its own copy.
func (d *deployer) keyFor(digest string) string {
	if d.opt.NoCompile {
		return digest
	}
	return digest + "-" + cacheTag(*d.c.Interpreter.Report)
}

// cacheTag names the byte code of an interpreter; Python 2 has no tag.
func cacheTag(r interpreters.Report) string {
	if r.CacheTag != "" {
		return r.CacheTag
	}
	v := r.PythonVersion()
	return fmt.Sprintf("%s-%d%d", r.Implementation, v.Release(0), v.Release(1))
}

// withRoom says how much room a package takes, where there was too little.
func withRoom(err error, r *archive.Reader) error {
	var size int64
	for _, m := range r.Members() {
		size += m.Size
	}
	return deployments.WithRoom(err, size)
}

// fill fills the folder of a deployment.
func (d *deployer) fill(ctx context.Context) deployments.Fill {
	return func(dir, final string) ([]wheel.RecordEntry, error) {
		if err := d.fillCode(ctx, dir); err != nil {
			return nil, err
		}
		if err := d.z.writeOwn(filepath.Join(dir, keptZip)); err != nil {
			return nil, err
		}
		boot, err := d.bootScript()
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, bootFile), boot, 0o644); err != nil || d.rec.ZipSafe {
			return nil, err
		}
		if err := d.compile(ctx, dir, final); err != nil {
			return nil, err
		}
		return nil, d.keepCompiledBoot(dir)
	}
}

func (d *deployer) fillCode(ctx context.Context, dir string) error {
	if d.rec.ZipSafe {
		return d.z.writeOwn(filepath.Join(dir, codeZip))
	}
	code := filepath.Join(dir, codeFolder)
	if err := os.Mkdir(code, 0o755); err != nil {
		return err
	}
	if err := archive.Extract(ctx, d.z.reader, code, archive.ExtractOptions{Include: isOwn}); err != nil {
		return withRoom(err, d.z.reader)
	}
	return nil
}
