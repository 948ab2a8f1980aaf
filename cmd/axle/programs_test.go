package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// programs are what scripts can run: axle itself, and small tools that look
// at what it made. They are this test's binary under other names.
var programs = map[string]func(){
	"axle":  func() { os.Exit(Main(os.Args[1:])) },
	"zipls": tool(zipls), "zipcat": tool(zipcat), "unzip": tool(unzip), "jsonkeys": tool(jsonKeys), "sha256": tool(sums), "files": tool(listFiles),
}

func tool(run func(args []string) error) func() {
	return func() {
		if err := run(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// zipls prints the names of the members of zip files, in order.
func zipls(paths []string) error {
	for _, path := range paths {
		z, err := zip.OpenReader(path)
		if err != nil {
			return err
		}
		for _, f := range z.File {
			fmt.Println(f.Name)
		}
		z.Close()
	}
	return nil
}

// zipcat ZIP PATTERN… prints members.
func zipcat(args []string) error {
	z, err := zip.OpenReader(args[0])
	if err != nil {
		return err
	}
	defer z.Close()
	for _, pattern := range args[1:] {
		found := false
		for _, f := range z.File {
			if ok, err := filepath.Match(pattern, f.Name); err != nil || !ok {
				continue
			}
			found = true
			r, err := f.Open()
			if err == nil {
				_, err = io.Copy(os.Stdout, r)
			}
			if err != nil {
				return err
			}
		}
		if !found {
			return fmt.Errorf("%s: has no %s", args[0], pattern)
		}
	}
	return nil
}

// unzip ZIP DIR extracts a zip into a folder.
func unzip(args []string) error {
	z, err := zip.OpenReader(args[0])
	if err != nil {
		return err
	}
	defer z.Close()
	return os.CopyFS(args[1], z)
}

// jsonKeys FILE prints the shape of a JSON document: every path in it, with
// the kind of value that is there. It fails when there is more than one document.
func jsonKeys(args []string) error {
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	seen := map[string]bool{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, member := range v {
				walk(path+"."+key, member)
			}
		case []any:
			for _, member := range v {
				walk(path+"[]", member)
			}
		default:
			seen[fmt.Sprintf("%s %T", strings.TrimPrefix(path, "."), v)] = true
		}
	}
	walk("", document)
	for _, line := range slices.Sorted(maps.Keys(seen)) {
		fmt.Println(line)
	}
	return nil
}

// sums prints the SHA-256 of files.
func sums(paths []string) error {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Printf("%x  %s\n", sha256.Sum256(data), filepath.Base(path))
	}
	return nil
}

// listFiles prints the names of all files below folders, sorted.
func listFiles(dirs []string) error {
	var names []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				rel, relErr := filepath.Rel(dir, path)
				names, err = append(names, filepath.ToSlash(rel)), relErr
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Println(name)
	}
	return nil
}
