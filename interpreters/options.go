package interpreters

import (
	"os"
	"runtime"
	"time"

	"github.com/axlepack/axle/internal/event"
)

// Options says where to look and how to ask. The zero value asks the agent's
// defaults and remembers nothing.
type Options struct {
	// Listed are the agent's own interpreters, best first: absolute paths, paths
	// below "~/", patterns such as /opt/python/*/bin/python3 (matches in
	// descending natural order), and names, which are looked up on PATH.
	Listed []string
	// Discover asks for those found on the machine too. Without it, and with
	// a list, only the listed ones are looked at; without a list, the
	// agent's defaults.
	Discover bool
	// Env looks up environment variables that say where interpreters are; nil
	// is the environment of this process. Interpreters always run in that.
	Env func(name string) (string, bool)
	// Memory keeps answers; nil keeps none.
	Memory Memory
	// Again asks even what is remembered, and remembers the new answer.
	Again bool
	// Timeout is how long one interpreter may take to answer; 0 is 5 s.
	Timeout time.Duration
	// Workers is how many are asked at once; 0 is twice the processors.
	Workers int
	// Events is told which interpreter is asked; nil tells nobody.
	Events *event.Stream
	// Now is the clock, for how long a failure is remembered; nil is time.Now.
	Now func() time.Time
}

// Memory keeps small values under a namespace and a key, in whatever way. Get
// must give back what Set was given, or nothing; it may forget.
type Memory interface {
	Get(namespace, key string) ([]byte, bool)
	Set(namespace, key string, data []byte) error
}

// DefaultTimeout is how long an interpreter may take to answer, unless
// [Options] says otherwise.
const DefaultTimeout = 5 * time.Second

func (o Options) withDefaults() Options {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Workers <= 0 {
		o.Workers = 2 * runtime.GOMAXPROCS(0)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
