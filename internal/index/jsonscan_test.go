package index

import (
	"encoding/json"
	"reflect"
	"testing"
)

var scanned = []string{
	`{"meta":{"api-version":"1.1","more":[1,"a",null]},"name":"x","versions":["1","2"],"files":[]}`,
	` { "files" : [ {"filename":"x-1.tar.gz", "url":"../x-1.tar.gz", "hashes":{"sha256":"ab"}, "requires-python":">=3", "size":12, "yanked":"why", "upload-time":"2026"} ] } `,
	`{"files":[{"filename":"x","url":"u","hashes":{},"requires-python":null,"core-metadata":{"sha256":"cd"},"dist-info-metadata":true,"yanked":false,"extra":-1.5e3}]}`,
	`{"files":[{"filename":"x","filename":"y","requires-python":"a","requires-python":null}]}`,
	`{"files":[{"url":"a"},{"url":"b"}],"files":[{"filename":"c"}]}`,
}

func TestScanPage(t *testing.T) {
	for _, text := range scanned[:4] {
		if _, ok := scanPage([]byte(text)); !ok {
			t.Errorf("%s is not read", text)
		}
		sameAsPackageJSON(t, []byte(text))
	}
	for _, text := range []string{
		``, `{`, `{}x`, `[]`, `{"files":null}`, `{"Files":[]}`, `{"files":[{"filename":1}]}`, `{"files":[{"filename":"\u0041"}]}`, `{"files":[{"filename":"ä"}]}`,
		`{"files":[{"size":01}]}`, `{"files":[{"size":}]}`, `{"files":[{"size":1,}]}`, `{"files":[,]}`, `{"files":[{"yanked":[[]]}]}`, `{"files":[{"requires-python":3}]}`,
	} {
		if page, ok := scanPage([]byte(text)); ok {
			t.Errorf("%s is read as %v", text, page)
		}
	}
}

// sameAsPackageJSON: what is read here is what encoding/json reads.
func sameAsPackageJSON(t *testing.T, body []byte) {
	t.Helper()
	got, ok := scanPage(body)
	if !ok {
		return
	}
	var want jsonPage
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	if len(got.Files)+len(want.Files) == 0 {
		got.Files, want.Files = nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %+v, want %+v", body, got, want)
	}
}

func FuzzScanPage(f *testing.F) {
	for _, text := range scanned {
		f.Add([]byte(text))
	}
	f.Fuzz(sameAsPackageJSON)
}
