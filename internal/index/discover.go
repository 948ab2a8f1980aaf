package index

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// Settings are the index settings of one place: flags, a requirements file,
// or the bundle section of an extension.yml.
type Settings struct {
	IndexURL       string
	ExtraIndexURLs []string
	// Indexes are further indexes like ExtraIndexURLs, with names, or for
	// pinned projects alone.
	Indexes      []Index
	FindLinks    []string
	NoIndex      bool
	TrustedHosts []string
	Pins         map[pep508.Name]string
}

// DiscoverOptions are the outside things Discover looks at.
type DiscoverOptions struct {
	// Settings by descending weight: flags, requirements, manifest.
	Settings []Settings
	// Env looks up an environment variable; nil = none is set.
	Env func(string) (string, bool)
	// OS is a GOOS, "" = this one. Home is the user's home folder.
	OS, Home string
	// Prefixes are the sys.prefix of the environments whose own pip.conf
	// counts; nil = that of the active virtual environment.
	Prefixes []string
	// ReadFile and Exists look at the file system; nil = the os package.
	ReadFile func(string) ([]byte, error)
	Exists   func(string) bool
	// AskPip runs PipScript in an interpreter found on the machine and returns
	// what it printed; nil = there is none to ask.
	AskPip func(ctx context.Context) (string, error)
	// Cache remembers the answer of AskPip; nil = it is asked each time.
	Cache *cache.Store
	// Now replaces the clock, for tests.
	Now func() time.Time
}

// Discover finds the indexes and folders that pip would use on this machine.
// The address of the index is the first that is set of: the settings given,
// AXLE_INDEX_URL, PIP_INDEX_URL, pip's configuration files, the default of a
// pip. Extra indexes and find-links places of all of them count together, and
// come before that index: a private index that is added serves what it has.
// Errors are of [fault.Usage]: a file or a value that pip refuses too.
func Discover(ctx context.Context, o DiscoverOptions) (Config, []fault.Warning, error) {
	o.fill()
	pip, from := pipConfig{}, map[string]string{}
	for _, file := range o.pipFiles() {
		data, err := o.ReadFile(file)
		switch {
		case errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission):
			continue
		case err != nil:
			return Config{}, nil, fault.Errorf(fault.Usage, "pip's configuration: %w", err)
		}
		cert, client := pip.written("cert"), pip.written("client-cert")
		if err := pip.add(file, data); err != nil {
			return Config{}, nil, err
		}
		for name, was := range map[string]string{"cert": cert, "client-cert": client} {
			if pip.written(name) != was {
				from[name] = file
			}
		}
	}
	d := &discovery{options: &o, pip: pip, from: from}
	steps := []func(){d.places, d.pins, d.certificates, d.proxies, d.numbers, d.readNetrc, d.noIndex}
	for _, step := range steps {
		step()
	}
	if !d.config.NoIndex {
		d.indexes(ctx)
	}
	return d.config, d.warnings, d.problems.Err()
}

