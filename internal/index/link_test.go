package index

import (
	"net/url"
	"testing"
)

// What is resolved folder by folder has to be what package net/url says.
func TestRelativeAddressesResolveAsURLs(t *testing.T) {
	for _, page := range []string{"https://index.test/simple/x/", "http://127.0.0.1:8080/simple/x", "https://me:secret@index.test/simple/x/?a=b"} {
		base, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		table := folderTable{base: base, known: map[string]string{}}
		for _, ref := range []string{
			"x-1.whl", "./x-1.whl", "../x-1.whl", "../../files/x/x-1.whl", "../../files/x/x-2.whl", "a//x-1.whl", "a/../x-1.whl", "..a/x-1.whl", "../../../../x-1.whl",
			"/files/x-1.whl", "//other.test/x-1.whl", "x-1+local.whl", "x-1%2Blocal.whl", "?x-1.whl", "#x-1.whl", "", ".", "..", "a/", "a/.", "a/..",
			"https://files.test/x-1.whl", "http://files.test:81/a/x-1.whl", "http://files.test:/x-1.whl", "http://files.test:1/../x-1.whl", "http://files.test",
		} {
			want, err := base.Parse(ref)
			if err != nil {
				t.Fatal(err)
			}
			want.User, want.Fragment = nil, ""
			l := link{name: "x-1.whl"}
			if ok := l.setURL(base, table.absolute(ref)); ok && l.url != want.String() {
				t.Errorf("%s on %s is %s, want %s", ref, page, l.url, want)
			} else if !ok {
				t.Errorf("%s on %s was refused", ref, page)
			}
		}
	}
}
