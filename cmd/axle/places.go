package main

import (
	"path/filepath"
	"runtime"

	"github.com/axlepack/axle/internal/fault"
)

// home is the user's home folder, "" in an environment without one. Nothing is
// put in its place: the folder for temporary files is everybody's.
func (e *env) home() string { return e.first("HOME", "USERPROFILE") }

// first is the first of the variables that is set to something.
func (e *env) first(names ...string) string {
	for _, name := range names {
		if v, ok := e.lookup(name); ok && v != "" {
			return v
		}
	}
	return ""
}

// ofUser is a folder of the user's: what a variable names, if it is a whole
// path, else one below the home; "" where there is none.
func (e *env) ofUser(variable string, belowHome ...string) string {
	if dir := e.first(variable); filepath.IsAbs(dir) {
		return dir
	}
	if e.home() == "" {
		return ""
	}
	return filepath.Join(append([]string{e.home()}, belowHome...)...)
}

// cacheDir is where downloads and answers are kept: AXLE_CACHE, else the user's
// cache folder; "" where there is none.
func (e *env) cacheDir() string {
	if dir := e.first("AXLE_CACHE"); dir != "" {
		return dir
	}
	switch runtime.GOOS {
	case "windows":
		if dir := e.first("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "axle", "cache")
		}
	case "darwin":
		return below(e.ofUser("", "Library", "Caches"), "axle")
	}
	return below(e.ofUser("XDG_CACHE_HOME", ".cache"), "axle")
}

// below is a path in a folder, "" where there is no folder.
func below(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, names...)...)
}

// systemRoot is where an agent that runs as the system keeps deployments, and
// on Windows and macOS its agent.yml.
func (e *env) systemRoot() string {
	switch runtime.GOOS {
	case "windows":
		return below(e.first("ProgramData"), "axle")
	case "darwin":
		return "/Library/Application Support/axle"
	}
	return "/var/lib/axle"
}

// deployRoot is --root, AXLE_ROOT, what agent.yml says, else the system's
// data folder for the system's administrator and the user's for others.
func (e *env) deployRoot(flag, configured string) (string, error) {
	for _, dir := range []string{flag, e.first("AXLE_ROOT"), configured, e.usualRoot(privileged())} {
		if dir != "" {
			return dir, nil
		}
	}
	return "", fault.New(fault.Usage, "there is no folder for deployments: the environment names no home folder",
		"name one with --root, with AXLE_ROOT, or as root: in agent.yml")
}

func (e *env) usualRoot(administrator bool) string {
	switch {
	case administrator:
		return e.systemRoot()
	case runtime.GOOS == "windows":
		return below(e.first("LOCALAPPDATA"), "axle", "root")
	case runtime.GOOS == "darwin":
		return below(e.ofUser("", "Library", "Application Support"), "axle")
	}
	return below(e.ofUser("XDG_DATA_HOME", ".local", "share"), "axle")
}

// agentFiles is where agent.yml is looked for: --config or AXLE_CONFIG alone,
// else the user's configuration and then the system's.
func (e *env) agentFiles(flag string) (paths []string, required bool) {
	for _, p := range []string{flag, e.first("AXLE_CONFIG")} {
		if p != "" {
			return []string{p}, true
		}
	}
	var dirs []string
	switch runtime.GOOS {
	case "windows":
		dirs = []string{below(e.first("APPDATA"), "axle")}
	case "darwin":
		dirs = []string{below(e.ofUser("", "Library", "Application Support"), "axle")}
		fallthrough
	default:
		dirs = append(dirs, below(e.ofUser("XDG_CONFIG_HOME", ".config"), "axle"))
	}
	for _, dir := range append(dirs, e.systemConfig()) {
		if dir != "" {
			paths = append(paths, filepath.Join(dir, "agent.yml"))
		}
	}
	return paths, false
}

// systemConfig is the folder of the agent.yml of all users.
func (e *env) systemConfig() string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return e.systemRoot()
	}
	return "/etc/axle"
}

// newAgentFile is where agent.yml is made when there is none: the system's for
// its administrator, else the user's.
func (e *env) newAgentFile(flag string, administrator bool) (string, error) {
	paths, named := e.agentFiles(flag)
	switch {
	case named:
		return paths[0], nil
	case administrator:
		return paths[len(paths)-1], nil
	case len(paths) > 1: // the user's own, before the system's
		return paths[0], nil
	}
	return "", fault.New(fault.Usage, "there is no place for agent.yml: the environment names no home folder", "name the file with --config or AXLE_CONFIG")
}
