//go:build linux || darwin

package early

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/axlepack/axle/internal/launch"
)

// ordinary is the exit code of what is left to the command.
const ordinary = 99

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(ordinary) // the shortcut has left it
	}
	os.Exit(m.Run())
}

// deployed is a root with an extension whose interpreter is a shell script that
// prints its arguments and what axle sets.
type deployed struct {
	root, interpreter string
	plan              launch.Plan
}

const id = "1.0.0-abc"

func deploy(t *testing.T) *deployed {
	t.Helper()
	root := t.TempDir()
	d := &deployed{root: root, interpreter: filepath.Join(root, "python")}
	d.write(t, "python", "#!/bin/sh\necho \"$@\"\necho \"$AXLE_PYTHON $AXLE_PACKAGE $PYTHONPATH\"\nread line\n", 0o755)
	d.write(t, "e/demo/current", id+" 2026-01-02T03:04:05Z\n", 0o644)
	d.write(t, "l/"+launch.Lease("demo", id), "", 0o644)
	info, err := os.Stat(d.interpreter)
	if err != nil {
		t.Fatal(err)
	}
	d.plan = launch.Plan{
		Name: "demo", Interpreter: d.interpreter, Size: info.Size(), Modified: info.ModTime().Unix(),
		Boot: "e/demo/" + id + "/boot.py", Starter: "p/starter", Package: "p/package",
	}
	for _, file := range []string{d.plan.Boot, d.plan.Starter, d.plan.Package} {
		d.write(t, file, "", 0o644)
	}
	d.start(t)
	return d
}

func (d *deployed) start(t *testing.T) {
	d.write(t, "e/demo/"+id+"/"+launch.File, string(d.plan.Marshal()), 0o644)
}

func (d *deployed) write(t *testing.T, rel, text string, mode os.FileMode) {
	t.Helper()
	file := filepath.Join(d.root, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// run is the output and the exit code of axle run with these arguments.
func (d *deployed) run(t *testing.T, env []string, args ...string) (string, int) {
	t.Helper()
	cmd := d.command(env, args...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (d *deployed) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"run"}, args...)...)
	cmd.Env = append([]string{"HOME=" + d.root + "/home", "PYTHONPATH=/host"}, env...)
	return cmd
}

func TestStart(t *testing.T) {
	d := deploy(t)
	byVariable := []string{"AXLE_ROOT=" + d.root}
	d.write(t, "agent.yml", "discover: false\nroot: "+d.root+"\n", 0o644)
	d.write(t, "home/.config/axle/agent.yml", "root: "+d.root+"\n", 0o644)
	d.write(t, "other.yml", "root: \""+d.root+"\"\n", 0o644)
	d.write(t, "share/axle", "", 0o644)
	want := func(args string) string {
		boot := filepath.Join(d.root, d.plan.Boot)
		return strings.TrimSpace("-s -S -B "+boot+" "+args) + "\n" + d.interpreter + " " + filepath.Join(d.root, d.plan.Package) + " \n"
	}
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want string // "" for what is left to the command
	}{
		{"alone", byVariable, []string{"demo"}, want("")},
		{"with arguments", byVariable, []string{"demo", "a", "b c"}, want("a b c")},
		{"with arguments that look like flags", byVariable, []string{"demo", "--", "--root", "x", "--"}, want("--root x --")},
		{"root of the user's agent.yml", nil, []string{"demo"}, want("")},
		{"root of the named agent.yml", []string{"AXLE_CONFIG=" + d.root + "/agent.yml"}, []string{"demo"}, want("")},
		{"root that YAML must tell", []string{"AXLE_CONFIG=" + d.root + "/other.yml"}, []string{"demo"}, ""},
		{"agent.yml that is not there", []string{"AXLE_CONFIG=" + d.root + "/no.yml"}, []string{"demo"}, ""},
		{"a flag", byVariable, []string{"demo", "--fields", "{}"}, ""},
		{"a flag first", byVariable, []string{"--root", d.root, "demo"}, ""},
		{"a flag behind arguments", byVariable, []string{"demo", "a", "-q"}, ""},
		{"another name", byVariable, []string{"other"}, ""},
		{"a path", byVariable, []string{"../e/demo"}, ""},
		{"a relative root", []string{"AXLE_ROOT=."}, []string{"demo"}, ""},
		{"a root with a detour", []string{"AXLE_ROOT=" + d.root + "/../" + filepath.Base(d.root)}, []string{"demo"}, ""},
		{"nothing", byVariable, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := d.run(t, c.env, c.args...)
			if out != c.want || (c.want == "") != (code == ordinary) {
				t.Errorf("exit code %d, %q; want %q", code, out, c.want)
			}
		})
	}
}

