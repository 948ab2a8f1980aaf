// Package agent reads agent.yml, the configuration of the agent side.
package agent

import (
	"errors"
	"time"

	"github.com/axlepack/axle/internal/fault"
)

// Config is agent.yml.
type Config struct {
	// Interpreters are executables (or names on PATH), best first.
	Interpreters []string
	// Discover says to look for further interpreters; true when not written.
	Discover bool
	// Accept are the patterns of extension names this agent accepts; ["*"] when not written, an empty list denies all.
	Accept []string
	// Root is the folder for deployments; "" when not written.
	Root string
	// StrictOrder keeps to the first interpreter that satisfies requires_python.
	StrictOrder bool
	// ProbeTimeout bounds the asking of one interpreter; 0 when not written.
	ProbeTimeout time.Duration
}

// Default is the configuration of an agent without agent.yml.
func Default() Config { return Config{Discover: true, Accept: []string{"*"}} }

// Parse reads agent.yml; name is how messages call the file.
func Parse(name string, data []byte) (Config, []fault.Warning, error) {
	return Default(), nil, errors.New("not implemented")
}
