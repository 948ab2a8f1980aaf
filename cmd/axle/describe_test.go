package main

import (
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/wheeltest"
)

// The tests describe the files of an index as text. A line that is not
// indented begins a release: project, version, and the tags of its wheels.
// "cp39..cp312@win_amd64,macosx_11_0_arm64" stands for a wheel for each of
// these Pythons and platforms, "sdist" for a source distribution. Indented
// lines say more of it:
//
//	kiln 2.0 cp39..cp312@win_amd64,manylinux_2_17_x86_64 sdist
//	    requires: palette>=1; python_version < "3.11"   (as often as needed)
//	    extra blue: dyes>=2
//	    requires-python: >=3.9
//	    yanked: a reason
//	    uploaded: 2026-01-02T03:04:05Z
//	    files: kiln-files            the files of this folder are its own
//	    file kiln/data.txt: a\nb     one more file, of two lines
//	    native: kiln/_kiln           an extension module for each platform
//	    plan: {"fail": "build_wheel"}  what the backend of its sdist does; see indextest.Backend
//	    digest: 00…                  what the index says, in place of the truth
//	    broken: truncated            see wheeltest.Fault
//	    metadata: License: MIT       a line more in METADATA
type release struct {
	project, version string
	tags             []string
	requiresPython   string
	metadata         string
	yanked           *string
	uploaded, digest string
	files            map[string]string
	native           string
	plan             map[string]any
	broken           wheeltest.Fault
}

// describe makes the files of an index; folders are below dir.
func describe(t testing.TB, dir, text string) []indextest.File {
	t.Helper()
	var all []*release
	for n, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		var err error
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case line[0] != ' ' && line[0] != '\t':
			var r *release
			r, err = newRelease(strings.Fields(line))
			all = append(all, r)
		default:
			err = all[len(all)-1].set(dir, trimmed)
		}
		if err != nil {
			t.Fatalf("index, line %d: %v", n+1, err)
		}
	}
	var files []indextest.File
	for _, r := range all {
		for _, tag := range r.tags {
			files = append(files, r.file(t, tag))
		}
	}
	return files
}

func newRelease(fields []string) (*release, error) {
	if len(fields) < 3 {
		return nil, fmt.Errorf("project, version and tags are wanted, not %q", fields)
	}
	r := &release{project: fields[0], version: fields[1], files: map[string]string{}}
	for _, tags := range fields[2:] {
		pythons, platforms, many := strings.Cut(tags, "@")
		if !many {
			r.tags = append(r.tags, tags)
			continue
		}
		for _, python := range pythonRange(pythons) {
			for platform := range strings.SplitSeq(platforms, ",") {
				r.tags = append(r.tags, python+"-"+python+"-"+platform)
			}
		}
	}
	return r, nil
}

// pythonRange is cp39..cp312 written out.
func pythonRange(text string) []string {
	from, to, isRange := strings.Cut(text, "..")
	if !isRange {
		return []string{text}
	}
	first, errFirst := strconv.Atoi(strings.TrimPrefix(from, "cp3"))
	last, errLast := strconv.Atoi(strings.TrimPrefix(to, "cp3"))
	if errFirst != nil || errLast != nil {
		return []string{text}
	}
	var out []string
	for minor := first; minor <= last; minor++ {
		out = append(out, "cp3"+strconv.Itoa(minor))
	}
	return out
}

func (r *release) set(dir, line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	name, arg, _ := strings.Cut(key, " ")
	switch name {
	case "requires":
		r.metadata += "Requires-Dist: " + value + "\n"
	case "extra":
		r.metadata += fmt.Sprintf("Provides-Extra: %s\nRequires-Dist: %s ; extra == %q\n", arg, value, arg)
	case "requires-python":
		r.requiresPython = value
		r.metadata += "Requires-Python: " + value + "\n"
	case "metadata":
		r.metadata += value + "\n"
	case "yanked":
		r.yanked = &value
	case "uploaded":
		r.uploaded = value
	case "digest":
		r.digest = value
	case "native":
		r.native = value
	case "plan":
		return json.Unmarshal([]byte(value), &r.plan)
	case "broken":
		if r.broken = faultOf(value); r.broken == "" {
			return fmt.Errorf("a wheel cannot be broken by %q", value)
		}
	case "file":
		r.files[arg] = strings.ReplaceAll(value, `\n`, "\n") + "\n"
	case "files":
		return r.addFolder(filepath.Join(dir, value))
	default:
		return fmt.Errorf("unknown key %q", name)
	}
	return nil
}

