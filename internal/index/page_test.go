package index

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

type corpusFile struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	RequiresPython string            `json:"requires_python"`
	Yanked         bool              `json:"yanked"`
	YankedReason   string            `json:"yanked_reason"`
	Metadata       bool              `json:"metadata"`
	MetadataHashes map[string]string `json:"metadata_hashes"`
	Size           int64             `json:"size"`
	UploadTime     string            `json:"upload_time"`
	Usable         bool              `json:"usable"`
}

type corpusPage struct {
	Name, URL, Body string
	ContentType     string `json:"content_type"`
	Error           string
	Files           []corpusFile
}

func corpusPages(t testing.TB) []corpusPage {
	t.Helper()
	var pages []corpusPage
	if err := json.Unmarshal(conformance.ReadFile(t, "resolver/pages.json"), &pages); err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		t.Skip("corpus resolver/pages.json: it has no pages")
	}
	return pages
}

// asCorpus writes a file the way the corpus does.
func asCorpus(f File) corpusFile {
	c := corpusFile{
		Filename: f.Name, URL: f.URL, Hashes: f.Hashes, RequiresPython: f.RequiresPythonText, Yanked: f.Yanked,
		YankedReason: f.YankedReason, Metadata: f.HasMetadata, Size: f.Size, Usable: f.Unusable == "",
		MetadataHashes: map[string]string{},
	}
	maps.Copy(c.MetadataHashes, f.OtherMetadataHashes)
	if f.MetadataHash != "" {
		c.MetadataHashes["sha256"] = f.MetadataHash
	}
	if c.Hashes == nil {
		c.Hashes = map[string]string{}
	}
	if !f.UploadTime.IsZero() {
		c.UploadTime = f.UploadTime.Format(time.RFC3339Nano)
	}
	return c
}

// meaning compares addresses and upload times as what they mean: times are kept
// to the microsecond, as PEP 700 writes them, in UTC, and addresses without dots
// and bare characters.
var meaning = cmp.Options{
	field(".UploadTime", func(a, b string) bool {
		x, errX := time.Parse(time.RFC3339Nano, a)
		y, errY := time.Parse(time.RFC3339Nano, b)
		return errX == nil && errY == nil && x.Truncate(time.Microsecond).Equal(y.Truncate(time.Microsecond))
	}),
	field(".URL", func(a, b string) bool {
		x, errX := url.Parse(a)
		y, errY := url.Parse(b)
		return errX == nil && errY == nil && x.JoinPath().String() == y.JoinPath().String()
	}),
}

// field compares a field whose texts may differ.
func field(name string, same func(a, b string) bool) cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == name },
		cmp.Comparer(func(a, b string) bool { return a == b || same(a, b) }))
}

