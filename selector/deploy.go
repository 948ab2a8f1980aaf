package selector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/deployments"
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
	// Now is the time that the record gets; nil stands for time.Now.
	Now func() time.Time
}

// Deployment is an extension, its package and its interpreter on an agent.
type Deployment struct {
	Root   string             `json:"root"`
	Record deployments.Record `json:"deployment"`
}

// CodePath is the folder of the extension's modules, or its zip.
func (d Deployment) CodePath() string {
	return filepath.Join(d.Root, filepath.FromSlash(d.Record.Code))
}

// PackagePath is the folder of the dependencies, "" when there are none.
func (d Deployment) PackagePath() string {
	if d.Record.Package == nil {
		return ""
	}
	return filepath.Join(d.Root, filepath.FromSlash(d.Record.Package.Folder))
}

// Names inside the folder of a deployment.
const (
	codeFolder = "x"
	codeZip    = "x.zip"
	bootFile   = "boot.py"
	shimFolder = "u"
)

// Deploy puts a choice on the agent: the package extracted once for all
// deployments that carry the same bytes, every file checked against RECORD
// while it is written, then the extension, then the record. All of it is
// staged and moved into place by renames; on error nothing has changed. The
// same deployment twice is the same as once.
func Deploy(ctx context.Context, z *Zip, c Choice, opt DeployOptions) (Deployment, error) {
	if c.Interpreter == nil {
		return Deployment{}, fault.New(fault.NoInterpreter, z.Extension.Manifest.Name+": no interpreter was chosen")
	}
	store, err := deployments.Open(opt.Root)
	if err != nil {
		return Deployment{}, err
	}
	rec, err := newRecord(z, c, opt)
	if err != nil {
		return Deployment{}, err
	}
	if c.Package != nil {
		if rec.Package, err = deployPackage(ctx, store, z, c, opt); err != nil {
			return Deployment{}, err
		}
	}
	rec.ID = deploymentID(rec)
	home := "e/" + rec.Name + "/" + rec.ID + "/"
	rec.Code = home + codeFolder
	if rec.ZipSafe {
		rec.Code = home + codeZip
	}
	if err := store.Place(ctx, rec, func(dir string) error { return placeExtension(ctx, z, c, dir, opt) }); err != nil {
		return Deployment{}, err
	}
	return Deployment{Root: store.Root(), Record: rec}, nil
}

func newRecord(z *Zip, c Choice, opt DeployOptions) (deployments.Record, error) {
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	info, err := os.Stat(c.Interpreter.Path)
	if err != nil {
		return deployments.Record{}, fault.WithCode(err, fault.NoInterpreter)
	}
	abs, err := filepath.Abs(z.Path)
	if err != nil {
		return deployments.Record{}, err
	}
	m, report := z.Extension.Manifest, c.Interpreter.Report
	return deployments.Record{
		Name: m.Name, Version: m.Version.String(), Deployed: now().UTC().Truncate(time.Second),
		Zip: deployments.Zip{Path: abs, Digest: z.Digest, Size: z.Size}, ZipSafe: m.ZipSafe, ExtraPaths: m.PythonExtraPaths,
		Interpreter: deployments.Interpreter{
			Path: c.Interpreter.Path, Executable: report.Path, Version: report.Version,
			Implementation: report.Implementation, NeedsSite: report.NeedsSite, Size: info.Size(), Modified: info.ModTime().UTC(),
		},
	}, nil
}

// deploymentID is short, and another for every other combination of zip,
// package and interpreter.
func deploymentID(r deployments.Record) string {
	h := sha256.New()
	fmt.Fprintln(h, r.Zip.Digest, r.Interpreter.Path, r.Interpreter.Version, r.Interpreter.Size, r.Interpreter.Modified.UnixNano())
	if r.Package != nil {
		fmt.Fprintln(h, r.Package.Folder)
	}
	return r.Version + "-" + hex.EncodeToString(h.Sum(nil)[:4])
}

func deployPackage(ctx context.Context, store *deployments.Store, z *Zip, c Choice, opt DeployOptions) (*deployments.Package, error) {
	inner, err := archive.OpenNested(z.reader, c.Package.Member, archive.Limits{})
	if err != nil {
		return nil, err
	}
	defer inner.Close()
	p := &deployments.Package{File: c.Package.File(), Digest: digest(inner), Tag: c.Tag.String()}
	// Byte code belongs to one interpreter, so each has its own copy.
	key := p.Digest[:16] + "-" + cacheTag(*c.Interpreter.Report)
	p.Folder, err = store.Package(ctx, key, func(dir string) error {
		if err := extractVerified(ctx, inner, *c.Package, dir); err != nil {
			return err
		}
		return compile(ctx, *c.Interpreter, dir, opt)
	})
	return p, err
}

// cacheTag names the byte code of an interpreter; Python 2 has no tag.
func cacheTag(r interpreters.Report) string {
	if r.CacheTag != "" {
		return r.CacheTag
	}
	v := r.PythonVersion()
	return fmt.Sprintf("%s-%d%d", r.Implementation, v.Release(0), v.Release(1))
}

// extractVerified extracts a package, every file held against its RECORD.
func extractVerified(ctx context.Context, inner *archive.Reader, p Package, dir string) error {
	folder, err := wheel.DistInfo(ownDistInfo(inner.Names(), p.Filename), p.Filename)
	if err != nil {
		return fault.WithCode(err, fault.BadInput)
	}
	text, err := inner.ReadFile(folder + "/RECORD")
	if err != nil {
		return err
	}
	record, err := wheel.ParseRecord(text)
	if err != nil {
		return fault.Errorf(fault.BadInput, "%s: RECORD: %w", p.Member, err)
	}
	return archive.Extract(ctx, inner, dir, archive.ExtractOptions{Verify: record.Map()})
}

// placeExtension fills the folder of a deployment.
func placeExtension(ctx context.Context, z *Zip, c Choice, dir string, opt DeployOptions) error {
	if err := writeBoot(dir); err != nil {
		return err
	}
	if z.Extension.Manifest.ZipSafe {
		return z.copyTo(filepath.Join(dir, codeZip))
	}
	code := filepath.Join(dir, codeFolder)
	if err := os.Mkdir(code, 0o755); err != nil {
		return err
	}
	modules := func(name string) bool { return !strings.HasPrefix(name, packageFolder) }
	if err := archive.Extract(ctx, z.reader, code, archive.ExtractOptions{Include: modules}); err != nil {
		return err
	}
	return compile(ctx, *c.Interpreter, code, opt)
}

// copyTo writes the extension zip itself, also when it lies in a full package.
func (z *Zip) copyTo(path string) error {
	return archive.WriteFile(path, func(w io.Writer) error {
		var src io.ReadCloser
		var err error
		if z.outer != nil {
			src, err = z.outer.Open(nestedZip)
		} else {
			src, err = os.Open(z.Path)
		}
		if err != nil {
			return err
		}
		defer src.Close()
		_, err = io.Copy(w, src)
		return err
	})
}