// faultOf finds the fault whose description contains a text.
func faultOf(text string) wheeltest.Fault {
	for _, f := range wheeltest.Faults {
		if strings.Contains(string(f), text) {
			return f
		}
	}
	return ""
}

func (r *release) addFolder(dir string) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		r.files[name] = string(data)
		return err
	})
}

func (r *release) file(t testing.TB, tag string) indextest.File {
	escaped := strings.ReplaceAll(r.project, "-", "_")
	f := indextest.File{Project: r.project, RequiresPython: r.requiresPython, Yanked: r.yanked, UploadTime: r.uploaded, SHA256: r.digest}
	f.Metadata = fmt.Appendf(nil, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s", r.project, r.version, r.metadata)
	if tag == "sdist" {
		f.Name = fmt.Sprintf("%s-%s.tar.gz", escaped, r.version)
		f.Content = indextest.Sdist(f.Name, string(f.Metadata), "backend.py", indextest.Backend, "plan.json", r.planned(t))
		f.Metadata = nil
		return f
	}
	f.Name = fmt.Sprintf("%s-%s-%s.whl", escaped, r.version, tag)
	files := map[string]string{
		"dist-info/METADATA":     string(f.Metadata),
		escaped + "/__init__.py": fmt.Sprintf("__version__ = %q\nFILE = %q\n", r.version, f.Name),
	}
	for name, text := range r.files {
		files[name] = text
	}
	if r.native != "" {
		name, data := nativeMember(r.native, tag)
		files[name] = string(data)
	}
	f.Content = wheeltest.Make(t, f.Name, files)
	if r.broken != "" {
		f.Content = wheeltest.Break(t, f.Content, r.broken)
	}
	return f
}

// planned is the plan of its source distribution: the metadata and the files
// are those of the wheels, unless the plan has its own.
func (r *release) planned(t testing.TB) string {
	t.Helper()
	plan := map[string]any{"name": strings.ReplaceAll(r.project, "-", "_"), "version": r.version, "more": strings.Split(strings.TrimSpace(r.metadata), "\n"), "files": r.files}
	if r.metadata == "" {
		delete(plan, "more")
	}
	maps.Copy(plan, r.plan)
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// nativeMember is the smallest extension module that a loader would know for
// one of its platform.
func nativeMember(name, tag string) (string, []byte) {
	parts := strings.Split(tag, "-")
	python, platform := parts[0], parts[2]
	arm := strings.HasSuffix(platform, "arm64") || strings.HasSuffix(platform, "aarch64")
	le := binary.LittleEndian
	switch {
	case strings.HasPrefix(platform, "win"):
		image := make([]byte, 64+24+240)
		copy(image, "MZ")
		image[60] = 64
		copy(image[64:], "PE\x00\x00")
		le.PutUint16(image[68:], map[bool]uint16{false: 0x8664, true: 0xaa64}[arm])
		le.PutUint16(image[84:], 240)
		le.PutUint16(image[88:], 0x20b)
		return fmt.Sprintf("%s.%s-%s.pyd", name, python, platform), image
	case strings.HasPrefix(platform, "macosx"):
		image := make([]byte, 32)
		le.PutUint32(image, 0xfeedfacf)
		le.PutUint32(image[4:], map[bool]uint32{false: 0x1000007, true: 0x100000c}[arm])
		le.PutUint32(image[12:], 6)
		return fmt.Sprintf("%s.%s-darwin.so", name, strings.Replace(python, "cp", "cpython-", 1)), image
	}
	machine := map[bool]elf.Machine{false: elf.EM_X86_64, true: elf.EM_AARCH64}[arm]
	image := slices.Concat([]byte(elf.ELFMAG), []byte{byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1}, make([]byte, 57))
	le.PutUint16(image[16:], uint16(elf.ET_DYN))
	le.PutUint16(image[18:], uint16(machine))
	return name + ".so", image
}
