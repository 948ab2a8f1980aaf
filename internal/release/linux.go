package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// nfpm makes debs and rpms. Later versions need modules that not every module
// proxy has.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.44.2"

// places are where Linux has the files that go beside the program.
var places = map[string]string{
	"LICENSE":               "/usr/share/doc/axle/copyright",
	"README.md":             "/usr/share/doc/axle/README.md",
	"CHANGELOG.md":          "/usr/share/doc/axle/CHANGELOG.md",
	"completions/axle.bash": "/usr/share/bash-completion/completions/axle",
	"completions/_axle":     "/usr/share/zsh/site-functions/_axle",
	"completions/axle.fish": "/usr/share/fish/vendor_completions.d/axle.fish",
}

// package_ makes a deb and an rpm of a program.
func (r release) package_(ctx context.Context, p platform, program, work string) error {
	dir := filepath.Join(work, "packages-"+p.arch)
	config, err := r.describe(p, program, dir)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "nfpm.yaml")
	if err := os.WriteFile(path, config, 0o644); err != nil {
		return err
	}
	out, err := filepath.Abs(r.out)
	if err != nil {
		return err
	}
	for _, format := range []string{"deb", "rpm"} {
		cmd := exec.CommandContext(ctx, "go", "run", nfpm, "package", "--config", path, "--packager", format, "--target", out+string(filepath.Separator))
		cmd.Env, cmd.Dir = append(os.Environ(), "GOFLAGS=", "GOOS=", "GOARCH="), work
		if err := run(cmd); err != nil {
			return err
		}
	}
	return nil
}

// describe writes the files of a package below dir and says in nfpm's words
// where they go.
func (r release) describe(p platform, program, dir string) ([]byte, error) {
	when := r.when.Format("2006-01-02T15:04:05Z")
	info := func(mode int) map[string]any {
		return map[string]any{"mode": mode, "owner": "root", "group": "root", "mtime": when}
	}
	contents := []any{map[string]any{"src": program, "dst": "/usr/bin/axle", "file_info": info(0o755)}}
	for _, f := range r.extras {
		to, ok := places[f.name]
		if page, isPage := strings.CutPrefix(f.name, "man/"); isPage {
			to, ok = "/usr/share/man/"+page, true
		}
		if !ok {
			continue
		}
		from := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(from, f.data, 0o644); err != nil {
			return nil, err
		}
		contents = append(contents, map[string]any{"src": from, "dst": to, "file_info": info(0o644)})
	}
	return yaml.Marshal(map[string]any{
		"name": "axle", "arch": p.arch, "platform": "linux", "version": r.version.String(), "version_schema": "semver",
		"section": "utils", "priority": "optional", "maintainer": "The axle developers", "license": "Apache-2.0", "mtime": when,
		"description": "Carries Python dependencies to the agents that run extensions.\nOne extension zip for many platforms and Pythons, built on one machine.",
		"rpm":         map[string]any{"summary": "Carries Python dependencies to the agents that run extensions", "buildhost": "axle"},
		"contents":    contents,
	})
}
