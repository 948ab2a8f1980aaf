package index

import (
	"time"

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
// credentials, which its String does not show.
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

	// CertFiles are files or folders of PEM certificates to trust in place of
	// the system's; ClientCert is a PEM file with certificate and key.
	CertFiles  []string
	ClientCert string
	// CertSetting and ClientCertSetting say who named them, for messages:
	// "PIP_CERT", "cert in /etc/pip.conf". Both may be empty.
	CertSetting, ClientCertSetting string
	// TrustedHosts ("host" or "host:port") are not asked for a valid certificate.
	TrustedHosts []string
	// Proxy is used for every request where set; else HTTPProxy and HTTPSProxy
	// by scheme, but none for what NoProxy names.
	Proxy, HTTPProxy, HTTPSProxy, NoProxy string
	// Timeout bounds the wait for an answer and for each next byte; 0 = 15 s.
	Timeout time.Duration
	// Retries is how often a request is tried again; nil = 5.
	Retries *int
	// Accounts are further addresses with credentials, such as those of
	// requirements by URL; they count for their own hosts.
	Accounts []string
	// Netrc is the text of the user's netrc file, and may be empty.
	Netrc string
}
