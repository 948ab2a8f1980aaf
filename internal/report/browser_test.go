package report

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written is a page on disk.
func written(t *testing.T, m Matrix) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := m.WriteHTML(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// focused says where the keyboard is: the element, with its id or text.
const focused = `(function (e) { return e.tagName + " " + (e.dataset.target || e.id || e.value || e.textContent.trim().slice(0, 40)); })(document.activeElement)`

// TestBrowserKeyboard goes through the page by keyboard alone.
func TestBrowserKeyboard(t *testing.T) {
	b := chromium(t)
	b.look(1280, 900, "light")
	b.open(written(t, rich(t)))
	if got := eval[string](b, `document.documentElement.dataset.ready || "no"`); got != "yes" {
		t.Fatalf("the script did not run: %s %v", got, b.complaints)
	}
	at := func(want string) {
		t.Helper()
		if got := eval[string](b, focused); got != want {
			t.Errorf("the focus is at %q, want %q", got, want)
		}
	}
	holds := func(expression string) {
		t.Helper()
		if !eval[bool](b, expression) {
			t.Errorf("not so: %s", expression)
		}
	}
	b.press("Tab")
	at("A Skip to the matrix")
	holds(`document.activeElement.getBoundingClientRect().left >= 0`)
	b.press("Enter", "Tab")
	at("INPUT 0")

	// Without the first platform, its column is gone, and it is said so.
	b.press(" ")
	holds(`!document.querySelector('#cells [data-platform="0"]').checkVisibility()`)
	holds(`document.getElementById("shown").textContent === "Showing 3 of 4 platforms, 2 of 2 agent profiles, 5 of 5 Pythons."`)
	b.press(" ")
	holds(`document.querySelector('#cells [data-platform="0"]').checkVisibility()`)

	// From the filter to the cells; arrows go on, Enter tells more.
	for range 40 {
		if eval[string](b, focused) == "A cp39@manylinux_2_28_x86_64" {
			break
		}
		b.press("Tab")
	}
	at("A cp39@manylinux_2_28_x86_64")
	holds(`getComputedStyle(document.activeElement).outlineStyle !== "none"`)
	b.press("ArrowDown", "ArrowRight")
	at("A cp310@manylinux_2_28_aarch64")
	b.press("Enter")
	holds(`document.getElementById("details").open`)
	at("H2 details-title")
	if got := eval[string](b, `document.getElementById("details").innerText`); !strings.Contains(got, "Python 3.10 on linux/arm64") ||
		!strings.Contains(got, "about 23.1 MiB") || !strings.Contains(got, "glibc 2.28") || !strings.Contains(got, "kiln 1.0") {
		t.Errorf("the details are %q", got)
	}
	shot(b, "details", "light", false)
	b.press("Tab")
	at("BUTTON ×")
	b.press("Escape")
	holds(`!document.getElementById("details").open`)
	at("A cp310@manylinux_2_28_aarch64")

	// A hole tells its reason as text, whatever is in it.
	eval[bool](b, `document.querySelector('[data-target="cp39@win_amd64"]').focus() === undefined`)
	b.press("Enter")
	if got := eval[string](b, `document.querySelector("#details pre").textContent`); !strings.Contains(got, hostile) {
		t.Errorf("the reason is %q", got)
	}
	got := eval[string](b, `document.getElementById("details").innerText`)
	for _, want := range []string{"requirements.txt:2 requires oven", "kiln 0.9", "kiln 2.0, with --build-sdists=kiln", "no version of oven", "there is none of oven", "leave Python 3.9 out of the build"} {
		if !strings.Contains(got, want) {
			t.Errorf("the details of a hole do not say %q: %q", want, got)
		}
	}
	shot(b, "hole", "light", false)
	b.press("Tab", "Enter")
	holds(`!document.getElementById("details").open`)
	at("A cp39@win_amd64")

	// A cell of a profile tells what its interpreters choose.
	eval[bool](b, `document.querySelectorAll('[data-served]')[0].focus() === undefined`)
	b.press("Enter")
	if got := eval[string](b, `document.getElementById("details").innerText`); !strings.Contains(got, "Python 3.9 on agent rhel9") ||
		!strings.Contains(got, "/usr/bin/python3") || !strings.Contains(got, "3.9.18") || !strings.Contains(got, "cp39-cp39-manylinux_2_28_x86_64.whl") {
		t.Errorf("the details of a profile are %q", got)
	}
	b.press("Escape")
	eval[bool](b, `document.querySelector('input[name="profile"]').click() === undefined`)
	holds(`!document.querySelector('#cells th[data-name="rhel9"]').checkVisibility()`)
	holds(`document.querySelector('#cells th[data-name="rhel|8"]').checkVisibility()`)

	if len(b.complaints) > 0 {
		t.Errorf("the page complains: %q", b.complaints)
	}
	if got := slices.DeleteFunc(b.asked, func(url string) bool {
		return strings.HasPrefix(url, "file://") || strings.HasPrefix(url, "data:") || url == "about:blank"
	}); len(got) > 0 {
		t.Errorf("the page fetches %q", got)
	}
}

// shot keeps a picture in the folder that AXLE_SCREENSHOTS names.
func shot(b *browser, name, scheme string, whole bool) {
	b.t.Helper()
	dir := cmp.Or(os.Getenv("AXLE_SCREENSHOTS"), b.t.TempDir())
	b.shoot(filepath.Join(dir, fmt.Sprintf("%s-%s.png", name, scheme)), whole)
}

// poor lists texts with less contrast than WCAG AA wants, against the nearest
// background colour.
const poor = `(function () {
  function rgb(text) { return text.match(/[\d.]+/g).map(Number); }
  function light(c) {
    c = c.slice(0, 3).map(function (v) { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  }
  var found = [], seen = 0;
  document.querySelectorAll("body *").forEach(function (e) {
    var own = Array.from(e.childNodes).some(function (n) { return n.nodeType === 3 && n.data.trim(); });
    if (!own || !e.checkVisibility() || e.closest(".said, script, title, desc")) return;
    var style = getComputedStyle(e), svg = e.namespaceURI !== "http://www.w3.org/1999/xhtml";
    var a = light(rgb(svg ? style.fill : style.color)), b = light(behind(e));
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen++;
    if (ratio < 4.5) found.push(ratio.toFixed(2) + " " + e.tagName + " " + e.textContent.trim().slice(0, 30));
  });
  return seen > 50 ? found : ["only " + seen + " texts seen"];
})()`

// TestBrowserLooks: on a phone and a desk, light and dark, the page fits its
// screen and has the contrast that WCAG AA wants.
func TestBrowserLooks(t *testing.T) {
	b := chromium(t)
	path := written(t, rich(t))
	for _, screen := range []struct {
		name          string
		width, height int
	}{{"phone", 390, 844}, {"desk", 1280, 900}} {
		for _, scheme := range []string{"light", "dark"} {
			b.look(screen.width, screen.height, scheme)
			b.open(path)
			if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > screen.width {
				t.Errorf("%s: the page is %d wide on a screen of %d", screen.name, wide, screen.width)
			}
			if found := eval[[]string](b, poor); len(found) > 0 {
				t.Errorf("%s %s: too little contrast: %q", screen.name, scheme, found)
			}
			if small := eval[[]string](b, `Array.from(document.querySelectorAll("#cells a, button")).filter(function (e) { var r = e.getBoundingClientRect(); return r.width && (r.width < 24 || r.height < 24); }).map(function (e) { return e.textContent; })`); len(small) > 0 {
				t.Errorf("%s: too small for a finger: %q", screen.name, small)
			}
			shot(b, screen.name, scheme, true)
		}
	}
}

// TestBrowserWithoutScript: all can be read, and what needs the script is not
// shown.
func TestBrowserWithoutScript(t *testing.T) {
	b := chromium(t)
	b.look(390, 844, "light")
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(written(t, rich(t)))
	if !eval[bool](b, `document.documentElement.dataset.ready === undefined && !document.getElementById("filter").checkVisibility()`) {
		t.Error("the filter shows without the script")
	}
	if text := eval[string](b, `document.body.innerText`); !strings.Contains(text, "no version has a file for") || !strings.Contains(text, "about 23.1 MiB") {
		t.Errorf("the page reads %.300q", text)
	}
}
