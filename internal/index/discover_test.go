package index_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep508"
)

func noFile(string) ([]byte, error) { return nil, os.ErrNotExist }

// answering is a pip whose default is the address.
func answering(address string) func(context.Context) (string, error) {
	return answeringText("some noise\n{\"index\": \"" + address + "\"}\n")
}

func answeringText(text string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return text, nil }
}

// machine is a made-up machine to discover on.
type machine struct {
	files map[string]string
	env   map[string]string
	os    string
}

func (m machine) options() index.DiscoverOptions {
	exists := func(path string) bool {
		for name := range m.files {
			if name == path || strings.HasPrefix(name, path+"/") {
				return true
			}
		}
		return false
	}
	home := "/home/u"
	switch m.os {
	case "":
		m.os = "linux"
	case "windows":
		home = `C:\Users\u`
	}
	return index.DiscoverOptions{
		OS: m.os, Home: home, Exists: exists,
		Env: func(name string) (string, bool) { v, ok := m.env[name]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			if text, ok := m.files[path]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		},
	}
}

func addresses(c index.Config) []string {
	var all []string
	for _, i := range c.Indexes {
		all = append(all, i.URL)
	}
	return all
}

func TestOrderOfIndexes(t *testing.T) {
	conf := map[string]string{"/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://conf.test/\nextra-index-url = https://conf-extra.test/\nfind-links = /conf\n"}
	env := map[string]string{"PIP_INDEX_URL": "https://env.test/", "PIP_EXTRA_INDEX_URL": "https://env-extra.test/", "PIP_FIND_LINKS": "/env https://env-links.test/"}
	own := map[string]string{"AXLE_INDEX_URL": "https://axle.test/", "PIP_INDEX_URL": "https://env.test/"}
	flags := index.Settings{IndexURL: "https://flag.test/", ExtraIndexURLs: []string{"https://flag-extra.test/"}, FindLinks: []string{"/flag"}}
	requirements := index.Settings{IndexURL: "https://req.test/", ExtraIndexURLs: []string{"https://req-extra.test/", "https://flag-extra.test"}, FindLinks: []string{"/req", "/flag"}}
	for _, tt := range []struct {
		name     string
		machine  machine
		settings []index.Settings
		want     string
		links    string
	}{
		{"nothing but a pip", machine{}, nil, "https://pip.test/simple", ""},
		{"pip.conf", machine{files: conf}, nil, "https://conf-extra.test/ https://conf.test/", "/conf"},
		{"environment", machine{files: conf, env: env}, nil, "https://env-extra.test/ https://env.test/", "/env https://env-links.test/"},
		{"own variable", machine{env: own}, nil, "https://axle.test/", ""},
		{"requirements", machine{files: conf, env: own}, []index.Settings{{}, requirements}, "https://req-extra.test/ https://flag-extra.test https://conf-extra.test/ https://req.test/", "/req /flag /conf"},
		{"flags", machine{env: own}, []index.Settings{flags, requirements}, "https://flag-extra.test/ https://req-extra.test/ https://flag.test/", "/flag /req"},
		{"an extra that is the main one", machine{}, []index.Settings{{IndexURL: "https://a.test/", ExtraIndexURLs: []string{"https://a.test"}}}, "https://a.test", ""},
		{"no index", machine{env: env}, []index.Settings{{}, {NoIndex: true}}, "", "/env https://env-links.test/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.machine.options()
			o.Settings, o.AskPip = tt.settings, answering("https://pip.test/simple")
			config, warnings, err := index.Discover(t.Context(), o)
			if err != nil || len(warnings) != 0 {
				t.Fatalf("%v, %v", warnings, err)
			}
			if got := strings.Join(addresses(config), " "); got != tt.want {
				t.Errorf("indexes %q, want %q", got, tt.want)
			}
			if got := strings.Join(config.FindLinks, " "); got != tt.links {
				t.Errorf("find-links %q, want %q", got, tt.links)
			}
			if config.NoIndex != (tt.want == "") {
				t.Errorf("no index: %v", config.NoIndex)
			}
		})
	}
}

