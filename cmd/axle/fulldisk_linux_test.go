package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/axlepack/axle/internal/indextest"
)

// mountedVariable says to a test that it runs where it may mount.
const mountedVariable = "AXLE_TEST_MAY_MOUNT"

// TestFullDisk builds where the disk is full: first that of the project, then
// that of the cache.
func TestFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	t.Run("project", fullProject)
	t.Run("cache", fullCache)
	t.Run("root", fullRoot)
	t.Run("read-only", readOnlyProject)
}

// mayMount runs the test that calls it once more, in a mount namespace of its
// own where it can have small disks in memory, and is true there.
func mayMount(t *testing.T) bool {
	t.Helper()
	if os.Getenv(mountedVariable) != "" {
		return true
	}
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), mountedVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch exit := (*exec.ExitError)(nil); {
	case errors.As(err, &exit):
		t.Errorf("%v\n%s", err, out)
	case err != nil:
		t.Skipf("this system has no mount namespaces for us: %v", err)
	case bytes.Contains(out, []byte("--- SKIP")):
		t.Skipf("%s", out)
	default:
		t.Logf("%s", out)
	}
	return false
}

// smallDisk mounts a disk of so many kilobytes.
func smallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting is not allowed here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// bigIndex serves a small wheel and big ones.
func bigIndex(t *testing.T) string {
	t.Helper()
	big := strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyz", 6000)
	files := describe(t, "", "palette 1.0 py3-none-any\nkiln 2.0 cp39..cp311@win_amd64 py3-none-manylinux_2_17_x86_64\n    file kiln/big.txt: "+scramble(big)+"\n")
	return indextest.New(t, indextest.Options{Metadata: indextest.Advertised}, files...).Simple()
}

// newProject makes a project in dir and builds it for a user, with small
// requirements; the next build will want big ones. It returns what dist has.
func newProject(t *testing.T, user, dir, index string) string {
	t.Helper()
	mustWrite(t, filepath.Join(dir, "extension.yml"), []byte(`extension: {name: ext, version: "1.0.0", api_level: "1.4.0", requires_python: ">=3.9,<3.12", zip_safe: false}
bundle: {platforms: [windows/amd64], index: {url: "`+index+`"}}
`))
	mustWrite(t, filepath.Join(dir, "extension.py"), []byte("import palette\nprint(palette.FILE)\n"))
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("palette\n"))
	mustRun(t, user, 0, "", "build", dir)
	mustWrite(t, filepath.Join(dir, "requirements.txt"), []byte("palette\nkiln\n"))
	return snapshot(filepath.Join(dir, "dist"))
}

// scramble makes text that cannot be compressed well, always the same.
func scramble(text string) string {
	out, x := []byte(text), uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = text[int(x>>8)%len(text)]
	}
	return string(out)
}

func fullProject(t *testing.T) {
	user, dir := t.TempDir(), filepath.Join(t.TempDir(), "project")
	smallDisk(t, dir, "200k")
	before := newProject(t, user, dir, bigIndex(t))
	mustRun(t, user, 1, "no space left on device", "build", dir)
	checkUntouched(t, dir, before)
	checkUntouched(t, user, "")
}

// readOnlyProject: nobody waits for downloads that cannot be put anywhere, and
// what writes nothing works.
func readOnlyProject(t *testing.T) {
	user, dir := t.TempDir(), filepath.Join(t.TempDir(), "project")
	smallDisk(t, dir, "2m")
	before := newProject(t, user, dir, bigIndex(t))
	mustRun(t, user, 0, "", "lock", dir)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("mounting is not allowed here: %v", err)
	}
	mustRun(t, user, 1, "dist: cannot be written to: read-only file system", "build", dir)
	mustRun(t, user, 1, "project: cannot be written to: read-only file system", "lock", "--upgrade", dir)
	mustRun(t, user, 0, "", "lock", dir)
	mustRun(t, user, 0, "", "matrix", "--locked", dir)
	checkUntouched(t, dir, before)
}

func fullCache(t *testing.T) {
	user := t.TempDir()
	dir := filepath.Join(user, "project")
	index := bigIndex(t)
	before := newProject(t, user, dir, index)
	smallDisk(t, filepath.Join(user, ".cache"), "100k")
	mustRun(t, user, 7, "choose another cache folder with AXLE_CACHE", "build", dir)
	checkUntouched(t, dir, before)
	checkUntouched(t, user, "")
}

func fullRoot(t *testing.T) {
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	user := t.TempDir()
	dir := filepath.Join(user, "project")
	newProject(t, user, dir, bigIndex(t))
	zip := filepath.Join(dir, "dist", "extension_build", "ext-1.0.0.zip")
	smallDisk(t, filepath.Join(user, ".root"), "240k")
	mustRun(t, user, 0, "", "deploy", zip)
	mustRun(t, user, 0, "palette-1.0", "run", "ext")
	before := snapshot(filepath.Join(user, ".root", "e"))
	mustRun(t, user, 0, "", "build", "--platform", "linux/amd64,windows/amd64", dir)
	mustRun(t, user, 1, "no space left on device", "deploy", zip)
	if after := snapshot(filepath.Join(user, ".root", "e")); after != before {
		t.Errorf("the root was:\n%s\nand is:\n%s", before, after)
	}
	mustRun(t, user, 0, "palette-1.0", "run", "ext")
}
