package extension

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// verdicts are what the parser and the schema say of a text.
func verdicts(t *testing.T, resolved *jsonschema.Resolved, text string) (read, valid bool) {
	t.Helper()
	_, warnings, err := ParseManifest("x", []byte(text))
	read = err == nil
	for _, w := range warnings {
		read = read && !strings.Contains(w.Text, "unknown key")
	}
	return read, resolved.Validate(asJSON(t, text)) == nil
}

// agreeKey is a key whose values are held against the schema: the text of a file
// with %s for the value, good values, bad ones, and those that differ.
type agreeKey struct {
	key, text string
	good, bad []string
	// differ are values that are valid and not read, and why no pattern says so.
	differ map[string]string
	// made are more values, of which nothing is said but that both judge alike.
	made func() []string
}

func listOf(values []string) (out []string) {
	for _, v := range values {
		out = append(out, "["+strconv.Quote(v)+"]")
	}
	return out
}

func quoted(values []string) (out []string) {
	for _, v := range values {
		out = append(out, strconv.Quote(v))
	}
	return out
}

// product joins each text of the first list with each of the second, and so on.
func product(lists ...[]string) []string {
	out := []string{""}
	for _, list := range lists {
		var longer []string
		for _, head := range out {
			for _, tail := range list {
				longer = append(longer, head+tail)
			}
		}
		out = longer
	}
	return out
}

