package main

import (
	"os"
	"path/filepath"
	"runtime"
)

// home is the user's home folder; in an environment without one, the folder
// for temporary files, which always exists.
func (e *env) home() string {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if v, ok := e.lookup(name); ok && v != "" {
			return v
		}
	}
	return os.TempDir()
}

// first is the first of the variables that is set to something.
func (e *env) first(names ...string) string {
	for _, name := range names {
		if v, ok := e.lookup(name); ok && v != "" {
			return v
		}
	}
	return ""
}

// cacheDir is where downloads are kept: AXLE_CACHE, else the user's cache
// folder.
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
		return filepath.Join(e.home(), "Library", "Caches", "axle")
	}
	if dir := e.first("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "axle")
	}
	return filepath.Join(e.home(), ".cache", "axle")
}

// systemRoot is where an agent that runs as the system keeps deployments.
func (e *env) systemRoot() string {
	if runtime.GOOS == "windows" {
		if dir := e.first("ProgramData"); dir != "" {
			return filepath.Join(dir, "axle")
		}
	}
	return "/var/lib/axle"
}

// deployRoot is --root, AXLE_ROOT, what agent.yml says, else the system's
// data folder for the system's administrator and the user's for others.
func (e *env) deployRoot(flag, configured string) string {
	for _, dir := range []string{flag, e.first("AXLE_ROOT"), configured} {
		if dir != "" {
			return dir
		}
	}
	switch {
	case runtime.GOOS == "windows":
		if dir := e.first("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "axle", "root")
		}
		return e.systemRoot()
	case os.Geteuid() == 0:
		return e.systemRoot()
	case runtime.GOOS == "darwin":
		return filepath.Join(e.home(), "Library", "Application Support", "axle")
	}
	if dir := e.first("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "axle")
	}
	return filepath.Join(e.home(), ".local", "share", "axle")
}

// agentFiles is where agent.yml is looked for: --config or AXLE_CONFIG alone,
// else the user's configuration and then the system's.
func (e *env) agentFiles(flag string) (paths []string, required bool) {
	for _, p := range []string{flag, e.first("AXLE_CONFIG")} {
		if p != "" {
			return []string{p}, true
		}
	}
	switch runtime.GOOS {
	case "windows":
		if dir := e.first("APPDATA"); dir != "" {
			paths = append(paths, filepath.Join(dir, "axle", "agent.yml"))
		}
		return append(paths, filepath.Join(e.systemRoot(), "agent.yml")), false
	case "darwin":
		paths = append(paths, filepath.Join(e.home(), "Library", "Application Support", "axle", "agent.yml"))
	}
	config := e.first("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(e.home(), ".config")
	}
	return append(paths, filepath.Join(config, "axle", "agent.yml"), "/etc/axle/agent.yml"), false
}
