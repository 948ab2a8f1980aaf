package selector

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/deployments"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// DeployOptions say where and how to deploy. Root is required.
type DeployOptions struct {
	// Root is the agent's root folder.
	Root string
	// NoCompile leaves out the byte code.
	NoCompile bool
	// Now is the time that the record gets; nil stands for time.Now.
	Now func() time.Time
}

// Names inside the folder of a deployment.
const (
	codeFolder = "x"
	codeZip    = "x.zip"
	bootFile   = "boot.py"
)

// Deploy puts a choice on the agent: the package extracted once for all
// deployments that carry the same bytes, every file checked against RECORD
// while it is written, then the extension, then the record. All of it is
// staged and moved into place by renames; on error nothing has changed, except
// that a package may be there that nothing refers to yet. The same deployment
// twice is the same as once.
func Deploy(ctx context.Context, z *Zip, c Choice, opt DeployOptions) (Deployment, error) {
	d := deployer{z: z, c: c, opt: opt}
	if err := d.check(); err != nil {
		return Deployment{}, err
	}
	store, err := deployments.Open(opt.Root)
	if err != nil {
		return Deployment{}, err
	}
	d.store = store
	if err := d.newRecord(); err != nil {
		return Deployment{}, err
	}
	if err := d.deployPackage(ctx); err != nil {
		return Deployment{}, err
	}
	if err := d.deployStarter(ctx); err != nil {
		return Deployment{}, err
	}
	d.locate()
	record, changed, err := store.Place(ctx, d.rec, func(dir, final string) error { return d.fill(ctx, dir, final) })
	if err != nil {
		return Deployment{}, err
	}
	return Deployment{Root: store.Root(), Changed: changed, Record: record}, nil
}

// deployer is one call of Deploy.
type deployer struct {
	z     *Zip
	c     Choice
	opt   DeployOptions
	store *deployments.Store
	rec   deployments.Record
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
		code := fault.ExitCode(err)
		if code == fault.Internal { // an error that has no code of its own
			code = fault.BadInput
		}
		return fault.WithCode(fmt.Errorf("%s: %w", d.c.Package.Member, err), code)
	}
	if v := newMatcher(*d.c.Interpreter.Report).judge(d.c.Package); v.Reason != Outranked {
		return fault.New(fault.NoPackage, fmt.Sprintf("%s: %s: %s", d.c.Interpreter.Path, d.c.Package.File(), v.Detail()))
	}
	return nil
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
	digest, err := d.z.digest()
	if err != nil {
		return err
	}
	m := d.z.Extension.Manifest
	d.rec = deployments.Record{
		Name: m.Name, Version: m.Version.String(), Deployed: now().UTC().Truncate(time.Second),
		Zip: deployments.Zip{Path: abs, Size: d.z.Size}, Digest: digest, ZipSafe: m.ZipSafe, ExtraPaths: m.PythonExtraPaths,
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

// locate gives the deployment its name: short, and another one for every other
// combination of contents, package, interpreter and starter.
func (d *deployer) locate() {
	h, in := sha256.New(), d.rec.Interpreter
	fmt.Fprintln(h, d.rec.Digest, in.Path, in.Version, in.NeedsSite, in.Size, in.Modified.Unix(), d.opt.NoCompile, d.rec.Starter, bootDigest())
	if d.rec.Package != nil {
		fmt.Fprintln(h, d.rec.Package.Folder)
	}
	d.rec.ID = d.rec.Version + "-" + short(h.Sum(nil))[:10]
	home := "e/" + d.rec.Name + "/" + d.rec.ID + "/"
	d.rec.Boot, d.rec.Code = home+bootFile, home+codeFolder
	if d.rec.ZipSafe {
		d.rec.Code = home + codeZip
	}
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
	inner, err := d.z.open(d.c.Package.Member)
	if err != nil {
		return err
	}
	entries, digest, err := record(inner, d.c.Package.Filename)
	if err != nil {
		return err
	}
	p := &deployments.Package{File: d.c.Package.File(), Digest: digest, Tag: d.c.Tag.String()}
	sum, err := hex.DecodeString(digest)
	if err != nil {
		return err
	}
	p.Folder, err = d.store.Package(ctx, d.keyFor(short(sum)), func(dir, final string) error {
		if err := archive.Extract(ctx, inner, dir, archive.ExtractOptions{Verify: entries.Map()}); err != nil {
			return withRoom(err, inner)
		}
		return d.compile(ctx, dir, final)
	})
	d.rec.Package = p
	return err
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
func (d *deployer) fill(ctx context.Context, dir, final string) error {
	if err := d.fillCode(ctx, dir, final); err != nil {
		return err
	}
	boot, err := d.bootScript()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, bootFile), boot, 0o644)
}

func (d *deployer) fillCode(ctx context.Context, dir, final string) error {
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
	return d.compile(ctx, code, filepath.Join(final, codeFolder))
}