func TestConformancePages(t *testing.T) {
	for _, page := range corpusPages(t) {
		t.Run(page.Name, func(t *testing.T) {
			files, err := ParsePage(page.URL, page.ContentType, []byte(page.Body))
			checkPageError(t, err, page.Error)
			got := []corpusFile{}
			for _, f := range files {
				got = append(got, asCorpus(f))
			}
			if diff := cmp.Diff(page.Files, got, meaning); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func checkPageError(t *testing.T, err error, want string) {
	t.Helper()
	switch want {
	case "":
		if err != nil {
			t.Errorf("error %v", err)
		}
	case "unsupported-version":
		if !errors.Is(err, ErrUnsupportedVersion) {
			t.Errorf("error %v, want %v", err, ErrUnsupportedVersion)
		}
	case "unsupported-content-type":
		if !errors.Is(err, ErrUnsupportedContentType) {
			t.Errorf("error %v, want %v", err, ErrUnsupportedContentType)
		}
	default:
		t.Fatalf("the corpus has a new error %q", want)
	}
	if err != nil && fault.ExitCode(err) != fault.Resolution {
		t.Errorf("exit code %d", fault.ExitCode(err))
	}
}

// What the cache keeps of a page is the page: nothing is lost on the way.
func TestConformancePagesThroughListing(t *testing.T) {
	for _, page := range corpusPages(t) {
		if page.Error != "" {
			continue
		}
		t.Run(page.Name, func(t *testing.T) {
			links, err := parseLinks(page.URL, page.ContentType, []byte(page.Body))
			if err != nil {
				t.Fatal(err)
			}
			project, err := decodeListing(string(encodeListing(links, "demo")), "demo", "https://index.example/simple/", new(specifierTable))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]corpusFile{}
			for _, f := range project.Files() {
				got[f.Name] = asCorpus(f)
			}
			want := map[string]corpusFile{}
			for _, f := range page.Files {
				if _, twice := want[f.Filename]; !twice { // the first counts
					want[f.Filename] = f
				}
			}
			if diff := cmp.Diff(want, got, meaning); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePage(t *testing.T) {
	const sum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	const wheelURL = "https://files.test/demo-1.0-py3-none-any.whl"
	for _, tt := range []struct {
		name, contentType, body string
		check                   func(t *testing.T, files []File)
	}{
		{"yanked with a reason", "text/html", `<a href="` + wheelURL + `" data-yanked="it is &quot;broken&quot;">x</a>`, func(t *testing.T, files []File) {
			if !files[0].Yanked || files[0].YankedReason != `it is "broken"` {
				t.Errorf("%+v", files[0])
			}
		}},
		{"yanked without a reason", "text/html", `<a href="` + wheelURL + `" data-yanked>x</a>`, func(t *testing.T, files []File) {
			if !files[0].Yanked || files[0].YankedReason != "" {
				t.Errorf("%+v", files[0])
			}
		}},
		{"metadata with another digest", "text/html", `<a href="` + wheelURL + `" data-core-metadata="md5=0123456789abcdef0123456789abcdef">x</a>`, func(t *testing.T, files []File) {
			if f := files[0]; !f.HasMetadata || f.MetadataHash != "" || f.OtherMetadataHashes["md5"] != "0123456789abcdef0123456789abcdef" {
				t.Errorf("%+v", f)
			}
		}},
		{"metadata with two digests", typeJSON, `{"files": [{"filename": "demo-1.0-py3-none-any.whl", "url": "` + wheelURL + `", "core-metadata": {"sha256": "` + sum + `", "sha3_256": "` + sum + `"}}]}`, func(t *testing.T, files []File) {
			if f := files[0]; f.MetadataHash != sum || len(f.OtherMetadataHashes) != 1 || f.OtherMetadataHashes["sha3_256"] != sum {
				t.Errorf("%+v", f)
			}
		}},
		{"parameters that are none", "Text/HTML; charset", `<a href="` + wheelURL + `">x</a>`, func(t *testing.T, files []File) {
			if len(files) != 1 {
				t.Errorf("%+v", files)
			}
		}},
		{"upload time in HTML", "text/html", `<a href="` + wheelURL + `" data-upload-time="2025-01-02T03:04:05.5Z">x</a>`, func(t *testing.T, files []File) {
			if want := time.Date(2025, 1, 2, 3, 4, 5, 5e8, time.UTC); !files[0].UploadTime.Equal(want) {
				t.Errorf("%v", files[0].UploadTime)
			}
		}},
		{"upload time that is none", "text/html", `<a href="` + wheelURL + `" data-upload-time="yesterday">x</a>`, func(t *testing.T, files []File) {
			if !files[0].UploadTime.IsZero() {
				t.Errorf("%v", files[0].UploadTime)
			}
		}},
		{"credentials in a link", "text/html", `<a href="https://user:secret@files.test/demo-1.0-py3-none-any.whl">x</a>`, func(t *testing.T, files []File) {
			if files[0].URL != wheelURL {
				t.Errorf("%q", files[0].URL)
			}
		}},
		{"links that are no files", "text/html", `<a href="../">up</a><a href="mailto:a@b">x</a><a href="file:///etc/passwd">x</a><a href="javascript:x">x</a><a href="%zz">x</a><a href="` + wheelURL + `">x</a>`, func(t *testing.T, files []File) {
			if len(files) != 2 || files[0].Unusable == "" || files[1].Unusable != "" {
				t.Errorf("%+v", files)
			}
		}},
		{"a base on this machine", "text/html", `<base href="file:///etc/"><a href="demo-1.0-py3-none-any.whl">x</a>`, func(t *testing.T, files []File) {
			if files[0].URL != "https://index.test/simple/demo/demo-1.0-py3-none-any.whl" {
				t.Errorf("%+v", files[0])
			}
		}},
		{"another project", "text/html", `<a href="https://files.test/other-1.0-py3-none-any.whl">x</a>`, func(t *testing.T, files []File) {
			if files[0].Unusable == "" {
				t.Errorf("%+v", files[0])
			}
		}},
		{"upper case and several fragments", "TEXT/HTML", `<A HREF="` + wheelURL + `#egg=demo&amp;SHA256=` + strings.ToUpper(sum) + `&md5=zz" DATA-REQUIRES-PYTHON=">=3.8">x</A>`, func(t *testing.T, files []File) {
			if files[0].SHA256() != sum || len(files[0].Hashes) != 1 || files[0].RequiresPythonText != ">=3.8" {
				t.Errorf("%+v", files[0])
			}
		}},
		{"anchors in comments and scripts", "text/html", `<!-- <a href="` + wheelURL + `">x</a> --><script>"<a href='` + wheelURL + `'>"</script>`, func(t *testing.T, files []File) {
			if len(files) != 0 {
				t.Errorf("%+v", files)
			}
		}},
		{"old metadata name alone", typeJSON, `{"files": [{"filename": "demo-1.0-py3-none-any.whl", "url": "x.whl", "dist-info-metadata": {"sha256": "` + sum + `"}}]}`, func(t *testing.T, files []File) {
			if !files[0].HasMetadata || files[0].MetadataHash != sum || files[0].URL != "https://index.test/simple/demo/x.whl" {
				t.Errorf("%+v", files[0])
			}
		}},
		{"one odd file", typeJSON, `{"files": [{"filename": "demo-1.0-py3-none-any.whl", "url": "a.whl", "requires-python": 3, "hashes": 4, "size": "x", "yanked": {}}, {"filename": "demo-2.0-py3-none-any.whl", "url": "b.whl", "yanked": "bad build", "size": 7}]}`, func(t *testing.T, files []File) {
			if len(files) != 2 || files[1].Size != 7 || files[1].YankedReason != "bad build" || files[0].Yanked {
				t.Errorf("%+v", files)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := ParsePage("https://index.test/simple/demo/", tt.contentType, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			tt.check(t, files)
		})
	}
	for _, body := range []string{"", "[]", `{"files": 3}`, `{"files": [`, `<html>`} {
		if files, err := ParsePage("https://index.test/simple/demo/", typeJSON, []byte(body)); err == nil {
			t.Errorf("JSON %q: %+v", body, files)
		}
	}
}

func TestReleases(t *testing.T) {
	const body = `<a href="demo-1.0.tar.gz">x</a><a href="demo-1.10-py3-none-any.whl">x</a><a href="demo-1.0.0-py3-none-any.whl">x</a>
		<a href="demo-1.9-cp39-cp39-win_amd64.whl">x</a><a href="demo-1.9-cp38-cp38-win_amd64.whl">x</a><a href="demo-1.9-cp38-cp38-win_amd64.whl">twice</a><a href="demo.exe">x</a>
		<a href="demo-1.0_1-py3-none-any.whl">x</a><a href="demo__-1.0-py3-none-any.whl">x</a><a href="demo-1.0-a-py3-none-any.whl">x</a>`
	links, err := parseLinks("https://index.test/simple/demo/", "text/html", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodeListing(string(encodeListing(links, "demo")), "demo", "here", new(specifierTable))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range p.Releases {
		for _, f := range r.Files() {
			got = append(got, r.Version.String()+" "+f.Name)
			if !f.Version().Equal(r.Version) || f.Source != "here" {
				t.Errorf("%s is in release %s, from %s", f.Name, r.Version, f.Source)
			}
		}
	}
	want := []string{"1.0.0 demo-1.0.0-py3-none-any.whl", "1.0.0 demo-1.0.tar.gz", "1.9 demo-1.9-cp38-cp38-win_amd64.whl", "1.9 demo-1.9-cp39-cp39-win_amd64.whl", "1.10 demo-1.10-py3-none-any.whl"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	unusable := map[string]string{}
	for _, f := range p.Unusable {
		unusable[f.Name] = f.Unusable
	}
	const old = "its name is of an old form, which pip no longer takes"
	if diff := cmp.Diff(map[string]string{
		"demo.exe": "it is neither a wheel nor a source archive", "demo-1.0-a-py3-none-any.whl": "its name is no wheel's name",
		"demo-1.0_1-py3-none-any.whl": old, "demo__-1.0-py3-none-any.whl": old,
	}, unusable); diff != "" {
		t.Errorf("unusable (-want +got):\n%s", diff)
	}
	for _, r := range p.Releases {
		if got, ok := p.Release(r.Version); !ok || got != r {
			t.Errorf("Release(%s): %v", r.Version, ok)
		}
	}
}

// A damaged listing is an error or shorter, never a panic or endless memory.
func FuzzDecodeListing(f *testing.F) {
	for _, page := range corpusPages(f) {
		if links, err := parseLinks(page.URL, page.ContentType, []byte(page.Body)); err == nil {
			f.Add(encodeListing(links, "demo"))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := decodeListing(string(data), "demo", "", new(specifierTable)); err == nil {
			p.Files()
		}
	})
}

// Whatever a page says, its listing says the same.
func FuzzParsePage(f *testing.F) {
	for _, page := range corpusPages(f) {
		f.Add(page.ContentType, page.Body)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		links, err := parseLinks("https://index.test/simple/demo/", contentType, []byte(body))
		if err != nil {
			return
		}
		p, err := decodeListing(string(encodeListing(links, "demo")), "demo", "", new(specifierTable))
		if err != nil {
			t.Fatal(err)
		}
		byName := map[string]File{}
		for _, file := range p.Files() {
			byName[file.Name] = file
		}
		for _, l := range links {
			got, ok := byName[l.name]
			if !ok {
				t.Fatalf("%q is lost", l.name)
			}
			if strings.Contains(got.URL, "@index.test") {
				t.Errorf("credentials in %q", got.URL)
			}
		}
	})
}

// The quick way to read an address gives what the long way gives.
func FuzzAddress(f *testing.F) {
	for _, ref := range []string{"https://files.test/a/demo-1.0-py3-none-any.whl#sha256=aa", "http://h//x", "http:///0/0", "https://h/../x", "https:///x", "https://h/x%2by", "https://h/a?b#c", "https://h/x/", "https://h/x#a%62=c", "https://h/.", "https://-/x"} {
		f.Add(ref)
	}
	base, err := url.Parse("https://index.test/simple/demo/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		var quick, long link
		if !quick.setPlainURL(ref) {
			return
		}
		if !long.setURL(base, "  "+ref) || !cmp.Equal(quick, long, cmp.AllowUnexported(link{}, digest{})) {
			t.Errorf("%q: quickly %+v, else %+v", ref, quick, long)
		}
	})
}

// bigPage is a page with the shape of numpy's: five thousand files.
func bigPage() []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><body>\n")
	for minor := range 100 {
		for patch := range 5 {
			for py := range 10 {
				name := pep508.Name("demo").Escaped()
				b.WriteString(`<a href="https://files.example.test/packages/ab/cd/0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab/`)
				file := name + "-1." + itoa(minor) + "." + itoa(patch) + "-cp3" + itoa(py) + "-cp3" + itoa(py) + "-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
				b.WriteString(file + `#sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" data-requires-python="&gt;=3.` + itoa(py) + `" data-upload-time="2025-01-02T03:04:05.678901Z" >` + file + "</a><br />\n")
			}
		}
	}
	b.WriteString("</body></html>")
	return []byte(b.String())
}

func itoa(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }

func BenchmarkParseHTML(b *testing.B) {
	page := bigPage()
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if _, err := parseLinks("https://index.test/simple/demo/", "text/html", page); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeListing(b *testing.B) {
	links, err := parseLinks("https://index.test/simple/demo/", "text/html", bigPage())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		encodeListing(links, "demo")
	}
}

func benchListing(b *testing.B, releases int) {
	links, err := parseLinks("https://index.test/simple/demo/", "text/html", bigPage())
	if err != nil {
		b.Fatal(err)
	}
	data := encodeListing(links, "demo")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		p, err := decodeListing(string(data), "demo", "", new(specifierTable))
		if err != nil {
			b.Fatal(err)
		}
		for i := range releases {
			p.Releases[len(p.Releases)-1-i].Files()
		}
	}
}

func BenchmarkOpenListing(b *testing.B)    { benchListing(b, 0) }
func BenchmarkNewestReleases(b *testing.B) { benchListing(b, 3) }
func BenchmarkAllReleases(b *testing.B)    { benchListing(b, 500) }

// BenchmarkRealPage parses the page that AXLE_PAGE names.
func BenchmarkRealPage(b *testing.B) {
	path := os.Getenv("AXLE_PAGE")
	if path == "" {
		b.Skip("AXLE_PAGE is not set")
	}
	page, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		links, err := parseLinks("https://index.test/simple/numpy/", "text/html", page)
		if err != nil {
			b.Fatal(err)
		}
		encodeListing(links, "numpy")
	}
}
