// Command release makes everything that a release of axle consists of:
//
//	go run ./internal/release -version 1.2.3 -out dist/release
//
// writes for each platform the program in an archive with its manual pages and
// completions, and a wheel that carries it, so that pip can install it; for Linux
// a deb and an rpm; and SHA256SUMS over all of them. Nothing is published.
//
// The same checkout, Go and version give the same bytes: the programs are built
// with -trimpath, and no path, user or time of the machine goes into an archive.
// Times are SOURCE_DATE_EPOCH, else 1980.
//
// It is run in the top folder of a checkout. deb and rpm are made by nfpm, which
// the go command fetches.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/extension"
	"github.com/axlepack/axle/internal/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := parse(os.Args[1:], os.LookupEnv)
	if err == nil {
		err = r.make(ctx)
	}
	if err != nil {
		fault.Print(os.Stderr, err)
		os.Exit(fault.ExitCode(err))
	}
}

// platform is a system and processor that axle is released for.
type platform struct {
	os, arch string
	// tags are the platform tags of its wheel: what the Go runtime needs.
	tags []string
}

// platforms are all of them. A static program needs no C library, so that a
// wheel for Linux is for all of them; Go 1.26 needs macOS 12.
var platforms = []platform{
	{"linux", "amd64", []string{"manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"}},
	{"linux", "arm64", []string{"manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"}},
	{"darwin", "amd64", []string{"macosx_12_0_x86_64"}},
	{"darwin", "arm64", []string{"macosx_12_0_arm64"}},
	{"windows", "amd64", []string{"win_amd64"}},
	{"windows", "arm64", []string{"win_arm64"}},
}

func (p platform) String() string { return p.os + "/" + p.arch }

// program is the name of the program's file.
func (p platform) program() string {
	if p.os == "windows" {
		return "axle.exe"
	}
	return "axle"
}

// release is what is to be made.
type release struct {
	version   extension.Version
	out       string
	top       string // of the checkout
	platforms []platform
	packages  bool // deb and rpm too
	when      time.Time
	extras    []file // what goes beside the program
}

// file is a member of an archive.
type file struct {
	name string
	mode os.FileMode
	data []byte
}

// parse reads the command line.
func parse(args []string, env func(string) (string, bool)) (release, error) {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "the version, as 1.2.3 or 1.2.3-rc.1")
	out := flags.String("out", filepath.Join("dist", "release"), "folder to write into")
	only := flags.String("platforms", "", "only these, with commas between them: linux/amd64")
	packages := flags.Bool("packages", true, "make deb and rpm, too")
	if err := flags.Parse(args); err != nil {
		return release{}, fault.WithCode(err, fault.Usage)
	}
	r := release{out: *out, top: ".", packages: *packages, when: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	var err error
	if r.version, err = extension.ParseVersion(strings.TrimPrefix(*version, "v")); err != nil {
		return release{}, fault.WithCode(err, fault.Usage)
	}
	if text, ok := env("SOURCE_DATE_EPOCH"); ok && text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return release{}, fault.Errorf(fault.Usage, "SOURCE_DATE_EPOCH is %q, which is no number of seconds", text)
		}
		r.when = time.Unix(seconds, 0).UTC()
	}
	for _, p := range platforms {
		if *only == "" || slices.Contains(strings.Split(*only, ","), p.String()) {
			r.platforms = append(r.platforms, p)
		}
	}
	if len(r.platforms) == 0 {
		return release{}, fault.New(fault.Usage, "-platforms "+*only+": axle is released for none of them")
	}
	return r, nil
}

// make makes the release. What an earlier one left in the folder is removed.
func (r release) make(ctx context.Context) error {
	if err := emptied(r.out); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "axle-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if r.extras, err = r.beside(ctx, work); err != nil {
		return err
	}
	for _, p := range r.platforms {
		fmt.Fprintln(os.Stderr, p)
		if err := r.makeFor(ctx, p, work); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return writeSums(r.out)
}

// makeFor makes what there is for one platform.
func (r release) makeFor(ctx context.Context, p platform, work string) error {
	path := filepath.Join(work, p.os+"-"+p.arch, p.program())
	if err := r.build(ctx, p, path); err != nil {
		return err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := r.archive(p, program); err != nil {
		return err
	}
	if err := r.wheel(p, program); err != nil {
		return err
	}
	if p.os != "linux" || !r.packages {
		return nil
	}
	return r.package_(ctx, p, path, work)
}

// sumsName is the file that lists the others; it marks the folder of a release.
const sumsName = "SHA256SUMS"

// emptied makes a folder, or empties that of an earlier release.
func emptied(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, sumsName)); err != nil {
			return fault.New(fault.Usage, dir+": the folder holds something that is no release", "name another one with -out")
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return os.MkdirAll(dir, 0o755)
}
