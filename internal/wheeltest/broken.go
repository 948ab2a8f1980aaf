package wheeltest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// Fault is something wrong with a wheel, and with nothing else about it.
type Fault string

// What Break can do to a wheel.
const (
	NotZip     Fault = "not a zip file"                         // an HTML page, as a proxy sends
	Truncated  Fault = "cut off in the middle"                  // half a download
	WrongCRC   Fault = "data that does not fit its CRC-32"      // a bit flipped
	Parent     Fault = "a member ../evil.py"                    // zip slip
	Absolute   Fault = "a member /evil.py"                      //
	Backslash  Fault = `a member ..\evil.py`                    //
	Device     Fault = "a member aux.py"                        //
	Duplicate  Fault = "a member twice"                         //
	CaseClash  Fault = "two members that differ in case only"   //
	Link       Fault = "a symbolic link"                        //
	WrongHash  Fault = "a file that RECORD has another hash of" // its size is right
	Unrecorded Fault = "a file that RECORD does not have"       //
	Missing    Fault = "a file that only RECORD has"            //
	NoRecord   Fault = "no RECORD"                              //
	NoMetadata Fault = "no METADATA"                            //
	NoWheel    Fault = "no WHEEL"                               //
	OtherName  Fault = "METADATA of another project"            // RECORD has its hash
)

// Faults are all of them.
var Faults = []Fault{
	NotZip, Truncated, WrongCRC, Parent, Absolute, Backslash, Device, Duplicate, CaseClash, Link,
	WrongHash, Unrecorded, Missing, NoRecord, NoMetadata, NoWheel, OtherName,
}

// Break returns a copy of a wheel with something wrong.
func Break(t testing.TB, data []byte, f Fault) []byte {
	t.Helper()
	switch f {
	case NotZip:
		return []byte("<!DOCTYPE html><title>not found</title>\n")
	case Truncated:
		return bytes.Clone(data[:len(data)/2])
	}
	files, err := unpack(data)
	if err == nil {
		files, err = f.apply(files)
	}
	if err == nil {
		data, err = pack(files, f == WrongCRC)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// file is a member whose name and mode nobody checks.
type file struct {
	name string
	mode fs.FileMode
	data []byte
}

func unpack(data []byte) ([]file, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var files []file
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		files = append(files, file{f.Name, f.Mode(), content})
	}
	return files, nil
}

// pack writes the files uncompressed. In a damaged archive a bit is flipped, in
// the largest of the distribution's own files where there is one.
func pack(files []file, damaged bool) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	var victim []byte
	ownVictim := false
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Store}
		h.SetMode(f.mode)
		member, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := member.Write(f.data); err != nil {
			return nil, err
		}
		own := !strings.Contains(f.name, ".dist-info/")
		if own == ownVictim && len(f.data) > len(victim) || own && !ownVictim && len(f.data) > 0 {
			victim, ownVictim = f.data, own
		}
	}
	err := w.Close()
	if data := out.Bytes(); damaged && err == nil {
		data[bytes.Index(data, victim)] ^= 1
	}
	return out.Bytes(), err
}

func (f Fault) apply(files []file) ([]file, error) {
	evil := file{mode: 0o644, data: []byte("print('evil')\n")}
	switch f {
	case WrongCRC:
		return files, nil
	case Parent:
		evil.name = "../evil.py"
	case Absolute:
		evil.name = "/evil.py"
	case Backslash:
		evil.name = `..\evil.py`
	case Device:
		evil.name = "aux.py"
	case Duplicate:
		evil.name = files[0].name
	case CaseClash:
		evil.name = strings.ToUpper(files[0].name)
	case Link:
		evil.name, evil.mode, evil.data = "link.py", fs.ModeSymlink|0o777, []byte("/etc/passwd")
	case Unrecorded:
		evil.name = "evil.py"
		return append(files, evil), nil
	default:
		return f.change(files)
	}
	return withRecord(append(files, evil))
}

func (f Fault) change(files []file) ([]file, error) {
	var kept []file
	for _, one := range files {
		inDistInfo := func(name string) bool { return strings.HasSuffix(one.name, ".dist-info/"+name) }
		switch {
		case f == NoRecord && inDistInfo("RECORD"), f == NoMetadata && inDistInfo("METADATA"), f == NoWheel && inDistInfo("WHEEL"):
			continue
		case f == WrongHash && inDistInfo("METADATA"):
			one.data = bytes.Replace(one.data, []byte("Name:"), []byte("name:"), 1)
		case f == OtherName && inDistInfo("METADATA"):
			one.data = bytes.Replace(one.data, []byte("\nName: "), []byte("\nName: other-"), 1)
		case f == Missing && inDistInfo("RECORD"):
			one.data = append(bytes.Clone(one.data), "gone.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"...)
		}
		kept = append(kept, one)
	}
	if f == WrongHash || f == Missing || f == NoRecord {
		return kept, nil
	}
	return withRecord(kept)
}

// withRecord makes RECORD fit the files again.
func withRecord(files []file) ([]file, error) {
	contents := map[string]string{}
	at := -1
	for i, f := range files {
		if strings.HasSuffix(f.name, ".dist-info/RECORD") {
			at = i
			continue
		}
		contents[f.name] = string(f.data)
	}
	if at < 0 {
		return nil, fmt.Errorf("the wheel has no RECORD")
	}
	files[at].data = record(contents, strings.TrimSuffix(files[at].name, "RECORD")).Marshal()
	return files, nil
}
