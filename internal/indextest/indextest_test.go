package indextest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/indextest"
)

func get(t *testing.T, s *indextest.Server, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

const scenario = `{"format": 1, "name": "tiny", "index": {"A.b": {"1.0": {"requires_python": ">=3.9", "requires": ["c>1"],
	"extras": {"x": ["d; python_version<'3'"]}, "wheels": ["py3-none-any", "1-cp39-cp39-win_amd64"], "sdist": true, "yanked": true}}}}`

func TestSynth(t *testing.T) {
	s := indextest.Synth(t, []byte(scenario))
	resp, body := get(t, s, "simple/a-b/", "Accept", "application/vnd.pypi.simple.v1+json")
	if got := resp.Header.Get("Content-Type"); got != "application/vnd.pypi.simple.v1+json" {
		t.Errorf("content type %q", got)
	}
	var page struct {
		Files []struct {
			Filename, URL  string
			RequiresPython string `json:"requires-python"`
			Yanked         bool
		}
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range page.Files {
		names = append(names, f.Filename)
		if !f.Yanked || f.RequiresPython != ">=3.9" {
			t.Errorf("%+v", f)
		}
	}
	if got, want := strings.Join(names, " "), "a_b-1.0-py3-none-any.whl a_b-1.0-1-cp39-cp39-win_amd64.whl a_b-1.0.tar.gz"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
	_, metadata := get(t, s, "files/"+names[1]+".metadata")
	want := "Metadata-Version: 2.3\nName: A.b\nVersion: 1.0\nRequires-Python: >=3.9\nProvides-Extra: x\nRequires-Dist: c>1\nRequires-Dist: d ; (python_version<'3') and extra == 'x'\n"
	if string(metadata) != want {
		t.Errorf("metadata %q, want %q", metadata, want)
	}
	_, file := get(t, s, "files/"+names[1])
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	inside, err := z.Open("a_b-1.0.dist-info/METADATA")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(inside); err != nil || string(got) != want {
		t.Errorf("METADATA in the wheel: %q, %v", got, err)
	}
	if resp, _ := get(t, s, "simple/other/"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("unknown project: %s", resp.Status)
	}
	if s.Count(indextest.Page, "") != 2 || s.Count(indextest.Metadata, "") != 1 || s.Count(indextest.Whole, "") != 1 {
		t.Errorf("log: %+v", s.Log())
	}
}

func TestReplay(t *testing.T) {
	s := indextest.Replay(t, conformance.Path(t, "resolver/index.zip"), conformance.Path(t, "resolver/heavy/index-more.zip"))
	resp, body := get(t, s, "simple/aiosignal/")
	if resp.StatusCode != http.StatusOK || !json.Valid(body) {
		t.Fatalf("%s, %d bytes", resp.Status, len(body))
	}
	if _, body := get(t, s, "files/aiosignal/aiosignal-1.3.1-py3-none-any.whl.metadata"); !bytes.Contains(body, []byte("Name: aiosignal\n")) {
		t.Errorf("metadata %q", body)
	}
	get(t, s, "files/aiosignal/aiosignal-1.0.0-py2.py3-none-any.whl.metadata")
	if got := s.Missed(); len(got) != 1 {
		t.Errorf("missed %q", got)
	}
}

func TestFaultsAreCounted(t *testing.T) {
	s := indextest.Synth(t, []byte(scenario))
	s.Fail(indextest.Fault{Kind: indextest.Page, Skip: 1, Times: 2, Status: 503})
	var codes []int
	for range 4 {
		resp, _ := get(t, s, "simple/a-b/")
		codes = append(codes, resp.StatusCode)
	}
	if codes[0] != 200 || codes[1] != 503 || codes[2] != 503 || codes[3] != 200 {
		t.Errorf("answers %v", codes)
	}
}
