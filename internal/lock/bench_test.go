package lock

import (
	"fmt"
	"testing"
)

func BenchmarkMarkers(b *testing.B) {
	for name, all := range map[string]struct{ pythons, platforms string }{
		"24":  {"3.9..3.14", fourPlatforms},
		"all": {"2.7..3.15,pp310,pp311", "linux/amd64 linux/arm64 linux/armv7l windows/386 windows/amd64 windows/arm64 macos/amd64 macos/arm64 linux/riscv64 linux/s390x linux/ppc64le"},
	} {
		b.Run(name, func(b *testing.B) {
			targets := targetsFrom(b, all.pythons, all.platforms)
			for b.Loop() {
				m := newMarkers(targets)
				for i := range 20 {
					if _, err := m.cover(m.set(targets[i:])); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// bigLock has 200 projects for 24 targets, each with a file for each target
// and ten requirements.
func bigLock(b *testing.B) (Lock, Asked) {
	sets, c := map[string][]string{}, catalog{}
	for _, tg := range targetsFrom(b, "3.9..3.14", fourPlatforms) {
		for i := range 200 {
			file := fmt.Sprintf("p%d-1.%d-%s-%s-%s.whl", i, tg.Python.Minor/12, tg.Python.Tag(), tg.ABI(), tg.Platform)
			sets[tg.String()] = append(sets[tg.String()], file)
			needs := ">=3.9"
			for j := range 10 {
				needs += fmt.Sprintf(" | p%d>=1; python_version >= '3.%d'", (i+j*j+1)%200, 5+j)
			}
			c[file] = needs
		}
	}
	return makeLock(b, c, []string{"p0"}, sets)
}

func BenchmarkBigLock(b *testing.B) {
	l, a := bigLock(b)
	d, _, err := NewDocument(l, a, "/project")
	if err != nil {
		b.Fatal(err)
	}
	data, err := d.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			d, _, _ := NewDocument(l, a, "/project")
			_, _ = d.Marshal()
		}
		b.SetBytes(int64(len(data)))
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			d, _, err := Parse(Filename, data)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := d.Lock("/project", a.Targets); err != nil {
				b.Fatal(err)
			}
			if _, err := d.Lock("/project", d.Record.Targets); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(len(data)))
	})
}
