package main

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdDamage changes the last byte of files that exist to #, in place.
func cmdDamage(ts *testscript.TestScript, _ bool, args []string) {
	for _, pattern := range args {
		files, err := filepath.Glob(ts.MkAbs(pattern))
		if err != nil || len(files) == 0 {
			ts.Fatalf("%s: no such file (%v)", pattern, err)
		}
		for _, file := range files {
			ts.Check(damageFile(file))
		}
	}
}

// damageFile writes through all names of a file, whatever its mode.
func damageFile(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := os.Chmod(file, 0o644); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteAt([]byte("#"), info.Size()-1)
	return err
}
