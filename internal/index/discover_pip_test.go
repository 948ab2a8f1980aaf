package index_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
)

var update = flag.Bool("update", false, "write the answers of the real pip into testdata")

// pipCase is a file system and an environment, and what pip 26 makes of them.
type pipCase struct {
	Name  string            `json:"name"`
	Files map[string]string `json:"files"` // below $ROOT
	Env   map[string]string `json:"env"`
	Pip   pipOptions        `json:"pip"`
}

type pipOptions struct {
	Error         bool     `json:"error,omitempty"`
	IndexURL      string   `json:"index_url,omitempty"` // "" = the default of pip
	ExtraIndexURL []string `json:"extra_index_urls,omitempty"`
	FindLinks     []string `json:"find_links,omitempty"`
	TrustedHosts  []string `json:"trusted_hosts,omitempty"`
	NoIndex       bool     `json:"no_index,omitempty"`
	Timeout       float64  `json:"timeout,omitempty"`
	Retries       *int     `json:"retries,omitempty"`
	Cert          string   `json:"cert,omitempty"`
	ClientCert    string   `json:"client_cert,omitempty"`
	Proxy         string   `json:"proxy,omitempty"`
}

func pipCases(t *testing.T) []pipCase {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pipconf.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []pipCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// lay writes the files of a case and returns its environment.
func (c pipCase) lay(t *testing.T, root string) map[string]string {
	t.Helper()
	for name, text := range c.Files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"HOME": filepath.Join(root, "home"), "XDG_CONFIG_DIRS": filepath.Join(root, "xdg")}
	for name, value := range c.Env {
		env[name] = strings.ReplaceAll(value, "$ROOT", root)
	}
	return env
}

func (c pipCase) discover(t *testing.T, root string) pipOptions {
	env := c.lay(t, root)
	const fallback = "https://default.of.pip.test/simple"
	config, _, err := index.Discover(t.Context(), index.DiscoverOptions{
		OS: "linux", Home: env["HOME"], Prefixes: []string{filepath.Join(root, "venv")},
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			if !strings.HasPrefix(path, root) {
				return nil, os.ErrNotExist // the files of this machine
			}
			return os.ReadFile(path)
		},
		AskPip: answering(fallback),
	})
	if err != nil {
		if fault.ExitCode(err) != fault.Usage {
			t.Errorf("exit code %d: %v", fault.ExitCode(err), err)
		}
		return pipOptions{Error: true}
	}
	got := pipOptions{
		FindLinks: config.FindLinks, TrustedHosts: config.TrustedHosts, NoIndex: config.NoIndex, Timeout: config.Timeout.Seconds(),
		Retries: config.Retries, ClientCert: config.ClientCert, Proxy: config.Proxy,
	}
	for i, x := range config.Indexes {
		if i == len(config.Indexes)-1 {
			got.IndexURL = strings.TrimPrefix(x.URL, fallback)
		} else {
			got.ExtraIndexURL = append(got.ExtraIndexURL, x.URL)
		}
	}
	if len(config.CertFiles) > 0 {
		got.Cert = config.CertFiles[0]
	}
	return got
}

func TestDiscoverAsPip(t *testing.T) {
	for _, c := range pipCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			want := c.Pip
			if want.NoIndex {
				want.IndexURL, want.ExtraIndexURL = "", nil // not looked for
			}
			if diff := cmp.Diff(want, c.discover(t, t.TempDir())); diff != "" {
				t.Errorf("(-pip +axle):\n%s", diff)
			}
		})
	}
}

// askRealPip prints the options of "pip install" as pip itself reads them.
const askRealPip = `
import json, sys
sys.prefix = sys.argv[1]
from pip._internal.utils import appdirs
dirs = appdirs.site_config_dirs
appdirs.site_config_dirs = lambda name: [d for d in dirs(name) if d != '/etc'] # the file of this machine
from pip._internal.commands import create_command
from pip._internal.cli import cmdoptions
default = cmdoptions.index_url().default
try:
    o, _ = create_command('install').parse_args([])
except SystemExit:
    print(json.dumps({'error': True}))
    sys.exit()
d = {k: getattr(o, k) for k in ('extra_index_urls', 'find_links', 'trusted_hosts', 'no_index', 'cert', 'client_cert', 'proxy')}
d['index_url'] = '' if o.index_url == default else o.index_url
d['no_index'] = bool(o.no_index)
d['timeout'] = 0 if o.timeout == 15 else o.timeout
d['retries'] = None if o.retries == 5 else o.retries
print(json.dumps(d))
`

// TestRealPipConfig asks the pip of an interpreter (AXLE_PIP_PYTHON, or the
// first python3) what it makes of each case.
func TestRealPipConfig(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("needs a pip: set AXLE_REAL=1")
	}
	python := os.Getenv("AXLE_PIP_PYTHON")
	if python == "" {
		python = "python3"
	}
	cases := pipCases(t)
	for i := range cases {
		c := &cases[i]
		root := t.TempDir()
		cmd := exec.CommandContext(t.Context(), python, "-c", askRealPip, filepath.Join(root, "venv"))
		for name, value := range c.lay(t, root) {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
		var got pipOptions
		if err := json.Unmarshal(lines[len(lines)-1], &got); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		for _, list := range []*[]string{&got.ExtraIndexURL, &got.FindLinks, &got.TrustedHosts} {
			if len(*list) == 0 {
				*list = nil
			}
		}
		if *update {
			c.Pip = got
		} else if diff := cmp.Diff(c.Pip, got); diff != "" {
			t.Errorf("%s (-recorded +pip):\n%s", c.Name, diff)
		}
	}
	if *update {
		data, err := json.MarshalIndent(cases, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", "pipconf.json"), append(data, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRealPipScript runs PipScript under every interpreter that AXLE_PYTHONS
// names, by default python3.
func TestRealPipScript(t *testing.T) {
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("needs an interpreter: set AXLE_REAL=1")
	}
	pythons := strings.Fields(os.Getenv("AXLE_PYTHONS"))
	if len(pythons) == 0 {
		pythons = []string{"python3"}
	}
	for _, python := range pythons {
		out, err := exec.CommandContext(t.Context(), python, "-E", "-s", "-c", index.PipScript).Output()
		if err != nil {
			t.Errorf("%s: %v", python, err)
			continue
		}
		config, warnings, err := index.Discover(t.Context(), index.DiscoverOptions{ReadFile: noFile, AskPip: answeringText(string(out)), Now: time.Now})
		if err != nil || len(warnings) > 0 || len(config.Indexes) != 1 || !strings.HasPrefix(config.Indexes[0].URL, "https://") {
			t.Errorf("%s: %v, %v, %d indexes", python, err, warnings, len(config.Indexes))
		}
	}
}