// Whatever is not as it was deployed is for the command to speak of.
func TestLeftToTheCommand(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *deployed){
		"no start file":        func(t *testing.T, d *deployed) { remove(t, d, "e/demo/"+id+"/start") },
		"no boot.py":           func(t *testing.T, d *deployed) { remove(t, d, d.plan.Boot) },
		"no starter":           func(t *testing.T, d *deployed) { remove(t, d, d.plan.Starter) },
		"no package":           func(t *testing.T, d *deployed) { remove(t, d, d.plan.Package) },
		"no lease":             func(t *testing.T, d *deployed) { remove(t, d, "l/"+launch.Lease("demo", id)) },
		"no interpreter":       func(t *testing.T, d *deployed) { remove(t, d, "python") },
		"interpreter grown":    func(t *testing.T, d *deployed) { d.write(t, "python", "#!/bin/sh\necho another\n", 0o755) },
		"interpreter no file":  func(t *testing.T, d *deployed) { d.plan.Interpreter = d.root; d.start(t) },
		"interpreter later":    func(t *testing.T, d *deployed) { d.plan.Modified--; d.start(t) },
		"of another extension": func(t *testing.T, d *deployed) { d.plan.Name = "other"; d.start(t) },
		"pointer to elsewhere": func(t *testing.T, d *deployed) { d.write(t, "e/demo/current", "../x 2026\n", 0o644) },
		"pointer to nothing":   func(t *testing.T, d *deployed) { d.write(t, "e/demo/current", "", 0o644) },
		"about to be removed": func(t *testing.T, d *deployed) {
			f, err := os.Open(filepath.Join(d.root, "l", launch.Lease("demo", id)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t)
			spoil(t, d)
			if out, code := d.run(t, []string{"AXLE_ROOT=" + d.root}, "demo"); out != "" || code != ordinary {
				t.Errorf("exit code %d, %q", code, out)
			}
		})
	}
}

func remove(t *testing.T, d *deployed, rel string) {
	t.Helper()
	if err := os.Remove(filepath.Join(d.root, rel)); err != nil {
		t.Fatal(err)
	}
}

// The process is the extension's, and holds the lease as long as it lives.
func TestBecomesTheExtension(t *testing.T) {
	d := deploy(t)
	d.write(t, "python", "#!/bin/sh\necho $$\nread line\n", 0o755)
	info, err := os.Stat(d.interpreter)
	if err != nil {
		t.Fatal(err)
	}
	d.plan.Size, d.plan.Modified = info.Size(), info.ModTime().Unix()
	d.start(t)
	cmd := d.command([]string{"AXLE_ROOT=" + d.root}, "demo")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 32)
	n, _ := out.Read(line)
	if pid := strings.TrimSpace(string(line[:n])); pid != strconv.Itoa(cmd.Process.Pid) {
		t.Errorf("process %s, and %d was started", pid, cmd.Process.Pid)
	}
	if free(t, d) {
		t.Error("it runs, and holds no lease")
	}
	in.Close()
	_ = cmd.Wait()
	if !free(t, d) {
		t.Error("it ended, and its lease did not")
	}
}

// free tells whether nobody holds the lease.
func free(t *testing.T, d *deployed) bool {
	t.Helper()
	f, err := os.Open(filepath.Join(d.root, "l", launch.Lease("demo", id)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// What is imported from here is initialised before every library: a package that
// waits for more would make all others come first.
func TestImportsLittle(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, late := range []string{"strings", "strconv", "unicode", "bytes", "fmt", "reflect", "path/filepath"} {
		if slices.Contains(strings.Fields(string(out)), late) {
			t.Errorf("it imports %s, whose turn comes late", late)
		}
	}
}
