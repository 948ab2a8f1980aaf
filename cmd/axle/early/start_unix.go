//go:build linux || darwin

package early

import (
	"os"
	"syscall"

	"github.com/axlepack/axle/internal/launch"
	"github.com/axlepack/axle/internal/lite"
	"github.com/axlepack/axle/internal/places"
)

func init() {
	if len(os.Args) > 2 && os.Args[1] == "run" {
		start(os.Args[2], os.Args[3:])
	}
}

// start becomes the extension; it returns where the command is to do so.
func start(name string, rest []string) {
	args, ok := arguments(rest)
	root := root(os.LookupEnv)
	if !ok || !launch.IsName(name) || lite.HasPrefix(name, "-") || !clean(root) {
		return
	}
	current, err := os.ReadFile(root + "/e/" + name + "/" + launch.CurrentFile)
	if err != nil {
		return
	}
	id, _, _ := lite.Cut(string(current), " ")
	if !launch.IsName(id) {
		return
	}
	lease, ok := hold(root + "/l/" + launch.Lease(name, id))
	if !ok {
		return
	}
	if p, ok := plan(root, name, id); ok {
		pkg := ""
		if p.Package != "" {
			pkg = root + "/" + p.Package
		}
		_ = syscall.Exec(p.Interpreter, p.Command(root+"/"+p.Boot, nil, args), p.Environ(os.Environ(), pkg))
	}
	_ = syscall.Close(lease)
}

// arguments are those of the extension; false where flags are among them that
// may be axle's.
func arguments(rest []string) ([]string, bool) {
	if len(rest) > 0 && rest[0] == "--" {
		return rest[1:], true
	}
	for _, arg := range rest {
		if lite.HasPrefix(arg, "-") {
			return nil, false
		}
	}
	return rest, true
}

// root is the folder of the deployments, "" where a reader of YAML must say.
func root(env places.Env) string {
	if dir := env.First("AXLE_ROOT"); dir != "" {
		return dir
	}
	files, required := env.AgentFiles("")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) && !required {
			continue
		}
		configured, ok := launch.RootLine(string(text))
		if err != nil || !ok {
			return ""
		}
		return env.Root("", configured, places.Administrator())
	}
	return env.Root("", "", places.Administrator())
}

// clean says whether a path is absolute and has no parts that lead nowhere.
func clean(path string) bool {
	return lite.HasPrefix(path, "/") && !lite.HasSuffix(path, "/") &&
		!lite.Contains(path, "//") && !lite.Contains(path+"/", "/./") && !lite.Contains(path+"/", "/../")
}

// hold shares the lock of a deployment, in a file that the extension inherits.
// The file must be there, and still be there once it is locked: whoever removes
// a deployment removes it.
func hold(path string) (fd int, ok bool) {
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		return -1, false
	}
	var mine, now syscall.Stat_t
	if syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB) != nil || syscall.Fstat(fd, &mine) != nil ||
		syscall.Stat(path, &now) != nil || mine.Dev != now.Dev || mine.Ino != now.Ino {
		_ = syscall.Close(fd)
		return -1, false
	}
	return fd, true
}

// plan reads the start file of a deployment; false unless all is there, and the
// interpreter is the one that was chosen.
func plan(root, name, id string) (launch.Plan, bool) {
	text, err := os.ReadFile(root + "/e/" + name + "/" + id + "/" + launch.File)
	if err != nil {
		return launch.Plan{}, false
	}
	p, ok := launch.Parse(string(text))
	if !ok || p.Name != name {
		return p, false
	}
	info, err := os.Stat(p.Interpreter)
	if err != nil || info.Size() != p.Size || info.ModTime().Unix() != p.Modified {
		return p, false
	}
	var there syscall.Stat_t
	for _, rel := range []string{p.Boot, p.Starter, p.Package} {
		if rel != "" && syscall.Stat(root+"/"+rel, &there) != nil {
			return p, false
		}
	}
	return p, true
}