func TestPipFilesOfEachSystem(t *testing.T) {
	const text = "[global]\nindex-url = https://here.test/\n"
	for _, tt := range []struct{ os, file, env string }{
		{"linux", "/etc/pip.conf", ""},
		{"linux", "/etc/xdg/pip/pip.conf", ""},
		{"linux", "/home/u/.pip/pip.conf", ""},
		{"linux", "/home/u/.config/pip/pip.conf", ""},
		{"linux", "/elsewhere/pip/pip.conf", "XDG_CONFIG_HOME=/elsewhere"},
		{"linux", "/second/pip/pip.conf", "XDG_CONFIG_DIRS=/first:/second"},
		{"linux", "/venv/pip.conf", "VIRTUAL_ENV=/venv"},
		{"linux", "/conda/pip.conf", "CONDA_PREFIX=/conda"},
		{"linux", "/chosen", "PIP_CONFIG_FILE=/chosen"},
		{"darwin", "/Library/Application Support/pip/pip.conf", ""},
		{"darwin", "/home/u/.pip/pip.conf", ""},
		{"darwin", "/home/u/.config/pip/pip.conf", ""},
		{"darwin", "/home/u/Library/Application Support/pip/pip.conf", ""},
		{"windows", `C:\ProgramData\pip\pip.ini`, ""},
		{"windows", `D:\Data\pip\pip.ini`, `ProgramData=D:\Data`},
		{"windows", `C:\Users\u\pip\pip.ini`, ""},
		{"windows", `C:\Users\u\AppData\Roaming\pip\pip.ini`, ""},
		{"windows", `D:\Roaming\pip\pip.ini`, `APPDATA=D:\Roaming`},
		{"windows", `D:\venv\pip.ini`, `VIRTUAL_ENV=D:\venv`},
	} {
		m := machine{os: tt.os, files: map[string]string{tt.file: text}, env: map[string]string{}}
		if name, value, ok := strings.Cut(tt.env, "="); ok {
			m.env[name] = value
		}
		config, _, err := index.Discover(t.Context(), m.options())
		if err != nil || len(config.Indexes) != 1 {
			t.Errorf("%s on %s is not read: %v", tt.file, tt.os, err)
		}
	}
}

