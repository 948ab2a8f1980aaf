package selector

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/axlepack/axle/internal/agent"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/interpreters"
)

// Agent is the configuration of an agent as its administrator wrote it, or
// the default one.
type Agent struct {
	// File is where it was read from; "" when there is none.
	File string
	// Root is the root folder it names; "" when it names none.
	Root string
	// Policy for selecting.
	Policy Policy
	// Interpreters, best first, and whether to look for further ones.
	Interpreters []string
	Discover     bool
	// ProbeTimeout bounds the asking of one interpreter; 0 stands for the default.
	ProbeTimeout time.Duration
}

// LoadAgent reads the first agent.yml that exists among paths. None is the
// default configuration; where required is set, the first must exist, and is an
// error with exit code 11 otherwise.
func LoadAgent(paths []string, required bool) (Agent, []fault.Warning, error) {
	for _, p := range paths {
		text, err := os.ReadFile(p)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !required:
			continue
		case errors.Is(err, fs.ErrNotExist):
			return Agent{}, nil, fault.New(fault.NotFound, p+": no such file", "make one with: axle interpreters add PATH --config "+p)
		case err != nil:
			return Agent{}, nil, fault.WithCode(err, fault.BadInput)
		}
		c, warnings, err := agent.Parse(p, text)
		if err != nil {
			return Agent{}, warnings, err
		}
		a := fromConfig(c)
		a.File = p
		return a, warnings, nil
	}
	return fromConfig(agent.Default()), nil, nil
}

func fromConfig(c agent.Config) Agent {
	return Agent{
		Root: c.Root, Policy: Policy{StrictOrder: c.Policy.StrictOrder, Accept: c.Accept, WarnOfBinaries: c.Policy.Binaries == agent.Warn},
		Interpreters: c.Interpreters, Discover: c.Discover, ProbeTimeout: c.ProbeTimeout,
	}
}

// FindOptions are the options for finding interpreters that the configuration
// stands for. answers is a folder that remembers what interpreters said; ""
// remembers nothing.
func (a Agent) FindOptions(answers string) interpreters.Options {
	opt := interpreters.Options{Listed: a.Interpreters, Discover: a.Discover, Timeout: a.ProbeTimeout}
	if answers == "" {
		return opt
	}
	// Without a memory each interpreter is asked again: slower, and right.
	if memory, err := interpreters.OpenMemory(filepath.Clean(answers)); err == nil {
		opt.Memory = memory
	}
	return opt
}
