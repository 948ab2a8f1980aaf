package index

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// certificates follows pip: its own setting, then the variables that the HTTP
// library of pip reads, then those of OpenSSL, which may name what is not there.
func (d *discovery) certificates() {
	o := d.options
	d.config.ClientCert = d.pip.value(o, "client-cert")
	d.config.ClientCertSetting = d.setting("client-cert")
	if cert := d.pip.value(o, "cert"); cert != "" {
		d.config.CertFiles, d.config.CertSetting = []string{cert}, d.setting("cert")
		return
	}
	for _, name := range []string{"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if cert := o.firstEnv(name); cert != "" {
			d.config.CertFiles, d.config.CertSetting = []string{cert}, name
			return
		}
	}
	separator := ":"
	if o.OS == "windows" {
		separator = ";"
	}
	paths := append([]string{o.firstEnv("SSL_CERT_FILE")}, strings.Split(o.firstEnv("SSL_CERT_DIR"), separator)...)
	for _, path := range paths {
		if path != "" && o.exists(path) {
			d.config.CertFiles, d.config.CertSetting = append(d.config.CertFiles, path), "SSL_CERT_FILE or SSL_CERT_DIR"
		}
	}
}

// setting says where an option of pip is set.
func (d *discovery) setting(name string) string {
	if v, _ := d.options.env(pipVariable(name)); v != "" {
		return pipVariable(name)
	}
	if file := d.from[name]; file != "" {
		return name + " in " + file
	}
	return ""
}

// CheckCertificates looks whether the certificates that the configuration names
// are there, and says which setting names what is not: of [fault.Usage]. It is
// quick; those of the system are not looked at, and no signature is.
func (c Config) CheckCertificates() error {
	for _, path := range c.CertFiles {
		info, err := os.Stat(path)
		var data []byte
		if err == nil && !info.IsDir() {
			data, err = os.ReadFile(path)
		}
		switch {
		case err != nil:
			return ofSetting(c.CertSetting, fault.Errorf(fault.Usage, "certificates: %w", err))
		case !info.IsDir() && !bytes.Contains(data, []byte("-----BEGIN CERTIFICATE-----")):
			return ofSetting(c.CertSetting, noneIn(path))
		}
	}
	if c.ClientCert == "" {
		return nil
	}
	_, err := clientCertificate(c)
	return err
}

func tlsConfig(config Config) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(config.CertFiles) > 0 {
		c.RootCAs = x509.NewCertPool()
		for _, path := range config.CertFiles {
			if err := addCertificates(c.RootCAs, path); err != nil {
				return nil, ofSetting(config.CertSetting, err)
			}
		}
	}
	if config.ClientCert != "" {
		pair, err := clientCertificate(config)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func clientCertificate(config Config) (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(config.ClientCert, config.ClientCert)
	if err != nil {
		err = ofSetting(config.ClientCertSetting, fault.Errorf(fault.Usage, "client certificate %s: %w", config.ClientCert, err))
	}
	return pair, err
}

// ofSetting adds who named what is wrong.
func ofSetting(setting string, err error) error {
	if setting == "" {
		return err
	}
	return fault.WithHints(fault.Errorf(fault.Usage, "%s: %w", setting, err), "correct "+setting+", or take it away to trust what the system trusts")
}

// addCertificates reads a file of PEM certificates, or all files of a folder
// that have some.
func addCertificates(pool *x509.CertPool, path string) error {
	files := []string{path}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		files, err = filepath.Glob(filepath.Join(path, "*"))
	}
	if err != nil {
		return fault.Errorf(fault.Usage, "certificates: %w", err)
	}
	found := false
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil && !info.IsDir() {
			return fault.Errorf(fault.Usage, "certificates: %w", err)
		}
		found = pool.AppendCertsFromPEM(data) || found
	}
	if !found {
		return noneIn(path)
	}
	return nil
}

func noneIn(path string) error {
	return fault.Errorf(fault.Usage, "certificates: %s has none in PEM form", path)
}