func (o *DiscoverOptions) fill() {
	if o.OS == "" {
		o.OS = runtime.GOOS
	}
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	if o.Exists == nil {
		o.Exists = func(path string) bool { _, err := os.Stat(path); return err == nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func (o *DiscoverOptions) env(name string) (string, bool) { return o.Env(name) }
func (o *DiscoverOptions) exists(path string) bool        { return o.Exists(path) }

// firstEnv is the first variable that is set and not empty.
func (o *DiscoverOptions) firstEnv(names ...string) string {
	for _, name := range names {
		if v, _ := o.env(name); v != "" {
			return v
		}
	}
	return ""
}

type discovery struct {
	options  *DiscoverOptions
	pip      pipConfig
	from     map[string]string // the files that set certificates, by option
	config   Config
	warnings []fault.Warning
	problems fault.List
}

// places gathers what lists add up: find-links and trusted hosts.
func (d *discovery) places() {
	for _, s := range d.options.Settings {
		d.config.FindLinks = append(d.config.FindLinks, s.FindLinks...)
		d.config.TrustedHosts = append(d.config.TrustedHosts, s.TrustedHosts...)
	}
	d.config.FindLinks = unique(append(d.config.FindLinks, d.list("find-links")...))
	d.config.TrustedHosts = unique(append(d.config.TrustedHosts, d.list("trusted-host")...))
}

func (d *discovery) list(name string) []string {
	return strings.Fields(d.pip.value(d.options, name))
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (d *discovery) pins() {
	for _, s := range d.options.Settings {
		for name, index := range s.Pins {
			if _, pinned := d.config.Pins[name]; pinned {
				continue // the weightier settings come first
			}
			if d.config.Pins == nil {
				d.config.Pins = map[pep508.Name]string{}
			}
			d.config.Pins[name] = index
		}
	}
}

func (d *discovery) noIndex() {
	for _, s := range d.options.Settings {
		d.config.NoIndex = d.config.NoIndex || s.NoIndex
	}
	if text := d.pip.value(d.options, "no-index"); text != "" {
		switch strings.ToLower(text) {
		case "y", "yes", "t", "true", "on", "1":
			d.config.NoIndex = true
		case "n", "no", "f", "false", "off", "0":
		default:
			d.refuse("no-index", text, "a yes or no")
		}
	}
}

func (d *discovery) refuse(name, text, want string) {
	d.problems = append(d.problems, fault.Errorf(fault.Usage, "pip's setting %s: %q is not %s", name, text, want))
}

func (d *discovery) proxies() {
	o := d.options
	all := o.firstEnv("all_proxy", "ALL_PROXY")
	d.config.Proxy = d.pip.value(o, "proxy")
	d.config.HTTPProxy = o.firstEnv("http_proxy", "HTTP_PROXY")
	d.config.HTTPSProxy = o.firstEnv("https_proxy", "HTTPS_PROXY")
	if d.config.HTTPProxy == "" {
		d.config.HTTPProxy = all
	}
	if d.config.HTTPSProxy == "" {
		d.config.HTTPSProxy = all
	}
	d.config.NoProxy = o.firstEnv("no_proxy", "NO_PROXY")
}

func (d *discovery) numbers() {
	if text := d.pip.value(d.options, "timeout", "default-timeout"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds > 0 && seconds < 1e6) {
			d.refuse("timeout", text, "a number of seconds")
		} else {
			d.config.Timeout = time.Duration(seconds * float64(time.Second))
		}
	}
	if text := d.pip.value(d.options, "retries"); text != "" {
		retries, err := strconv.Atoi(text)
		if err != nil || retries < 0 {
			d.refuse("retries", text, "a number of attempts")
		} else {
			d.config.Retries = &retries
		}
	}
}

// readNetrc reads the file that NETRC names, else that of the home folder.
func (d *discovery) readNetrc() {
	o := d.options
	files := []string{o.firstEnv("NETRC")}
	if files[0] == "" && o.Home != "" {
		files = []string{o.join(o.Home, ".netrc"), o.join(o.Home, "_netrc")}
	}
	for _, file := range files {
		data, err := o.ReadFile(file)
		if file == "" || err != nil {
			continue
		}
		d.config.Netrc = string(data)
		if parseNetrc(d.config.Netrc) == nil && strings.TrimSpace(d.config.Netrc) != "" {
			d.warnings = append(d.warnings, fault.Warning{File: file, Text: "this netrc file cannot be read, and is ignored"})
		}
		return
	}
}

func (d *discovery) indexes(ctx context.Context) {
	var all []Index
	for _, s := range d.options.Settings {
		all = append(append(all, s.Indexes...), plain(s.ExtraIndexURLs...)...)
		d.addresses(append(plain(append([]string{s.IndexURL}, s.ExtraIndexURLs...)...), s.Indexes...))
	}
	all = append(all, plain(d.list("extra-index-url")...)...)
	main := d.mainIndex()
	if main == "" {
		main = d.askPip(ctx)
	}
	if main != "" {
		all = append(all, Index{URL: main})
	}
	for _, i := range all {
		d.addIndex(i)
	}
}

// addressHint says how the addresses of indexes and proxies are written.
const addressHint = "write it as https://HOST:PORT/PATH; an IPv6 address stands in brackets, [::1], and %, @ and / of a password as %25, %40 and %2F"

// addresses refuses what cannot be asked at all, where it was written for axle;
// what is pip's is read as pip reads it.
func (d *discovery) addresses(all []Index) {
	for _, i := range all {
		if _, err := url.Parse(i.URL); err != nil {
			d.problems = append(d.problems, fault.New(fault.Usage, fmt.Sprintf("index %s: not an address", Redact(i.URL)), addressHint))
		}
	}
}

func plain(addresses ...string) []Index {
	all := make([]Index, len(addresses))
	for i, address := range addresses {
		all[i].URL = address
	}
	return all
}

// addIndex adds an index unless it is known. One that is named again with a
// name gets it; one that is explicit is there for all when it is named again
// without that.
func (d *discovery) addIndex(add Index) {
	for i := range d.config.Indexes {
		known := &d.config.Indexes[i]
		if strings.TrimRight(known.URL, "/") != strings.TrimRight(add.URL, "/") || known.Name != "" && add.Name != "" && known.Name != add.Name {
			continue
		}
		if known.Name == "" {
			known.Name = add.Name
		}
		known.Explicit = known.Explicit && add.Explicit
		return
	}
	d.config.Indexes = append(d.config.Indexes, add)
}

func (d *discovery) mainIndex() string {
	for _, s := range d.options.Settings {
		if s.IndexURL != "" {
			return s.IndexURL
		}
	}
	if address := d.options.firstEnv("AXLE_INDEX_URL"); address != "" {
		return address
	}
	return d.pip.value(d.options, "index-url", "pypi-url")
}
