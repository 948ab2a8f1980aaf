//go:build !race

package interpreters

const raceEnabled = false
