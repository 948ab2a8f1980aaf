package deployments

import (
	"errors"
	"os"
	"strings"
	"time"
)

// Holder is a lock that somebody has.
type Holder struct {
	// What it is: "running", "deploying", "extracting", "staging" or "cleaning".
	What string `json:"what"`
	// Subject is the deployment, the extension or the package.
	Subject string `json:"subject"`
	// PIDs are the processes that took it, where the system says.
	PIDs []int `json:"pids,omitempty"`
}

// Holders are the locks that are held at this moment.
func (s *Store) Holders() ([]Holder, error) {
	var list []Holder
	for _, folder := range []string{"l", "t"} {
		entries, err := os.ReadDir(s.Path(folder))
		if err != nil && !isGone(err) {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			path := s.Path(folder + "/" + e.Name())
			f, err := probe(path, false, soon)
			if err == nil {
				_ = f.Close()
			}
			if errors.Is(err, errBusy) {
				what, subject := holding(folder, e.Name())
				list = append(list, Holder{what, subject, lockers(path)})
			}
		}
	}
	return list, nil
}

func holding(folder, name string) (what, subject string) {
	if folder == "t" {
		return "staging", "t/" + strings.TrimSuffix(name, lockSuffix)
	}
	for prefix, what := range map[string]string{leaseLock: "running", nameLock: "deploying", packageLock: "extracting"} {
		if subject, ok := strings.CutPrefix(name, prefix); ok {
			return what, subject
		}
	}
	return "cleaning", name
}

// Health is what the root folder as such is like.
type Health struct {
	// Exists: there is such a folder with deployments in it.
	Exists bool
	// Writable is nil where files can be made in it.
	Writable error
	// Free is how many bytes of its file system this user can fill, -1 where
	// that is not known.
	Free int64
	// Skew is how far the file system's clock is ahead of the system's.
	Skew time.Duration
}

// doctorFile begins the name of the file that Health makes, in l.
const doctorFile = "doctor-"

// Health tries the root folder.
func (s *Store) Health() Health {
	h := Health{Exists: isDir(s.Path("e")), Free: -1}
	if !h.Exists {
		return h
	}
	if n, err := free(s.root); err == nil {
		h.Free = n
	}
	f, err := os.CreateTemp(s.Path("l"), doctorFile+"*")
	if err != nil {
		h.Writable = s.cannotWrite(err)
		return h
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.WriteString("x"); err != nil {
		h.Writable = s.cannotWrite(err)
		return h
	}
	if info, err := f.Stat(); err == nil {
		h.Skew = time.Until(info.ModTime())
	}
	return h
}
