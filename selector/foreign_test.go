package selector

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/axlepack/axle/interpreters"
)

// foreign is a file of $AXLE_FOREIGN, which holds interpreters of other systems.
func foreign(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("AXLE_FOREIGN")
	if dir == "" {
		t.Skip("AXLE_FOREIGN is not set: it names the folder with interpreters of other systems")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("AXLE_FOREIGN has no %s: %v", name, err)
	}
	return path
}

// foreignZip has a package for each of three systems, and prints which it got.
func foreignZip(t *testing.T, version string) string {
	t.Helper()
	files := content{"extension.yml": manifest("demo", version, unzipped), "data.txt": version, "extension.py": "import chosen, os, sys\n" +
		"with open(os.path.join(os.path.dirname(__file__), 'data.txt')) as f:\n    print(f.read(), chosen.TAG, chosen.__cached__ is not None and os.path.exists(chosen.__cached__), sys.argv[1:])\n" +
		"class Extension:\n    def extension_start(self, fields):\n        return type('R', (), {'rc': fields.get('rc', 0)})\n"}
	for _, tag := range []string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_aarch64", "cp311-cp311-win_amd64"} {
		name := "demo-" + version + "-" + tag + ".whl"
		files["dep/"+name] = packageOf(t, name, content{"chosen.py": "TAG = '" + tag + "'\n"})
	}
	return writeZip(t, files)
}

// TestForeignLinux: this axle with the Python of another processor on its list.
func TestForeignLinux(t *testing.T) {
	list := interpreters.Find(t.Context(), interpreters.Options{Listed: []string{foreign(t, "linux-aarch64/python3.11")}})
	if len(list) != 1 || list[0].Report == nil {
		t.Fatalf("no answer: %+v", list)
	}
	root := t.TempDir()
	deploy(t, foreignZip(t, "1.0.0"), root, list[0])
	run(t, RunOptions{Root: root, Name: "demo", Args: []string{"a b", "ünï"}, Fields: `{"rc": 5}`}).
		want(t, 5, "1.0.0 cp311-cp311-manylinux_2_17_aarch64 True ['a b', 'ünï']\n"+`{"message": "", "output_fields": null, "rc": 5, "unv_output": null}`+"\n")
}

// TestForeignWindows: the build of axle for Windows with a Python for Windows.
func TestForeignWindows(t *testing.T) {
	wine, python := foreign(t, "windows-amd64/exec"), foreign(t, "windows-amd64/python/python.exe")
	dir := t.TempDir()
	axle := filepath.Join(dir, "axle.exe")
	build := exec.Command("go", "build", "-o", axle, "../cmd/axle")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	program(t, build)
	call := func(code int, args ...string) string {
		t.Helper()
		cmd := exec.Command(wine, append([]string{axle}, args...)...)
		cmd.Env = append(os.Environ(), "AXLE_CACHE="+drive(filepath.Join(dir, "cache")), "AXLE_ROOT="+drive(filepath.Join(dir, "root ünï")))
		cmd.Stdin = strings.NewReader("")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
			t.Fatalf("axle %q: %v, want exit code %d\n%s%s", args, err, code, stdout.String(), stderr.String())
		}
		return strings.ReplaceAll(stdout.String(), "\r\n", "\n")
	}
	with := []string{"--interpreter", drive(python)}
	for _, version := range []string{"1.0.0", "1.1.0"} {
		zip := drive(foreignZip(t, version))
		if out := call(0, append(with, "deploy", zip)...); !strings.Contains(out, "-cp311-cp311-win_amd64.whl\n") || strings.Contains(out, "already") {
			t.Errorf("deploy:\n%s", out)
		}
		if out := call(0, append(with, "deploy", zip)...); !strings.Contains(out, "it was there already") {
			t.Errorf("deploy again:\n%s", out)
		}
		want := version + " cp311-cp311-win_amd64 True ['a b', 'q\"uoted\\\\']\n" + `{"message": "", "output_fields": null, "rc": 7, "unv_output": null}` + "\n"
		if out := call(7, "run", "demo", "--fields", `{"rc": 7}`, "--", "a b", `q"uoted\`); out != want {
			t.Errorf("run: %q, want %q", out, want)
		}
	}
	call(11, "run", "other")
}

// drive is a path as programs under Wine see it.
func drive(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }
