package main

import (
	"archive/tar"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/axlepack/axle/internal/archive"
	"github.com/axlepack/axle/internal/wheel"
)

// archive writes axle_VERSION_OS_ARCH.tar.gz, for Windows a zip: a folder of that
// name with the program and what goes beside it.
func (r release) archive(p platform, program []byte) error {
	name := strings.Join([]string{"axle", r.version.String(), p.os, p.arch}, "_")
	files := append([]file{{p.program(), 0o755, program}}, r.extras...)
	for i := range files {
		files[i].name = name + "/" + files[i].name
	}
	if p.os == "windows" {
		return writeZip(filepath.Join(r.out, name+".zip"), files)
	}
	return archive.WriteFile(filepath.Join(r.out, name+".tar.gz"), func(w io.Writer) error { return r.tarball(w, files) })
}

func (r release) tarball(w io.Writer, files []file) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: r.when, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := out.Write(f.data); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return packed.Close()
}

func writeZip(path string, files []file) error {
	return archive.WriteFile(path, func(w io.Writer) error {
		out := archive.NewWriter(w)
		for _, f := range files {
			if err := out.Add(f.name, f.mode, f.data); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// wheel writes axle-VERSION-py3-none-PLATFORM.whl. It has no Python: pip puts the
// program, a script of it, where it puts all scripts.
func (r release) wheel(p platform, program []byte) error {
	version := r.version.PEP440.String()
	tags := slices.Sorted(slices.Values(p.tags))
	stem := "axle-" + version
	info := stem + ".dist-info/"
	about := "Wheel-Version: 1.0\nGenerator: axle\nRoot-Is-Purelib: false\n"
	for _, tag := range tags {
		about += "Tag: py3-none-" + tag + "\n"
	}
	files := []file{
		{stem + ".data/scripts/" + p.program(), 0o755, program},
		{info + "METADATA", 0o644, []byte(metadata(version))},
		{info + "WHEEL", 0o644, []byte(about)},
	}
	for _, f := range r.extras {
		if f.name == "LICENSE" {
			files = append(files, file{info + "licenses/LICENSE", 0o644, f.data})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	record := wheel.Record{{Path: info + "RECORD", Size: -1}}
	for _, f := range files {
		record = append(record, wheel.RecordEntry{Path: f.name, Hash: wheel.SHA256(sha256.Sum256(f.data)), Size: int64(len(f.data))})
	}
	files = append(files, file{info + "RECORD", 0o644, record.Marshal()})
	return writeZip(filepath.Join(r.out, fmt.Sprintf("%s-py3-none-%s.whl", stem, strings.Join(tags, "."))), files)
}

func metadata(version string) string {
	return `Metadata-Version: 2.4
Name: axle
Version: ` + version + `
Summary: Carries Python dependencies to the agents that run extensions
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.7
Description-Content-Type: text/plain

axle builds one extension zip for many platforms and Pythons, and deploys and
runs it on agents. This wheel carries the program; it has no Python of its own.
`
}
