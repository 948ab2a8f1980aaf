package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// changes are the commands that write to a root in which ext has the versions
// 1.0.0 and, current, 2.0.0.
func changes(t testing.TB, user string) [][]string {
	return [][]string{
		{"deploy", "--no-compile", smallZip(t, user, "ext", "3.0.0")},
		{"deploy", "--no-compile", smallZip(t, user, "other", "1.0.0")},
		{"deploy", "--no-compile", "--test", smallZip(t, user, "ext", "4.0.0")},
		{"rollback", "ext"},
		{"rollback", "ext", "2.0.0"},
		{"verify", "--repair", "ext"},
		{"remove", "ext==1.0.0"},
		{"prune", "--keep", "1"},
	}
}

// twoVersions deploys ext 1.0.0 and 2.0.0 for a new user and returns its folder
// and its root.
func twoVersions(t *testing.T, user string) (root string) {
	t.Helper()
	if machinePython() == "" {
		t.Skip("there is no Python on this machine")
	}
	for _, version := range []string{"1.0.0", "2.0.0"} {
		mustRun(t, user, 0, "", "deploy", "--no-compile", smallZip(t, user, "ext", version))
	}
	return filepath.Join(user, ".root")
}

// TestFullRoot does everything to a root whose disk has no room, or nearly none:
// what cannot be done changes nothing, what runs goes on, and pruning makes room.
func TestFullRoot(t *testing.T) {
	if !mayMount(t) {
		return
	}
	user := t.TempDir()
	smallDisk(t, filepath.Join(user, ".root"), "400k")
	root := twoVersions(t, user)
	for _, left := range []int{0, 4, 12, 24, 40} {
		for _, args := range changes(t, user) {
			mustFill(t, root, left)
			out, err := axleCommand(t, user, args).CombinedOutput()
			if err != nil && !strings.Contains(string(out), "no space left on device") {
				t.Errorf("%d KiB left: %v: %v\n%s", left, args, err, out)
			}
			if err != nil && args[0] == "prune" {
				t.Errorf("%d KiB left: pruning needs room: %s", left, out)
			}
			mustBeWhole(t, root, "ext")
			mustRun(t, user, 0, "ext ", "run", "ext")
			if err := os.Remove(filepath.Join(root, "filler")); err != nil {
				t.Fatal(err)
			}
		}
		twoVersions(t, user)
		mustRun(t, user, 0, "", "prune", "--keep", "2")
		mustBeClean(t, root)
	}
}

// mustFill leaves so many KiB of the disk of a folder.
func mustFill(t *testing.T, dir string, left int) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	size := max(0, int64(st.Bavail)*st.Bsize-int64(left)<<10)
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, size), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestReadOnlyRoot does everything to a root that cannot be written: each command
// says so and changes nothing; what only reads works.
func TestReadOnlyRoot(t *testing.T) {
	if !mayMount(t) {
		return
	}
	user := t.TempDir()
	root := twoVersions(t, user)
	before := snapshot(root)
	list := changes(t, user)
	if err := syscall.Mount(root, root, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("mounting is not allowed here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(root, syscall.MNT_DETACH) })
	if err := syscall.Mount("", root, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("mounting read-only is not allowed here: %v", err)
	}
	for _, args := range list {
		switch {
		case args[0] == "verify", args[0] == "rollback" && len(args) > 2: // nothing to do
			mustRun(t, user, 0, "", args...)
		default:
			mustRun(t, user, 1, "cannot be written", args...)
		}
	}
	mustRun(t, user, 0, "ext 2.0.0 5", "run", "ext")
	mustRun(t, user, 0, "whole", "verify", "ext==1.0.0")
	mustRun(t, user, 0, "1.0.0", "deployments", "--all")
	mustRun(t, user, 0, "nothing changed", "deploy", "--no-compile", filepath.Join(user, "ext-2.0.0.zip"))
	mustRun(t, user, 1, "cannot be written", "doctor")
	if after := snapshot(root); after != before {
		t.Errorf("the root was:\n%s\nand is:\n%s", before, after)
	}
}

// TestNoDescriptors does everything with too few open files: it is done, or
// nothing has changed.
func TestNoDescriptors(t *testing.T) {
	t.Parallel()
	user := t.TempDir()
	root := twoVersions(t, user)
	failed := 0
	for _, args := range changes(t, user) {
		for _, most := range []int{4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20} {
			cmd := axleCommand(t, user, args)
			script := fmt.Sprintf(`ulimit -n %d && exec "$@"`, most)
			limited := exec.CommandContext(t.Context(), "/bin/sh", append([]string{"-c", script, "sh", cmd.Path}, args...)...)
			limited.Dir, limited.Env = cmd.Dir, cmd.Env
			if out, err := limited.CombinedOutput(); err != nil {
				failed++
				if !strings.Contains(string(out), "too many open files") {
					t.Logf("%v with %d files: %v\n%s", args, most, err, out)
				}
			}
			mustBeWhole(t, root, "ext")
		}
		mustRun(t, user, 0, "", "prune")
		mustBeClean(t, root)
		twoVersions(t, user)
	}
	if failed == 0 {
		t.Error("there were always enough")
	}
	mustRun(t, user, 0, "ext 2.0.0 5", "run", "ext")
}
