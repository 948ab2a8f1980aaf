package index

import "testing"

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"https://jane:s3cret@index.test/simple":   "https://index.test/simple",
		"https://jane:s3%zzret@index.test/simple": "https://index.test/simple",
		"jane:s3cret@index.test/simple":           "index.test/simple",
		"jane:s3cret@index.test:8080":             "index.test:8080",
		"wheels/jane:s@cret":                      "wheels/jane:s@cret",
		`c:\wheels@home`:                          `c:\wheels@home`,
		"me@home":                                 "me@home",
		"wheels":                                  "wheels",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestPlaceWithoutScheme(t *testing.T) {
	if got := newPlace("jane:s3cret@index.test/simple").address; got != "index.test/simple" {
		t.Errorf("shown as %s", got)
	}
}
