package index

import (
	"context"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/pep508"
)

// Index is one simple index.
type Index struct {
	// URL may carry credentials: it is never printed. Use String.
	URL string
	// Name is what Config.Pins calls it; may be empty.
	Name string
	// Explicit indexes serve only the projects pinned to them.
	Explicit bool
}

// Config is where files come from and how they are reached. It may hold
// credentials and has no String for that reason.
type Config struct {
	// Indexes in order of preference: the first that has a project serves it.
	Indexes []Index
	// Pins name, by Name or URL, the only index that serves a project.
	Pins map[pep508.Name]string
	// FindLinks are folders, files and HTML pages whose links count beside
	// those of the index.
	FindLinks []string
	// NoIndex leaves out all indexes.
	NoIndex bool

	// CertFile is a file or folder of PEM certificates to trust in place of
	// the system's; ClientCert a PEM file with certificate and key.
	CertFile   string
	ClientCert string
	// TrustedHosts ("host" or "host:port") are not asked for a valid certificate.
	TrustedHosts []string
	// Proxy is used for every request where set; else HTTPProxy and HTTPSProxy
	// by scheme, but none for what NoProxy names.
	Proxy, HTTPProxy, HTTPSProxy, NoProxy string
	// Timeout bounds the wait for an answer and for each next byte; 0 = 15 s.
	Timeout time.Duration
	// Retries is how often a request is tried again; nil = 5.
	Retries *int
	// Netrc is the text of the user's netrc file, and may be empty.
	Netrc string
}

// Settings are the index settings of one place: flags, a requirements file,
// or the bundle section of an extension.yml.
type Settings struct {
	IndexURL       string
	ExtraIndexURLs []string
	FindLinks      []string
	NoIndex        bool
	TrustedHosts   []string
}

// DiscoverOptions are the outside things Discover looks at.
type DiscoverOptions struct {
	// Settings by descending weight: flags, requirements, manifest.
	Settings []Settings
	// Env looks up an environment variable; nil = none is set.
	Env func(string) (string, bool)
	// OS and Home are GOOS and the home folder; Prefixes are the sys.prefix of
	// environments whose own pip.conf counts.
	OS, Home string
	Prefixes []string
	// ReadFile and Exists look at the file system; nil = the os package.
	ReadFile func(string) ([]byte, error)
	// AskPip runs PipScript in an interpreter found on the machine and returns
	// what it printed; nil = there is none to ask.
	AskPip func(ctx context.Context) (string, error)
	// Cache remembers the answer of AskPip.
	Cache *cache.Store
}

// Discover finds the indexes and folders that pip would use on this machine.
// The order is that of the settings given, then AXLE_INDEX_URL, the PIP_
// variables, pip's configuration files, and last the default of a pip.
func Discover(ctx context.Context, o DiscoverOptions) (Config, []fault.Warning, error) {
	return Config{}, nil, errTODO
}
