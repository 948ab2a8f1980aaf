package archive

import (
	stdzip "archive/zip"
	"bytes"
	"io"
	"testing"
)

// What opens is safe to use: whatever the bytes are, reading ends, within the
// limits, and what reads well is what the standard library reads, and what a
// raw copy of it holds.
func FuzzOpenReader(f *testing.F) {
	for _, c := range nasty {
		f.Add(makeZip(c.entries...))
	}
	f.Add(golden(f))
	f.Add(makeZip(entry{name: "a", method: methodBzip2, data: string(helloBzip2)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(bytes.NewReader(data), int64(len(data)), "fuzz.zip", Limits{Bytes: 1 << 20, Members: 100})
		if err != nil {
			return
		}
		std, err := stdzip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("archive/zip does not open it: %v", err)
		}
		var out bytes.Buffer
		w := NewWriter(&out)
		contents := map[string][]byte{}
		for _, m := range r.Members() {
			if reason := CheckName(m.Name); reason != "" {
				t.Fatalf("%q: %s", m.Name, reason)
			}
			content, err := r.ReadFile(m.Name)
			if int64(len(content)) > m.Size {
				t.Fatalf("%s: %d bytes of %d", m.Name, len(content), m.Size)
			}
			if err != nil {
				continue
			}
			contents[m.Name] = content
			if err := w.CopyRaw(r, m, m.Name, m.Mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		compareWithStandard(t, std, contents)
		compareCopy(t, out.Bytes(), contents)
	})
}

func compareWithStandard(t *testing.T, std *stdzip.Reader, contents map[string][]byte) {
	for _, file := range std.File {
		content, ok := contents[file.Name]
		if !ok || file.Method == methodBzip2 || file.Method == methodZstd {
			continue
		}
		rc, err := file.Open()
		if err != nil {
			t.Fatalf("%s: archive/zip: %v", file.Name, err)
		}
		theirs, err := io.ReadAll(rc)
		if err != nil || !bytes.Equal(theirs, content) {
			t.Fatalf("%s: archive/zip: %d bytes and %v, ours %d", file.Name, len(theirs), err, len(content))
		}
	}
}

func compareCopy(t *testing.T, data []byte, contents map[string][]byte) {
	r, err := NewReader(bytes.NewReader(data), int64(len(data)), "copy.zip", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Members()) != len(contents) {
		t.Fatalf("%d members copied of %d", len(r.Members()), len(contents))
	}
	for name, content := range contents {
		if got, err := r.ReadFile(name); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%s: the copy has %d bytes and %v, not %d", name, len(got), err, len(content))
		}
	}
}

func FuzzCheckName(f *testing.F) {
	for _, c := range nasty {
		f.Add(c.entries[0].name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) == "" && FoldName(FoldName(name)) != FoldName(name) {
			t.Errorf("%q folds to %q, and that to %q", name, FoldName(name), FoldName(FoldName(name)))
		}
	})
}
