package indextest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

var epoch = time.Date(2020, 2, 2, 0, 0, 0, 0, time.UTC)

// Wheel makes a tiny wheel with one module, named and tagged by its file
// name. metadata is its METADATA; extra are more members by name and content,
// alternately.
func Wheel(name, metadata string, extra ...string) []byte {
	parts := strings.Split(strings.TrimSuffix(name, ".whl"), "-")
	distribution, version, tag := parts[0], parts[1], parts[len(parts)-3:]
	info := fmt.Sprintf("%s-%s.dist-info/", distribution, version)
	members := append([]string{distribution + "/__init__.py", fmt.Sprintf("__version__ = %q\n", version)}, extra...)
	members = append(members, info+"METADATA", metadata, info+"WHEEL", wheelInfo(tag))
	var record strings.Builder
	for i := 0; i < len(members); i += 2 {
		sum := sha256.Sum256([]byte(members[i+1]))
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", members[i], base64.RawURLEncoding.EncodeToString(sum[:]), len(members[i+1]))
	}
	members = append(members, info+"RECORD", record.String()+info+"RECORD,,\n")
	return Zip(members...)
}

func wheelInfo(tag []string) string {
	s := fmt.Sprintf("Wheel-Version: 1.0\nGenerator: synth\nRoot-Is-Purelib: %t\n", tag[2] == "any")
	for _, python := range strings.Split(tag[0], ".") {
		for _, abi := range strings.Split(tag[1], ".") {
			for _, platform := range strings.Split(tag[2], ".") {
				s += fmt.Sprintf("Tag: %s-%s-%s\n", python, abi, platform)
			}
		}
	}
	return s
}

// Zip makes a zip file of members by name and content, alternately. They are
// stored uncompressed: scenarios are made by the thousand.
func Zip(members ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		data := []byte(members[i+1])
		h := &zip.FileHeader{Name: members[i], Method: zip.Store, Modified: epoch, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			panic(err) // a buffer does not fail
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Backend is a build backend for source archives of tests, to be put beside
// their pyproject.toml as backend.py. It does what plan.json there says: see its
// source.
//
//go:embed backend.py
var Backend string

// Sdist makes a tiny source archive (.tar.gz) whose PKG-INFO is metadata, and
// whose pyproject.toml names the module backend beside it as its backend. extra
// are more members by name and content, alternately.
func Sdist(name, metadata string, extra ...string) []byte {
	top := strings.TrimSuffix(name, ".tar.gz") + "/"
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	t := tar.NewWriter(g)
	members := append([]string{
		"PKG-INFO", metadata,
		"pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
	}, extra...)
	for i := 0; i < len(members); i += 2 {
		err := t.WriteHeader(&tar.Header{Name: top + members[i], Mode: 0o644, Size: int64(len(members[i+1])), ModTime: epoch})
		if err == nil {
			_, err = t.Write([]byte(members[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := t.Close(); err != nil {
		panic(err)
	}
	if err := g.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
