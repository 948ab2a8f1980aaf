package index_test

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/event"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/indextest"
	"github.com/axlepack/axle/internal/pep508"
)

const (
	user   = "mallory"
	secret = "s3cr3t-pa%2Fss"  // as an address writes it
	plain  = "s3cr3t-pa/ss"    // as it is sent
	hidden = "s3cr3t-pa"       // what must appear nowhere
	basic  = "mallory:s3cr3t-" // of which no encoding may appear either
)

// withUser puts credentials into the address of a server.
func withUser(address string) string {
	return strings.Replace(address, "http://", "http://"+user+":"+secret+"@", 1)
}

func private(t testing.TB, options indextest.Options) *indextest.Server {
	t.Helper()
	options.User, options.Password = user, plain
	return indextest.New(t, options, demo("1.0", "py3-none-any"), big())
}

func TestCredentialsFromAddressAndNetrc(t *testing.T) {
	s := private(t, indextest.Options{Ranges: indextest.FullRanges})
	for name, config := range map[string]index.Config{
		"address":    {Indexes: []index.Index{{URL: withUser(s.Simple())}}},
		"netrc":      {Indexes: []index.Index{{URL: s.Simple()}}, Netrc: "machine 127.0.0.1\n  login " + user + "\n  password " + plain + "\n"},
		"find-links": {FindLinks: []string{withUser(s.Simple() + "demo/")}},
		// Of two accounts on one host, each is for what its index named.
		"two accounts": {Indexes: []index.Index{{URL: strings.Replace(s.URL, "http://", "http://other:x@", 1) + "/other/"}, {URL: withUser(s.Simple()), Name: "mine"}},
			Pins: map[pep508.Name]string{"demo": "mine"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, nil, func(set *settings) { set.config = config })
			f := file(t, c, big().Name)
			if _, err := c.Metadata(t.Context(), f); err != nil {
				t.Error(err)
			}
			if _, err := c.Fetch(t.Context(), f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNetrcThatIsForOthers(t *testing.T) {
	s := private(t, indextest.Options{})
	for _, text := range []string{
		"machine other.test login " + user + " password " + plain,
		"default login " + user + " password " + plain, // would be sent to everybody
		"machine", "machine\n", "# nothing", "\x00",
	} {
		c := newClient(t, s, func(set *settings) { set.config.Netrc = text })
		_, err := c.Project(t.Context(), "demo")
		var status *index.StatusError
		if !errors.As(err, &status) || status.Status != 401 || status.HadCredentials {
			t.Errorf("netrc %q: %v", text, err)
		}
	}
}

func TestRefusedCredentials(t *testing.T) {
	s := private(t, indextest.Options{})
	for address, hint := range map[string]string{
		s.Simple(): "put them into netrc",
		strings.Replace(s.Simple(), "http://", "http://"+user+":wrong@", 1): "not accepted",
	} {
		_, err := newClient(t, nil, func(set *settings) { set.config.Indexes = []index.Index{{URL: address}} }).Project(t.Context(), "demo")
		if fault.ExitCode(err) != fault.Resolution || len(fault.Hints(err)) != 1 || !strings.Contains(fault.Hints(err)[0], hint) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%v, hints %q", err, fault.Hints(err))
		}
	}
}

// Whatever happens, the password is nowhere: not in values, errors, warnings,
// progress, or in any file of the cache.
func TestSecretsStaySecret(t *testing.T) {
	var out bytes.Buffer
	var mu sync.Mutex
	say := func(values ...any) {
		mu.Lock()
		defer mu.Unlock()
		for _, v := range values {
			fmt.Fprintf(&out, "%v %+v %#v %q\n", v, v, v, v)
			if err, ok := v.(error); ok {
				fault.Print(&out, err)
			}
		}
	}
	dir := t.TempDir()
	for _, options := range []indextest.Options{{Ranges: indextest.FullRanges, ETag: true}, {JSON: true, Metadata: indextest.Advertised}, {Metadata: indextest.WrongDigest}} {
		s := private(t, options)
		other := private(t, indextest.Options{})
		configs := []index.Config{
			{Indexes: []index.Index{{URL: withUser(s.Simple())}}, FindLinks: []string{withUser(s.Simple() + "gone/")}},
			{Indexes: []index.Index{{URL: withUser(s.URL + ":x/simple/")}}},
			{Indexes: []index.Index{{URL: withUser("http://[::1/simple/")}}, FindLinks: []string{withUser("http://%zz")}},
			{Indexes: []index.Index{{URL: withUser("http://127.0.0.1:1/simple/")}}, Netrc: "machine 127.0.0.1 login " + user + " password " + plain},
			{Indexes: []index.Index{{URL: s.Simple()}}, Proxy: withUser("http://127.0.0.1:1")},
			{Indexes: []index.Index{{URL: s.Simple()}}, Pins: map[pep508.Name]string{"demo": withUser(s.Simple()), "third": withUser("nothing")}},
		}
		for _, config := range configs {
			say(config, &config)
			for _, i := range config.Indexes {
				say(i, []index.Index{i})
			}
			for _, broken := range []*indextest.Fault{nil, {Kind: indextest.Page, Redirect: withUser(other.Simple() + "demo/")}, {Status: 403}, {Kind: indextest.Whole, Body: "x"}, {Kind: indextest.Page, Redirect: withUser("http://127.0.0.1:1/x/")}} {
				s.Heal()
				if broken != nil {
					s.Fail(*broken)
				}
				c := newClient(t, nil, withCache(t, dir), func(set *settings) {
					set.config = config
					set.options.Refresh = true
					set.options.Warn = func(w fault.Warning) { say(w) }
					set.options.Events = event.New(event.Detail, func(e event.Event) { say(e) })
				})
				for _, name := range []pep508.Name{"demo", "none", "third"} {
					p, err := c.Project(t.Context(), name)
					say(p, err)
					if err != nil {
						continue
					}
					for _, f := range p.Files() {
						m, err := c.Metadata(t.Context(), f)
						say(f, m, err)
						got, err := c.Download(t.Context(), f)
						say(got, err)
					}
				}
			}
		}
	}
	direct, err := index.Direct(withUser("http://files.test/demo-1.0-py3-none-any.whl"))
	say(direct, err)
	_, err = index.Direct(withUser("http://[files.test/x"))
	say(err)
	if out.Len() < 10_000 {
		t.Fatalf("only %d bytes were looked at", out.Len())
	}
	checkNoSecret(t, "output", out.Bytes())
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		checkNoSecret(t, path, append(data, path...))
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("%d files looked at, %v", files, err)
	}
}

func checkNoSecret(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, text := range []string{hidden, user, "bWFsbG9yeT"} { // the last is how Basic writes it
		if i := bytes.Index(data, []byte(text)); i >= 0 {
			t.Errorf("%s has %q: …%q…", where, text, data[max(0, i-80):min(len(data), i+80)])
		}
	}
}

// A redirect takes no credentials along to another host or port, and the
// target gets those that belong to it.
func TestRedirects(t *testing.T) {
	var seen []string
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization")+r.Header.Get("Referer"))
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<a href="demo-1.0-py3-none-any.whl">x</a>`))
	}))
	t.Cleanup(target.Close)
	s := private(t, indextest.Options{})
	s.Fail(indextest.Fault{Kind: indextest.Page, Redirect: target.URL + "/moved/demo/"})
	for _, address := range []string{withUser(s.Simple())} {
		c := newClient(t, nil, func(set *settings) { set.config.Indexes = []index.Index{{URL: address}} })
		f := project(t, c, "demo").Files()[0]
		if f.URL != target.URL+"/moved/demo/demo-1.0-py3-none-any.whl" {
			t.Errorf("relative to %q", f.URL)
		}
	}
	if len(seen) != 1 || seen[0] != "" {
		t.Errorf("another host was told %q", seen)
	}
	c := newClient(t, nil, func(set *settings) {
		set.config.Indexes = []index.Index{{URL: withUser(s.Simple())}, {URL: strings.Replace(target.URL, "http://", "http://own:pw@", 1)}}
	})
	project(t, c, "demo")
	if r := (&http.Request{Header: http.Header{"Authorization": {seen[len(seen)-1]}}}); !hasBasic(r, "own", "pw") {
		t.Errorf("the other host was told %q, not what is its own", seen)
	}
	s.Heal()
	s.Fail(indextest.Fault{Kind: indextest.Page, Redirect: s.Simple() + "demo/"})
	if _, err := newClient(t, s).Project(t.Context(), "demo"); err == nil || !strings.Contains(err.Error(), "redirects") || len(s.Log()) > 20 {
		t.Errorf("redirected for ever: %v", err)
	}
}

func hasBasic(r *http.Request, user, password string) bool {
	u, p, ok := r.BasicAuth()
	return ok && u == user && p == password
}

func TestProxy(t *testing.T) {
	s := indextest.New(t, indextest.Options{}, demo("1.0", "py3-none-any"))
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Host+" "+r.Header.Get("Proxy-Authorization"))
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	address := strings.Replace(proxy.URL, "http://", "http://pu:pp@", 1)
	for name, tt := range map[string]struct {
		config index.Config
		used   bool
	}{
		"for http":     {index.Config{HTTPProxy: address}, true},
		"for all":      {index.Config{Proxy: address}, true},
		"for https":    {index.Config{HTTPSProxy: address}, false},
		"not for this": {index.Config{HTTPProxy: address, NoProxy: "other.test,index.test"}, false},
	} {
		asked = nil
		c := newClient(t, nil, func(set *settings) {
			set.config = tt.config
			set.config.Indexes = []index.Index{{URL: "http://index.test/simple/"}}
			none := 0
			set.config.Retries = &none
		})
		_, err := c.Project(t.Context(), "demo")
		if (err == nil) != tt.used || len(asked) > 0 != tt.used {
			t.Errorf("%s: %v, the proxy was asked %q", name, err, asked)
		}
		if tt.used && asked[0] != "index.test Basic cHU6cHA=" {
			t.Errorf("%s: the proxy was asked %q", name, asked)
		}
	}
}

func TestCertificates(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<a href="demo-1.0-py3-none-any.whl">` + r.Proto + `</a>`))
	})
	server := httptest.NewUnstartedServer(page)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	dir := t.TempDir()
	good, empty := filepath.Join(dir, "good.pem"), filepath.Join(t.TempDir(), "empty.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := errors.Join(os.WriteFile(good, block, 0o600), os.WriteFile(empty, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(server.URL, "https://")
	for name, tt := range map[string]struct {
		config index.Config
		code   int
		text   string
	}{
		"unknown":        {index.Config{}, fault.Resolution, "certificate"},
		"file":           {index.Config{CertFiles: []string{good}}, 0, ""},
		"folder":         {index.Config{CertFiles: []string{dir}}, 0, ""},
		"trusted host":   {index.Config{TrustedHosts: []string{"127.0.0.1"}}, 0, ""},
		"host and port":  {index.Config{TrustedHosts: []string{host}}, 0, ""},
		"another host":   {index.Config{TrustedHosts: []string{"other.test", "127.0.0.1:1"}}, fault.Resolution, "certificate"},
		"no certificate": {index.Config{CertFiles: []string{empty}}, fault.Usage, empty},
		"no file":        {index.Config{CertFiles: []string{filepath.Join(dir, "gone.pem")}}, fault.Usage, "gone.pem"},
		"client":         {index.Config{CertFiles: []string{good}, ClientCert: good}, fault.Usage, "client certificate"},
	} {
		clock := newClock()
		c := newClient(t, nil, withClock(clock), func(set *settings) {
			set.config = tt.config
			set.config.Indexes = []index.Index{{URL: server.URL + "/simple/"}}
		})
		_, err := c.Project(t.Context(), "demo")
		if fault.ExitCode(err) != tt.code || err != nil && !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: exit code %d, %v", name, fault.ExitCode(err), err)
		}
		if len(clock.slept()) != 0 {
			t.Errorf("%s: tried again", name)
		}
		if err := tt.config.CheckCertificates(); (tt.code == fault.Usage) != (err != nil) || fault.ExitCode(err) == fault.Usage && !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: looked at before: %v", name, err)
		}
	}
}

