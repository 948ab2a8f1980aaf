package index_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/axlepack/axle/internal/cache"
	"github.com/axlepack/axle/internal/fault"
	"github.com/axlepack/axle/internal/index"
	"github.com/axlepack/axle/internal/pep508"
)

// machineConfig is what this machine's pip would use.
func machineConfig(t testing.TB) index.Config {
	t.Helper()
	if os.Getenv("AXLE_REAL") == "" {
		t.Skip("needs an index: set AXLE_REAL=1")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	config, warnings, err := index.Discover(t.Context(), index.DiscoverOptions{Env: os.LookupEnv, Home: home, AskPip: func(ctx context.Context) (string, error) {
		out, err := exec.CommandContext(ctx, "python3", "-E", "-s", "-c", index.PipScript).Output()
		return string(out), err
	}})
	if err != nil || len(config.Indexes) == 0 {
		t.Fatalf("%v, %v", warnings, err)
	}
	return config
}

func realClient(t testing.TB, config index.Config, dir string) *index.Client {
	t.Helper()
	store, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := index.New(config, index.ClientOptions{Cache: store, Warn: func(w fault.Warning) { t.Log(w) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// newest are up to n wheels of the newest release that has any.
func newest(p *index.Project, n int) []index.File {
	for _, r := range slices.Backward(p.Releases) {
		files := slices.DeleteFunc(slices.Clone(r.Files()), func(f index.File) bool { return !f.IsWheel })
		if len(files) > 0 && !r.Version.IsPrerelease() {
			return files[:min(n, len(files))]
		}
	}
	return nil
}

// TestRealIndex lists real projects, reads metadata without fetching wheels,
// and fetches one; a second run needs no network.
func TestRealIndex(t *testing.T) {
	config := machineConfig(t)
	dir := t.TempDir()
	projects := []pep508.Name{"numpy", "cryptography", "pyyaml", "requests", "urllib3", "certifi", "idna", "charset-normalizer", "cffi", "pycparser", "aiohttp", "botocore"}
	for _, run := range []string{"cold", "warm"} {
		c := realClient(t, config, dir)
		begin := time.Now()
		var mu sync.Mutex
		var files []index.File
		var wg sync.WaitGroup
		for _, name := range projects {
			wg.Go(func() {
				p, err := c.Project(t.Context(), name)
				if err != nil {
					t.Error(err)
					return
				}
				wheels := newest(p, 3)
				if len(wheels) == 0 {
					t.Errorf("%s: no wheels in %d releases", name, len(p.Releases))
				}
				mu.Lock()
				files = append(files, wheels...)
				mu.Unlock()
			})
		}
		wg.Wait()
		listed := time.Since(begin)
		begin = time.Now()
		for _, f := range files {
			wg.Go(func() {
				m, err := c.Metadata(t.Context(), f)
				if err != nil || m.Name != f.Wheel.Name || !m.Version.Equal(f.Wheel.Version) {
					t.Errorf("%s: %+v, %v", f.Name, m, err)
				}
			})
		}
		wg.Wait()
		t.Logf("%s: %d pages in %s, %d metadata in %s", run, len(projects), listed, len(files), time.Since(begin))
		begin = time.Now()
		i := slices.IndexFunc(files, func(f index.File) bool { return f.Wheel.Name == "requests" })
		if _, err := c.Fetch(t.Context(), files[i]); err != nil {
			t.Error(err)
		}
		t.Logf("%s: a wheel in %s", run, time.Since(begin))
	}
	c := realClient(t, config, dir)
	begin := time.Now()
	if _, err := c.Project(t.Context(), "numpy"); err != nil {
		t.Error(err)
	}
	t.Logf("warm: the page of numpy in %s", time.Since(begin))
}
