// Package places says where things lie on a machine: the cache, the deployments
// and agent.yml, of a user and of the system.
//
// Nothing is put in the place of a home folder that the environment does not
// name: the folder for temporary files is everybody's.
//
// The program asks before most of it is initialised, so that this imports next
// to nothing.
package places

import (
	"os"
	"runtime"

	"github.com/axlepack/axle/internal/lite"
)

// Env looks up a variable of the environment, as [os.LookupEnv].
type Env func(name string) (string, bool)

// agentFile is the name of an agent's configuration.
const agentFile = "agent.yml"

// systemLibrary is where programs of all users of a Mac keep what is theirs.
const systemLibrary = "/Library/Application Support"

// First is the first of the variables that is set to something.
func (e Env) First(names ...string) string {
	for _, name := range names {
		if v, ok := e(name); ok && v != "" {
			return v
		}
	}
	return ""
}

// Home is the user's home folder, "" in an environment without one.
func (e Env) Home() string { return e.First("HOME", "USERPROFILE") }

// ofUser is a folder of the user's: what a variable names, if it is a whole
// path, else one below the home; "" where there is none.
func (e Env) ofUser(variable string, belowHome ...string) string {
	if dir := e.First(variable); isAbs(dir) {
		return dir
	}
	return Below(e.Home(), belowHome...)
}

// Cache is where downloads and answers are kept: AXLE_CACHE, else the user's
// cache folder; "" where there is none.
func (e Env) Cache() string {
	if dir := e.First("AXLE_CACHE"); dir != "" {
		return dir
	}
	switch runtime.GOOS {
	case "windows":
		if dir := e.First("LOCALAPPDATA"); dir != "" {
			return Below(dir, "axle", "cache")
		}
	case "darwin":
		return Below(e.ofUser("", "Library", "Caches"), "axle")
	}
	return Below(e.ofUser("XDG_CACHE_HOME", ".cache"), "axle")
}

// Below is a path in a folder, "" where there is no folder.
func Below(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	const sep = string(os.PathSeparator)
	return lite.TrimRight(dir, os.PathSeparator) + sep + lite.Join(names, sep)
}

// systemRoot is where an agent that runs as the system keeps deployments, and
// on Windows and macOS its agent.yml.
func (e Env) systemRoot() string {
	switch runtime.GOOS {
	case "windows":
		return Below(e.First("ProgramData"), "axle")
	case "darwin":
		return Below(systemLibrary, "axle")
	}
	return "/var/lib/axle"
}

// Root is the folder of the deployments: flag, AXLE_ROOT, what agent.yml says,
// else the system's data folder for an administrator of the system and the
// user's for others; "" where there is none.
func (e Env) Root(flag, configured string, administrator bool) string {
	for _, dir := range []string{flag, e.First("AXLE_ROOT"), configured} {
		if dir != "" {
			return dir
		}
	}
	return e.usualRoot(administrator)
}

func (e Env) usualRoot(administrator bool) string {
	switch {
	case administrator:
		return e.systemRoot()
	case runtime.GOOS == "windows":
		return Below(e.First("LOCALAPPDATA"), "axle", "root")
	case runtime.GOOS == "darwin":
		return Below(e.ofUser("", "Library", "Application Support"), "axle")
	}
	return Below(e.ofUser("XDG_DATA_HOME", ".local", "share"), "axle")
}

// AgentFiles is where agent.yml is looked for: flag or AXLE_CONFIG alone, which
// is then required, else the user's configuration and then the system's.
func (e Env) AgentFiles(flag string) (paths []string, required bool) {
	for _, p := range []string{flag, e.First("AXLE_CONFIG")} {
		if p != "" {
			return []string{p}, true
		}
	}
	for _, dir := range append(e.userConfig(), e.systemConfig()) {
		if dir != "" {
			paths = append(paths, Below(dir, "axle", agentFile))
		}
	}
	return paths, false
}

// userConfig are the folders of a user's configuration, the system's way first.
func (e Env) userConfig() []string {
	usual := e.ofUser("XDG_CONFIG_HOME", ".config")
	switch runtime.GOOS {
	case "windows":
		return []string{e.First("APPDATA")}
	case "darwin":
		return []string{e.ofUser("", "Library", "Application Support"), usual}
	}
	return []string{usual}
}

// systemConfig is the folder of the configuration of all users.
func (e Env) systemConfig() string {
	switch runtime.GOOS {
	case "windows":
		return e.First("ProgramData")
	case "darwin":
		return systemLibrary
	}
	return "/etc"
}

// NewAgentFile is where agent.yml is made when there is none: the system's for
// its administrator, else the user's; "" where there is no place.
func (e Env) NewAgentFile(flag string, administrator bool) string {
	paths, named := e.AgentFiles(flag)
	switch {
	case named:
		return paths[0]
	case administrator:
		return paths[len(paths)-1]
	case len(paths) > 1: // the user's own, before the system's
		return paths[0]
	}
	return ""
}
