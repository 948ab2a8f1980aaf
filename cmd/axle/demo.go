package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/axlepack/axle/bundle"
	"github.com/axlepack/axle/selector"
)

//go:embed demo
var demoFiles embed.FS

func newDemo(e *env) *cobra.Command {
	var f agentFlags
	var real bool
	cmd := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Build, deploy and run the sample extension that is embedded in the program",
		Long: `Build the sample extension for Linux, Windows and macOS, print the matrix, deploy it on this machine with the best
interpreter found, run it, and show where everything is. The sample's wheels are embedded: no network is needed.
With --real it is requests, PyYAML, cryptography and numpy from the index that this machine's pip uses.

Everything is put into DIR, or into a new folder for temporary files.`,
		Args:    args(cobra.MaximumNArgs(1)),
		GroupID: "build",
		RunE: func(cmd *cobra.Command, list []string) error {
			dir, err := demoDir(list)
			if err != nil {
				return err
			}
			return e.demo(cmd.Context(), dir, f, real)
		},
	}
	cmd.Flags().StringArrayVar(&f.interpreters, "interpreter", nil, "consider the interpreter at this `path` alone (may be repeated, best first)")
	cmd.Flags().BoolVar(&real, "real", false, "use requests, PyYAML, cryptography and numpy from the index")
	return cmd
}

func demoDir(list []string) (string, error) {
	if len(list) == 0 {
		return os.MkdirTemp("", "axle-demo-")
	}
	if err := os.MkdirAll(list[0], 0o755); err != nil {
		return "", err
	}
	return filepath.Abs(list[0])
}

// demo is the whole way that data takes, in one folder.
func (e *env) demo(ctx context.Context, dir string, f agentFlags, real bool) error {
	opt, err := e.demoProject(dir, real)
	if err != nil {
		return err
	}
	say := func(format string, a ...any) { fmt.Fprintf(e.stdout, format+"\n", a...) }
	say("1. build: axle build %s\n", opt.Dir)
	events, done := e.events()
	opt.Events = events
	result, err := bundle.Build(ctx, opt)
	done()
	e.warn(result.Plan.Warnings)
	if err != nil {
		return err
	}
	if err := e.drawBuild(result); err != nil {
		return err
	}
	zip := result.Zips[0].Path
	root := filepath.Join(dir, "root")
	say("\n2. deploy: axle deploy --root %s %s\n", root, zip)
	d, err := e.demoDeploy(ctx, zip, root, f)
	if err != nil {
		return err
	}
	e.drawDeployment(d)
	say("\n3. run: axle run --root %s %s\n", root, d.Record.Name)
	code, err := selector.Run(ctx, selector.RunOptions{Root: root, Name: d.Record.Name, Stdout: e.stdout, Stderr: e.stderr})
	if err != nil {
		return err
	}
	e.code = code
	say("\nIt ended with exit code %d. Everything is in %s:", code, dir)
	say("  the project     %s", opt.Dir)
	say("  the extension   %s", zip)
	say("  the deployment  %s", root)
	return nil
}

// demoProject writes the sample into dir and says how to build it.
func (e *env) demoProject(dir string, real bool) (bundle.Options, error) {
	name := "sample"
	if real {
		name = "real"
	}
	project := filepath.Join(dir, "project")
	err := fs.WalkDir(demoFiles, "demo/"+name, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("demo/"+name, filepath.FromSlash(path))
		if err != nil {
			return err
		}
		to := filepath.Join(project, rel)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := demoFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
	if err != nil {
		return bundle.Options{}, err
	}
	var f buildFlags
	if !real {
		f.cache = filepath.Join(dir, "cache")
	}
	return e.options(f, []string{project})
}

func (e *env) demoDeploy(ctx context.Context, zip, root string, f agentFlags) (selector.Deployment, error) {
	a, err := e.settings(f)
	if err != nil {
		return selector.Deployment{}, err
	}
	z, err := selector.Open(zip)
	if err != nil {
		return selector.Deployment{}, err
	}
	defer z.Close()
	e.warn(z.Warnings)
	choice, err := selector.Select(z.Extension, e.find(ctx, a, f), selector.Policy{})
	if err != nil {
		return selector.Deployment{}, err
	}
	return selector.Deploy(ctx, z, choice, selector.DeployOptions{Root: root})
}
