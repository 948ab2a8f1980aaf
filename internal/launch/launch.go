// Package launch is what the start of a deployed extension needs: the command,
// the environment, and the start file, which has both in the folder of a
// deployment beside its record.
//
// The program starts an extension before most of itself is initialised, so that
// this imports next to nothing. The start file is for that, and is to be read
// by the axle that wrote it or a later one:
//
//	axle-start 1
//	NAME
//	INTERPRETER            its absolute path
//	SIZE MODIFIED          of the interpreter: bytes, seconds since 1970
//	site                   or nosite
//	BOOT                   the script; it and the next two are relative to the root
//	STARTER
//	PACKAGE                empty where there is none
//
// Every line ends with a line feed, the last one too. What has one in its name
// has no start file.
package launch

import (
	"github.com/axlepack/axle/internal/lite"
)

// File is the name of the start file.
const File = "start"

const heading = "axle-start 1"

// Plan says how a deployment is started. Boot, Starter and Package are relative
// to the root folder, with slashes; Package is "" where there is none.
type Plan struct {
	Name string
	// Interpreter is the absolute path of the executable; Size in bytes and
	// Modified in seconds since 1970 tell whether it is still the one that was
	// chosen, and NeedsSite that it does not start without its site module.
	Interpreter            string
	Size, Modified         int64
	NeedsSite              bool
	Boot, Starter, Package string
}

// Marshal writes the start file; nil where a name has a line feed.
func (p Plan) Marshal() []byte {
	site := "nosite"
	if p.NeedsSite {
		site = "site"
	}
	lines := []string{
		heading, p.Name, p.Interpreter, lite.Itoa(p.Size) + " " + lite.Itoa(p.Modified), site, p.Boot, p.Starter, p.Package,
	}
	for _, line := range lines {
		if lite.Contains(line, "\n") {
			return nil
		}
	}
	return []byte(lite.Join(lines, "\n") + "\n")
}

// Parse reads a start file; false for one of another format, and for one that is
// damaged.
func Parse(text string) (Plan, bool) {
	lines := lite.Lines(text)
	if len(lines) != 9 || lines[0] != heading || lines[8] != "" || lines[4] != "site" && lines[4] != "nosite" {
		return Plan{}, false
	}
	size, modified, _ := lite.Cut(lines[3], " ")
	p := Plan{Name: lines[1], Interpreter: lines[2], NeedsSite: lines[4] == "site", Boot: lines[5], Starter: lines[6], Package: lines[7]}
	var isSize, isTime bool
	p.Size, isSize = lite.Atoi(size)
	p.Modified, isTime = lite.Atoi(modified)
	whole := p.Name != "" && p.Interpreter != "" && p.Boot != "" && p.Starter != ""
	return p, whole && isSize && isTime
}

// Command is what runs: the interpreter with its options and those of a
// debugger, boot as the script, and the arguments of the extension.
func (p Plan) Command(boot string, debug, args []string) []string {
	argv := make([]string, 0, 5+len(debug)+len(args))
	argv = append(argv, p.Interpreter)
	argv = append(argv, Options(p.NeedsSite)...)
	argv = append(argv, debug...)
	argv = append(argv, boot)
	return append(argv, args...)
}

// Options keep the host's packages out, and byte code from being written into
// the deployment while it runs: -s leaves out the user's, -S all of
// site-packages, -B writes none.
func Options(needsSite bool) []string {
	if needsSite {
		return []string{"-s", "-B"}
	}
	return []string{"-s", "-S", "-B"}
}

// Environ is the environment of the extension: the given one without what is the
// host's, and where to find the interpreter and the folder of the dependencies,
// pkg, which is "" where there is none.
func (p Plan) Environ(env []string, pkg string) []string {
	env = append(withoutHost(env, p.NeedsSite), "AXLE_PYTHON="+p.Interpreter)
	if pkg != "" {
		env = append(env, "AXLE_PACKAGE="+pkg)
	}
	return env
}