func TestPipIsAskedOnce(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now, asked := time.Unix(1e9, 0), 0
	discover := func(ask func(context.Context) (string, error)) (index.Config, []fault.Warning) {
		config, warnings, err := index.Discover(t.Context(), index.DiscoverOptions{ReadFile: noFile, Cache: store, Now: func() time.Time { return now },
			AskPip: func(ctx context.Context) (string, error) { asked++; return ask(ctx) }})
		if err != nil {
			t.Fatal(err)
		}
		return config, warnings
	}
	broken := func(context.Context) (string, error) { return "", errors.New("no interpreter") }
	if config, warnings := discover(broken); len(config.Indexes) != 0 || len(warnings) != 1 || !strings.Contains(warnings[0].Text, "no interpreter") {
		t.Errorf("%v, %v", addresses(config), warnings)
	}
	for _, text := range []string{"", "nonsense", `{"index": null}`, `{"index": 3}`, `{"index": "file:///etc"}`} {
		if config, warnings := discover(answeringText(text)); len(config.Indexes) != 0 || len(warnings) != 1 {
			t.Errorf("answer %q: %v, %v", text, addresses(config), warnings)
		}
	}
	asked = 0
	for range 3 {
		config, warnings := discover(answering("https://pip.test/simple"))
		if diff := cmp.Diff([]string{"https://pip.test/simple"}, addresses(config)); diff != "" || len(warnings) != 0 {
			t.Errorf("%s %v", diff, warnings)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	now = now.Add(40 * 24 * time.Hour)
	if config, _ := discover(broken); len(config.Indexes) != 1 || asked != 2 {
		t.Errorf("an old answer should be better than none: %v, asked %d times", addresses(config), asked)
	}
	if config, _ := discover(answering("https://new.test/simple")); addresses(config)[0] != "https://new.test/simple" {
		t.Errorf("%v", addresses(config))
	}
}

func TestNetworkSettings(t *testing.T) {
	for _, tt := range []struct {
		name  string
		env   map[string]string
		check func(index.Config) bool
	}{
		{"pip's own certificate first", map[string]string{"PIP_CERT": "/a", "REQUESTS_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/c"}, func(c index.Config) bool { return cmp.Equal(c.CertFiles, []string{"/a"}) }},
		{"then that of its library", map[string]string{"REQUESTS_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/c"}, func(c index.Config) bool { return cmp.Equal(c.CertFiles, []string{"/b"}) }},
		{"then those of OpenSSL that exist", map[string]string{"SSL_CERT_FILE": "/gone", "SSL_CERT_DIR": "/certs:/gone"}, func(c index.Config) bool { return cmp.Equal(c.CertFiles, []string{"/certs"}) }},
		{"proxies", map[string]string{"HTTPS_PROXY": "http://p.test:1", "https_proxy": "http://q.test:1", "ALL_PROXY": "http://all.test:1", "NO_PROXY": "a.test"}, func(c index.Config) bool {
			return c.HTTPSProxy == "http://q.test:1" && c.HTTPProxy == "http://all.test:1" && c.NoProxy == "a.test" && c.Proxy == ""
		}},
		{"netrc of the home folder", nil, func(c index.Config) bool { return strings.Contains(c.Netrc, "home") }},
		{"netrc of the environment", map[string]string{"NETRC": "/netrc"}, func(c index.Config) bool { return strings.Contains(c.Netrc, "chosen") }},
	} {
		m := machine{env: tt.env, files: map[string]string{"/certs/a.pem": "", "/home/u/.netrc": "machine home.test login a password b", "/netrc": "machine chosen.test login a password b"}}
		config, warnings, err := index.Discover(t.Context(), m.options())
		if err != nil || len(warnings) > 0 || !tt.check(config) {
			t.Errorf("%s: %v, %v, certificates %q, proxies %q %q", tt.name, warnings, err, config.CertFiles, config.HTTPProxy, config.HTTPSProxy)
		}
	}
	m := machine{files: map[string]string{"/home/u/.netrc": "machine"}}
	if _, warnings, err := index.Discover(t.Context(), m.options()); err != nil || len(warnings) != 1 || warnings[0].File != "/home/u/.netrc" {
		t.Errorf("netrc that cannot be read: %v, %v", warnings, err)
	}
}

func TestPins(t *testing.T) {
	config, _, err := index.Discover(t.Context(), index.DiscoverOptions{ReadFile: noFile, Settings: []index.Settings{
		{Pins: map[pep508.Name]string{"a": "flag"}}, {Pins: map[pep508.Name]string{"a": "manifest", "b": "manifest"}},
	}})
	if err != nil || !cmp.Equal(config.Pins, map[pep508.Name]string{"a": "flag", "b": "manifest"}) {
		t.Errorf("%v, %v", config.Pins, err)
	}
}

// Every broken file and value is named with its place, and no value is shown.
func TestBrokenSettings(t *testing.T) {
	m := machine{files: map[string]string{"/etc/pip.conf": "[global]\nindex-url = https://a.test/\nhttps //user.hush-hush@b.test\n"}}
	_, _, err := index.Discover(t.Context(), m.options())
	if fault.ExitCode(err) != fault.Usage || !strings.HasPrefix(err.Error(), "/etc/pip.conf:3: ") || strings.Contains(err.Error(), "hush") || len(fault.Hints(err)) == 0 {
		t.Errorf("%v", err)
	}
	m = machine{env: map[string]string{"PIP_RETRIES": "-1", "PIP_TIMEOUT": "x", "PIP_NO_INDEX": "perhaps"}}
	_, _, err = index.Discover(t.Context(), m.options())
	if fault.ExitCode(err) != fault.Usage || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("%v", err)
	}
}

// Whatever is in a pip.conf, it is read or refused.
func FuzzPipConfig(f *testing.F) {
	for _, text := range []string{"[global]\nindex-url = https://a.test/\n", "[a]\nb\n", "[", "=", "\ufeff[global]\n x: y\n  z", "[global\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := machine{files: map[string]string{"/etc/pip.conf": text}}
		if _, _, err := index.Discover(t.Context(), m.options()); err != nil && fault.ExitCode(err) != fault.Usage {
			t.Errorf("%v", err)
		}
	})
}