func numbers(from, to int) (out []string) {
	for i := from; i <= to; i++ {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

// madePythons are all that the table could ever hold, in each spelling.
func madePythons() []string {
	all := product([]string{"", "cp", "CPython", "pp", "PyPy", "jy"}, []string{"1.", "2.", "3.", "4.", "3", "27"}, append(numbers(0, 18), "", "011", "9.1"), []string{"", "t", "T"})
	return append(all, product([]string{"3.9", "3.13t", "pp310", " 3.9 ", "3", ""}, []string{"..", " .. ", ",", "..."}, []string{"3.12", "3.14t", "pp311", " 3.12", "x", ""})...)
}

func madePlatforms() []string {
	archs := []string{"amd64", "X86_64", "x64", "arm64", "aarch64", "386", "i386", "i686", "x86", "armv7l", "armv7", "arm/v7", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64", "mips", ""}
	all := product([]string{"linux", "manylinux", "alpine", "musl", "musllinux", "Windows", "win", "macos", "darwin", "macosx", "osx", "solaris", ""}, []string{"/", "_", "-"}, archs)
	all = append(all, product([]string{"manylinux1_", "manylinux2010_", "manylinux2014_", "manylinux_", "manylinux2_"}, archs)...)
	tag := append(archs, "universal2")
	all = append(all, product([]string{"manylinux_2_", "musllinux_1_", "musllinux_2_", "manylinux_1_", "win_0_"}, []string{"0", "4", "5", "9", "16", "17", "28", "05", "99", "100", ""}, []string{"_"}, tag)...)
	return append(all, product([]string{"macosx_", "macos_"}, []string{"0", "1", "9", "10", "11", "12", "20", "30", "99", "100", "011"}, []string{"_"}, []string{"0", "3", "4", "9", "15", "99", "100", "1000", "x"}, []string{"_"}, []string{"arm64", "x86_64", "universal2", ""})...)
}

func madeVersions() []string {
	parts := []string{"", "-rc.1", "-RC1", "-rc.01", "-rc01", "-rc-1", "-rc.", "-rc-", "-alpha", "-a.b", "-beta2", "-c1", "-preview.3", "-pre", "-snapshot", "-1", "-01", "-post", "-r4", "-rev.2", "-dev", "-dev.2", "-0", ".1", "rc1"}
	return product([]string{"1.0.0", "0.10.2", "01.0.0", "1.0", "v1.0.0"}, parts, []string{"", ".dev1", "-post1", "-dev", ".1", "dev", "-2"}, []string{"", "+build.5", "+a-b", "+", "+a..b", "+a_b", "+-a"})
}

func madeClauses() []string {
	versions := []string{"3", "3.8", "3.8.1", "3.10.0rc1", "3.8.*", "3.8*", "3*", "*", "3.9.1*", "1!3.8", "v3.8", "3.8.1.2.3*", "3.8.1.2.3.*", "3.8+local", "3.8.post1", "3.8.dev0", "3.8-1", "x", "3.x", "3..8", ""}
	all := product([]string{"", "==", "!=", "<", "<=", ">", ">=", "~=", "=", "=>", "==="}, []string{"", " "}, versions)
	return append(all, product([]string{">=3.8"}, []string{",", " , ", " ", ",,", ", ,", ";"}, []string{"<4", "!=3.9.*", "", " ", ",", "4", "x"})...)
}

func madeSizes() []string {
	return product([]string{"", "0", "1", "75", "0.5", "1.5", "0.0", "00", "07", "1.", ".5", "1,5", "-1", "+1"}, []string{"", " ", "  "}, []string{"", "B", "kB", "KB", "KiB", "kiB", "MB", "mb", "M", "GiB", "TB", "PB", "bytes"})
}

func madeCutoffs() []string {
	days := product([]string{"2026-", "26-"}, []string{"01", "02", "04", "12", "13", "00", "1"}, []string{"-"}, []string{"00", "01", "29", "30", "31", "32"}, []string{"", "T12:00:00Z", "T23:59:59.5+02:00", "T24:00:00Z", "T12:60:00Z", "T12:00Z", " 12:00:00", "t12:00:00z"})
	days = slices.DeleteFunc(days, func(s string) bool { return strings.HasPrefix(s, "2026-02-29") }) // which other years have
	ages := product([]string{"7", "", "0", "-7", "1.5"}, []string{"", " "}, []string{"", "d", "day", "days", "DAYS", "w", "wks", "weeks", "h", "hrs", "m", "mins", "minutes", "s", "secs", "month", "months", "mo", "y", "years", "fortnights"}, []string{"", ", 12 hours", " 1h", "2m", " and 1 hour"})
	return append(append(days, ages...), product([]string{"P", "p", ""}, []string{"", "1W", "1D", "2W3D", "1M", "1Y"}, []string{"", "T", "T1H", "T1H30M", "T5S", "T1D", "t1h"})...)
}

func madeRequirements() []string {
	return product([]string{"a", "numpy", "a.b-c_d", "-a", "a-", "", "a b", " a "}, []string{"", "[x]", "[x,y]", "[ x , y ]", "[]", "[x", "[x,]", "[-]"},
		[]string{"", "==1.0", ">=1,<2", ">=1 <2", "(>=1)", " ( >=1, <2 ) ", "()", "(>=1", ">=1)", "==1.*", ">=1.*", "~=1", "~=1.0", "===x", ">=1,", "@ https://a.test/a.whl", "1.0", "=1"})
}

func madePatterns() []string {
	return product([]string{"", "*", "a", "[", "[a-c]", "[^a]", "[]", "[]a]", "[a-]", "[-a]", "[a-b-c]", `\`, `\[`, `[\]]`, `[a\-]`, "]", "[^]", "[a", "[^a-b"}, []string{"", ".orig", "/", "[b]", "?", `\`})
}

var agreeKeys = []agreeKey{
	{key: "requires_python", text: "extension: {name: demo, version: 1.0.0, api_level: 1.4.0, requires_python: %s}",
		good: quoted([]string{">=3.8", ">=3.8,<4", ">= 3.8 , != 3.9.1*", "==3*", "~=3.8", "===3.8.1", ",>=3.8,", ">=3.8.*"}),
		bad:  quoted([]string{"3", "3.8", ">=3.8 <4", "=>3.8", "=3.8", "", " ", ",", ">3.x", "~=3", "~=3.8.*"}),
		made: func() []string { return quoted(madeClauses()) },
		differ: map[string]string{
			`">=4,<3"`: "clauses that exclude each other: a pattern compares no numbers",
		}},
	{key: "version", text: "extension: {name: demo, version: %s, api_level: 1.4.0}",
		good: quoted([]string{"1.0.0", "1.0.0-rc.1", "1.0.0-alpha", "1.0.0-dev.2", "1.0.0+build.5", "1.0.0-1"}),
		bad:  quoted([]string{"1.0.0-snapshot", "1.0", "1.0.0-rc.01", "01.0.0", "1.0.0-", "1.0.0+"}),
		made: func() []string { return quoted(madeVersions()) }},
	{key: "api_level", text: "extension: {name: demo, version: 1.0.0, api_level: %s}",
		good: quoted([]string{"1.4.0", "1.0.99999"}), bad: quoted([]string{"1.4", "1.4.0.0", "1.04.0", "1.100000.0", "v1.4.0"})},
	{key: "name", text: "extension: {name: %s, version: 1.0.0, api_level: 1.4.0}",
		good: quoted([]string{"a", "my_ext", "a.b-c", "console", "com10"}),
		bad:  quoted([]string{"", "my ext", "_a", "a.", "con", "NUL", "aux.x", "Com1", "ü", strings.Repeat("a", 101)})},
	{key: "pythons", text: minimal + "bundle: {pythons: %s}",
		good: append(quoted([]string{"3.9..3.13", "3.9..3.13,3.14t", " 3.9 .. 3.10 "}), listOf([]string{"3.11", "cp311", "3.14t", "pp310", "2.7", "3.9..3.11"})...),
		bad:  append(quoted([]string{"3", "3.9-3.13", "3.9...3.13", "3.9..3.14t", "3.9..pp310", "latest"}), listOf([]string{"3", "3.11.2", "3.11t", "3.99", "pp27t", "pp312", "py3", "3.011"})...),
		made: func() []string { return append(quoted(madePythons()), listOf(madePythons())...) },
		differ: map[string]string{
			`"3.13..3.9"`: "a range that runs backwards: a pattern compares no numbers",
		}},
	{key: "platforms", text: minimal + "bundle: {platforms: %s}",
		good: listOf([]string{"linux/amd64", "Darwin/ARM64", "linux/arm/v7", "manylinux_2_28_x86_64", "manylinux1_i686", "WIN32", "macosx_11_3_arm64", "macosx_10_9_x86_64", "musllinux_1_2_riscv64"}),
		bad:  listOf([]string{"linux_x86_64", "macos/10.15", "linux/amd64,windows/amd64", "win_x86", "manylinux1_aarch64", "manylinux_2_4_x86_64", "macosx_10_15_arm64", "macosx_11_0_universal2", "windows/s390x", "macos/386", "linux", " linux/amd64", "any"}),
		made: func() []string { return listOf(madePlatforms()) }},
	{key: "requirements", text: minimal + "bundle: {requirements: %s}",
		good: append(quoted([]string{"r.txt", "a b.txt", "../r.txt"}), listOf([]string{"r.txt"})...),
		bad:  append(quoted([]string{" ", "https://a.test/r.txt"}), listOf([]string{" ", "https://a.test/r.txt"})...)},
	{key: "extras", text: minimal + "bundle: {extras: %s}",
		good: append(listOf([]string{"socks", "A.b", ":all:"}), `":all:"`), bad: append(listOf([]string{"a b", "-a", ""}), `all`)},
	{key: "groups", text: minimal + "bundle: {groups: %s}",
		good: listOf([]string{"dev", "../p.toml:dev", "c:/p.toml:a-b", ":dev"}), bad: listOf([]string{"a b", "dev:", "p.toml:-", ""})},
	{key: "exclude", text: minimal + "bundle: {exclude: %s}",
		good: listOf([]string{"*.orig", "data/*.csv", "[a-z]*", `\[`}), bad: listOf([]string{"[", "[]", `\`, "[a-]", ""}),
		made: func() []string { return listOf(madePatterns()) }},
	{key: "max_size", text: minimal + "bundle: {max_size: %s}",
		good: []string{"1", "75 MB", "1.5GB", "0.5 kB", "{zip: 1 TB}"},
		bad:  []string{"1.5", "0 B", "0", "0.0 MB", "1.5 B", "75 mb", "2000000000000000000", "-1", "{package: 0 kB}", "{zip: 1.5}"},
		made: func() []string { return quoted(madeSizes()) },
		differ: map[string]string{
			"1.0": "JSON does not tell 1.0 from 1", "1e6": "JSON does not tell 1e6 from 1000000",
			`"0.0001 kB"`: "less than a byte: a pattern does not multiply", `"9999999999 TB"`: "more than any file has: a pattern does not multiply",
		}},
	{key: "trim", text: minimal + "bundle: {trim: %s}", good: []string{`":all:"`, "[tests]", "[]"}, bad: []string{"all", "tests", `[":all:"]`, "[all]"}},
	{key: "trim_except", text: minimal + "bundle: {trim: [tests], trim_except: %s}",
		good: listOf([]string{"cffi", "PyYAML"}), bad: append(listOf([]string{":all:", "a b"}), `":all:"`, "[]")},
	{key: "index.url", text: minimal + "bundle: {index: {url: %s}}",
		good: quoted([]string{"https://index.test", "HTTP://u:p@index.test:8080/simple/?q#f", "file:///srv/index", "file:/srv", "https://[::1]/", "https://index.test/a b"}),
		bad:  quoted([]string{"index.test", "https://", "https:///simple", "https://u:p@/", "https:index.test", "file:index", "file://host", "ftp://index.test", "wheels", ""}),
		differ: map[string]string{
			`"http://[::1"`: "what stands in a host is for those who parse addresses", `"https://index.test/%zz"`: "likewise escapes",
		}},
	{key: "index.extra", text: minimal + "bundle: {index: {extra: %s}}",
		good:   []string{"[{name: a, url: 'https://a.test', explicit: true}]", "[{url: 'https://a.test', explicit: false}]"},
		bad:    []string{"[{url: 'https://a.test', explicit: true}]", "[{name: '-', url: 'https://a.test'}]", "[]", "[a]"},
		differ: map[string]string{"[{name: a, url: 'https://a.test'}, {name: a, url: 'https://b.test'}]": "JSON Schema compares no members of a list"}},
	{key: "index.pins", text: minimal + "bundle: {index: {extra: [{name: c, url: 'https://c.test'}], pins: %s}}",
		good: []string{"{numpy: c}", "{numpy: 'https://d.test'}"}, bad: []string{"{numpy: ftp://a}", "{numpy: a b}", "{numpy: ''}", "{'a b': c}"},
		differ: map[string]string{"{numpy: d}": "JSON Schema does not look names up elsewhere in the file", "{a.b: c, a-b: c}": "likewise"}},
	{key: "exclude_newer", text: minimal + "bundle: {policy: {exclude_newer: %s}}",
		good: quoted([]string{"2026-11-21", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00.5+01:00", "7 days", "1 week 12 hours", "36h", "P7D", "PT24H", "1 Day, 2 hrs"}),
		bad:  append(quoted([]string{"7", "P", "PT", "1 month", "P1M", "1 year", "days", "yesterday", "2026-13-01", "2026-04-31", "2026-11-21T25:00:00Z", ""}), "7"),
		made: func() []string { return quoted(madeCutoffs()) },
		differ: map[string]string{
			`"2025-02-29"`: "leap years: a pattern does not divide", `"200 weeks 99999 weeks"`: "an age above a hundred years: a pattern does not add",
		}},
	{key: "constraints", text: minimal + "bundle: {policy: {constraints: %s}}",
		good:   listOf([]string{"numpy<2", "a >= 1, < 2 ; python_version < '3.9'", "a(>=1)", "a"}),
		bad:    listOf([]string{"a @ http://x", "a[x]>=1", "a 1.0", ">=1", "a>=1 <2", "a;", ""}),
		made:   func() []string { return listOf(madeRequirements()) },
		differ: map[string]string{`["a; python_version"]`: "markers nest, which no pattern describes"}},
	{key: "overrides", text: minimal + "bundle: {policy: {overrides: %s}}",
		good: listOf([]string{"protobuf>=5", "a[x,y]>=1"}), bad: listOf([]string{"a @ http://x", "a[x", "a=1"}),
		made:   func() []string { return listOf(madeRequirements()) },
		differ: map[string]string{`["a; os_name == 'x' and"]`: "markers nest, which no pattern describes"}},
	{key: "only_binary", text: minimal + "bundle: {policy: {no_binary: [x], only_binary: %s}}",
		good: append(listOf([]string{"a", ":all:"}), `":all:"`), bad: append(listOf([]string{"a b"}), "all"),
		differ: map[string]string{"[x]": "JSON Schema does not hold two lists against each other"}},
	{key: "python_extra_paths", text: "extension: {name: demo, version: 1.0.0, api_level: 1.4.0, python_extra_paths: %s}",
		good: quoted([]string{"${extension_zip}/lib"}), bad: []string{"[a]", `""`},
		differ: map[string]string{`"${extension_zip}/.."`: "whether a path leads out: a pattern does not count", `"${zip}"`: "left to the parser, with the rest of paths"}},
}

// TestSchemaAgrees holds the schema against the parser, key by key, over values
// written here and many that are put together.
func TestSchemaAgrees(t *testing.T) {
	_, resolved := theSchema(t)
	for _, k := range agreeKeys {
		t.Run(k.key, func(t *testing.T) {
			expect := func(value string, wantRead, wantValid bool) {
				t.Helper()
				read, valid := verdicts(t, resolved, fmt.Sprintf(k.text, value))
				if read != wantRead || valid != wantValid {
					t.Errorf("%s: read %t, want %t; valid %t, want %t", value, read, wantRead, valid, wantValid)
				}
			}
			for _, value := range k.good {
				expect(value, true, true)
			}
			for _, value := range k.bad {
				expect(value, false, false)
			}
			for _, value := range slices.Sorted(maps.Keys(k.differ)) {
				expect(value, false, true)
			}
			if k.made != nil {
				agreeOn(t, resolved, k)
			}
		})
	}
}

// sample is some of many values, spread over them: all with AXLE_LONG=1.
func sample(values []string) []string {
	const enough = 400
	step := len(values)/enough + 1
	if os.Getenv("AXLE_LONG") != "" || step == 1 {
		return values
	}
	var some []string
	for i, n := 0, 0; i < len(values); i, n = i+step, n+1 {
		some = append(some, values[min(i+n%step, len(values)-1)]) // so that no column of the product is left out
	}
	return some
}

// agreeOn holds both verdicts against each other for the values put together.
func agreeOn(t *testing.T, resolved *jsonschema.Resolved, k agreeKey) {
	taken, wrong := 0, 0
	values := sample(k.made())
	for _, value := range values {
		read, valid := verdicts(t, resolved, fmt.Sprintf(k.text, value))
		if read {
			taken++
		}
		if wrong++; read == valid {
			wrong--
		} else if wrong <= 10 {
			t.Errorf("%s: read %t, valid %t", value, read, valid)
		}
	}
	if taken < 10 || taken > len(values)-10 {
		t.Errorf("%d of %d values are taken, which proves little", taken, len(values))
	}
	if wrong > 10 {
		t.Errorf("%d of %d values are judged differently", wrong, len(values))
	}
}
