package interpreters

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// looked is what one call has seen of the file system, so that nothing is looked
// at twice: folders without links, states of files, and listings. Listings are
// remembered from call to call: a folder changes its times when a name in it
// comes or goes, and /usr/bin has thousands.
type looked struct {
	mu       sync.Mutex
	real     map[string]string
	states   map[string]stamp
	listings map[string]listing // by folder and what is looked for in it
	changed  bool
}

// listing are the names in a folder that were looked for.
type listing struct {
	Folder stamp    `json:"folder"`
	Names  []string `json:"names"`
}

// listingsKey is that of all listings in the [Memory]; no path is like it.
const listingsKey = "listings"

// settled is how long a folder must have been left alone for its listing to be
// remembered: within one tick of the clock of a file system a later change has
// the same time.
const settled = 2 * time.Second

func newLooked() *looked {
	return &looked{real: map[string]string{}, states: map[string]stamp{}, listings: map[string]listing{}}
}

// look forgets what an earlier call has seen, and reads what is remembered.
func (f *finder) look() {
	f.looked = newLooked()
	if f.opt.Memory == nil || f.opt.Again {
		return
	}
	if data, ok := f.opt.Memory.Get(namespace, listingsKey); ok {
		for line := range bytes.Lines(data) {
			key, text, _ := bytes.Cut(line, []byte("\t"))
			var l listing
			if json.Unmarshal(text, &l) == nil {
				f.looked.listings[string(key)] = l
			}
		}
	}
}

// keepListings remembers the listings, if there is anything new.
func (f *finder) keepListings() {
	if f.opt.Memory == nil || !f.looked.changed {
		return
	}
	var out bytes.Buffer
	for key, l := range f.looked.listings {
		text, err := json.Marshal(l)
		if err == nil && !bytes.ContainsAny([]byte(key), "\t\n") {
			out.WriteString(key + "\t" + string(text) + "\n")
		}
	}
	_ = f.opt.Memory.Set(namespace, listingsKey, out.Bytes())
}

// names are those in a folder that are wanted, in no order. what tells what is
// wanted from other things that are.
func (f *finder) names(dir, what string, wanted func(string) bool) []string {
	key := what + ":" + dir
	now := stampOf(dir)
	if now == (stamp{Path: dir}) {
		return nil // it does not exist
	}
	if l, ok := f.looked.listings[key]; ok && l.Folder == now {
		return l.Names
	}
	names := slices.DeleteFunc(namesIn(dir), func(name string) bool { return !wanted(name) })
	last := time.Unix(0, max(now.Changed, now.Touched))
	if f.opt.Now().Sub(last) > settled && stampOf(dir) == now {
		f.looked.listings[key] = listing{now, names}
		f.looked.changed = true
	}
	return names
}

// state is the state of a file as this call has first seen it.
func (f *finder) state(path string) stamp {
	f.looked.mu.Lock()
	defer f.looked.mu.Unlock()
	s, ok := f.looked.states[path]
	if !ok {
		s = stampOf(path)
		f.looked.states[path] = s
	}
	return s
}

// realFolder is a folder without links.
func (f *finder) realFolder(dir string) (string, error) {
	parent := filepath.Dir(dir)
	if runtime.GOOS == "windows" || parent == dir || !filepath.IsAbs(dir) {
		return filepath.EvalSymlinks(dir)
	}
	if real, ok := f.looked.real[dir]; ok {
		return real, nil
	}
	real, err := f.realFolder(parent)
	if err != nil {
		return "", err
	}
	real = filepath.Join(real, filepath.Base(dir))
	info, err := os.Lstat(real)
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		real, err = filepath.EvalSymlinks(real)
	}
	if err == nil {
		f.looked.real[dir] = real
	}
	return real, err
}

// realFile is a file without links, which lies in a folder without links.
func (f *finder) realFile(path string) (string, error) {
	for range 40 { // as many links as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			_, err = os.Lstat(path)
			return path, err
		}
		if runtime.GOOS == "windows" || strings.Contains(target, "..") {
			return filepath.EvalSymlinks(path) // what is above a link is not what its name says
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		dir, err := f.realFolder(filepath.Dir(target))
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, filepath.Base(target))
	}
	return "", errors.New("too many links")
}
