package lock

import "testing"

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