// Who named certificates that are not there is told.
func TestCertificateSettings(t *testing.T) {
	files := map[string]string{"/etc/pip.conf": "[global]\ncert = /a\nclient-cert = /k\n", "/home/u/.config/pip/pip.conf": "[install]\ncert = /b\n"}
	for name, tt := range map[string]struct {
		env          map[string]string
		cert, client string
	}{
		"files":    {nil, "cert in /home/u/.config/pip/pip.conf: certificates: ", "client-cert in /etc/pip.conf: client certificate /k: "},
		"variable": {map[string]string{"PIP_CERT": "/c", "PIP_CLIENT_CERT": "/d"}, "PIP_CERT: certificates: ", "PIP_CLIENT_CERT: client certificate /d: "},
		"library":  {map[string]string{"REQUESTS_CA_BUNDLE": "/e", "PIP_CONFIG_FILE": "/dev/null"}, "REQUESTS_CA_BUNDLE: certificates: ", ""},
	} {
		m := machine{env: tt.env, files: files}
		if name == "library" {
			m.files = nil
		}
		config, _, err := index.Discover(t.Context(), m.options())
		if err != nil {
			t.Fatal(err)
		}
		for part, want := range map[string]string{"cert": tt.cert, "client": tt.client} {
			c := config
			if part == "client" {
				c.CertFiles = nil
			} else {
				c.ClientCert = ""
			}
			switch err := c.CheckCertificates(); {
			case want == "" && err == nil:
			case err == nil || !strings.HasPrefix(err.Error(), want) || fault.ExitCode(err) != fault.Usage || len(fault.Hints(err)) != 1:
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
	}
}

// HTTP/2 is spoken where the server can.
func TestHTTP2(t *testing.T) {
	var proto string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = r.Proto
		http.NotFound(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c := newClient(t, nil, func(set *settings) {
		set.config = index.Config{Indexes: []index.Index{{URL: server.URL}}, TrustedHosts: []string{"127.0.0.1"}, Timeout: 5 * time.Second}
	})
	_, _ = c.Project(t.Context(), "demo")
	if proto != "HTTP/2.0" {
		t.Errorf("spoke %q", proto)
	}
}
