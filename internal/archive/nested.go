package archive

import (
	"bytes"
	"io"
	"os"
)

// spoolInMemory is up to which size a compressed archive inside another is
// unpacked to memory; larger ones go to a temporary file.
const spoolInMemory = 16 << 20

// OpenNested opens the archive that is a member of outer. One that is stored,
// as axle stores packages in an extension zip, is read in place: nothing is
// extracted, and outer must stay open. One that is compressed is unpacked to
// memory or to a temporary file, which goes with Close.
func OpenNested(outer *Reader, member string, limits Limits) (*Reader, error) {
	m, err := outer.find(member)
	if err != nil {
		return nil, err
	}
	path := outer.path + "!" + member
	switch {
	case m.Method == methodStore:
		return NewReader(io.NewSectionReader(outer.src, m.offset, m.Size), m.Size, path, limits)
	case m.Size <= spoolInMemory:
		data, err := outer.readAll(m)
		if err != nil {
			return nil, err
		}
		return NewReader(bytes.NewReader(data), m.Size, path, limits)
	}
	return outer.spool(m, path, limits)
}

func (r *Reader) spool(m Member, path string, limits Limits) (*Reader, error) {
	file, err := os.CreateTemp("", "axle-*.zip")
	if err != nil {
		return nil, err
	}
	remove := func() error {
		err := file.Close()
		if e := os.Remove(file.Name()); err == nil {
			err = e
		}
		return err
	}
	var nested *Reader
	data, err := r.open(m)
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{file}, data, make([]byte, 256<<10))
		_ = data.Close()
	}
	if err == nil {
		nested, err = NewReader(file, m.Size, path, limits)
	}
	if err != nil {
		_ = remove()
		return nil, err
	}
	nested.close = remove
	return nested, nil
}
