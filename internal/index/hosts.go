package index

import (
	"encoding/json"
	"net/url"
	"sync"
	"time"
)

const (
	hostSpace = "host-1"
	hostLife  = 7 * 24 * time.Hour
	// patience is how many metadata files a server that does not announce
	// them may lack before it is no longer asked.
	patience = 3
)

// hostTable remembers what servers can do, beyond the life of the process:
// what an index does not announce has to be tried.
type hostTable struct {
	mu    sync.Mutex
	hosts map[string]*hostFacts
}

// hostFacts are what was found out about a scheme, host and port.
type hostFacts struct {
	Since          int64 // when the first was found, seconds since 1970
	MetadataHits   int   // unannounced metadata files that were there
	MetadataMisses int
	NoSuffix       bool // does not answer "the last N bytes"
	NoRanges       bool // does not answer ranges at all
}

// tryMetadata says whether it is worth asking for metadata not announced.
func (h hostFacts) tryMetadata() bool {
	return h.MetadataMisses < patience || h.MetadataHits >= h.MetadataMisses
}

// facts is what is known of the server of an address.
func (c *Client) facts(address string) hostFacts {
	key := originOf(address)
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	return *c.hosts.load(&c.storage, key, c.options.Now())
}

// learn changes what is known, and writes it down where it changes what is
// done from now on.
func (c *Client) learn(address string, change func(*hostFacts)) {
	key := originOf(address)
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	facts := c.hosts.load(&c.storage, key, c.options.Now())
	before := *facts
	change(facts)
	if before.tryMetadata() != facts.tryMetadata() || before.NoSuffix != facts.NoSuffix || before.NoRanges != facts.NoRanges || before.MetadataHits == 0 && facts.MetadataHits > 0 {
		if data, err := json.Marshal(facts); err == nil {
			c.storage.set(hostSpace, key, data)
		}
	}
}

// load is called with the lock held.
func (t *hostTable) load(store *storage, key string, now time.Time) *hostFacts {
	if facts, ok := t.hosts[key]; ok {
		return facts
	}
	facts := new(hostFacts)
	if data, ok := store.get(hostSpace, key); ok {
		if json.Unmarshal(data, facts) != nil || now.Sub(time.Unix(facts.Since, 0)) > hostLife {
			*facts = hostFacts{}
		}
	}
	if facts.Since == 0 {
		facts.Since = now.Unix()
	}
	if t.hosts == nil {
		t.hosts = map[string]*hostFacts{}
	}
	t.hosts[key] = facts
	return facts
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return origin(u)
}
