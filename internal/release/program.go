package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// build builds the program for a platform.
func (r release) build(ctx context.Context, p platform, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags=-s -w -X main.released="+r.version.String(), "-o", path, "./cmd/axle")
	// Settings of whoever builds must not show in what is built.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
	cmd.Dir = r.top
	return run(cmd)
}

// run runs a command; what it says is part of the error.
func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:min(len(cmd.Args), 4)], " "), err, out)
	}
	return nil
}

// beside are the files that go with the program: its licence, what changed, the
// manual pages, and the completions, which a program for this machine prints.
func (r release) beside(ctx context.Context, work string) ([]file, error) {
	var files []file
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		data, err := os.ReadFile(filepath.Join(r.top, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, 0o644, data})
	}
	pages, err := filepath.Glob(filepath.Join(r.top, "docs", "man", "man*", "*"))
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"man/" + filepath.Base(filepath.Dir(page)) + "/" + filepath.Base(page), 0o644, data})
	}
	here := platform{os: runtime.GOOS, arch: runtime.GOARCH}
	program := filepath.Join(work, "here", here.program())
	if err := r.build(ctx, here, program); err != nil {
		return nil, err
	}
	for _, shell := range [][2]string{{"bash", "axle.bash"}, {"zsh", "_axle"}, {"fish", "axle.fish"}, {"powershell", "axle.ps1"}} {
		out, err := exec.CommandContext(ctx, program, "completion", shell[0]).Output()
		if err != nil {
			return nil, fmt.Errorf("axle completion %s: %w", shell[0], err)
		}
		files = append(files, file{"completions/" + shell[1], 0o644, out})
	}
	return files, nil
}

// writeSums writes the digests of all files of a folder.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), e.Name())
	}
	return os.WriteFile(filepath.Join(dir, sumsName), []byte(b.String()), 0o644)
}
