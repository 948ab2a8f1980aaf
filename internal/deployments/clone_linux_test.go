package deployments

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// cloneVariable tells a child of the test where it may mount file systems.
const cloneVariable = "AXLE_TEST_CLONE"

// TestShareByClone: where a file cannot have one more name, it gets a copy that
// shares its blocks, on file systems that can. They are made in a file and
// mounted in a process that has its own view of what is mounted, so that nothing
// is left, however it ends.
func TestShareByClone(t *testing.T) {
	if dir := os.Getenv(cloneVariable); dir != "" {
		shareByClone(t, dir)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a file system")
	}
	for _, kind := range []string{"btrfs", "xfs"} {
		t.Run(kind, func(t *testing.T) {
			image := filepath.Join(t.TempDir(), kind)
			makeImage(t, "mkfs."+kind, image)
			cmd := exec.Command(os.Args[0], "-test.run=^TestShareByClone$", "-test.v")
			cmd.Env = append(os.Environ(), cloneVariable+"="+image)
			cmd.SysProcAttr = &unix.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
			out, err := cmd.CombinedOutput()
			switch {
			case err != nil && len(out) == 0:
				t.Skip("no process with its own mounts here: ", err)
			case err != nil || !bytes.Contains(out, []byte("--- ")):
				t.Errorf("%v\n%s", err, out)
			case bytes.Contains(out, []byte("--- SKIP")):
				t.Skipf("%s", out)
			}
		})
	}
}

func makeImage(t *testing.T, mkfs, image string) {
	t.Helper()
	program, err := exec.LookPath(mkfs)
	if err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 512<<20); err != nil { // without blocks
		t.Skip(err)
	}
	if out, err := exec.Command(program, "-q", image).CombinedOutput(); err != nil {
		t.Skipf("%v: %s", err, out)
	}
}

func shareByClone(t *testing.T, image string) {
	mount := image + ".d"
	if err := os.Mkdir(mount, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, mount).CombinedOutput(); err != nil {
		t.Skipf("mount: %v: %s", err, out)
	}
	defer func() { _ = unix.Unmount(mount, 0) }()
	s, err := Open(filepath.Join(mount, "root"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("shared", 100_000)
	sum := sha256.Sum256([]byte(text))
	shared := s.sharedPath(sum, false)
	if err := os.Mkdir(filepath.Dir(shared), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shared, []byte(text), 0o444); err != nil {
		t.Fatal(err)
	}
	// No link leads out of a mount, as none is given to a file that has as many
	// as it can have.
	if err := unix.Mount(s.Path("f"), s.Path("f"), "", unix.MS_BIND, ""); err != nil {
		t.Skip("mount: ", err)
	}
	defer func() { _ = unix.Unmount(s.Path("f"), unix.MNT_DETACH) }()
	path := s.Path("p/copy")
	if err := os.Link(shared, path); err == nil {
		t.Fatal("a link led out of a mount")
	}
	before := freeOf(t, mount)
	if !s.Share(path, sum, int64(len(text)), false) {
		t.Fatal("not shared")
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text || linked(t, path, shared) {
		t.Errorf("%d bytes of %d, %v; one file: %v", len(got), len(text), err, linked(t, path, shared))
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o444 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if taken := before - freeOf(t, mount); taken > int64(len(text))/2 {
		t.Errorf("the copy takes %d bytes, of %d", taken, len(text))
	}
	if err := os.WriteFile(shared, []byte("damaged"), 0o444); err != nil {
		t.Fatal(err)
	}
	if s.Share(s.Path("p/other"), sum, int64(len(text)), false) {
		t.Error("a damaged file was shared")
	}
	if _, err := os.Stat(s.Path("p/other")); err == nil {
		t.Error("the copy of a damaged file is still there")
	}
}

// freeOf is how many bytes are free once all is written.
func freeOf(t *testing.T, path string) int64 {
	t.Helper()
	dir, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	var st unix.Statfs_t
	if err := errors.Join(unix.Syncfs(int(dir.Fd())), unix.Statfs(path, &st)); err != nil {
		t.Fatal(err)
	}
	return int64(st.Bfree) * st.Bsize
}
