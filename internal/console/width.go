package console

import (
	"strings"

	"github.com/axlepack/axle/internal/fault"
)

// columns is how many columns of a terminal a line takes, colours aside.
func columns(line string) int {
	n := 0
	for line != "" {
		if i := strings.Index(line, "\x1b["); i >= 0 {
			n += fault.Columns(line[:i])
			end := strings.IndexByte(line[i:], 'm')
			if end < 0 {
				return n
			}
			line = line[i+end+1:]
			continue
		}
		return n + fault.Columns(line)
	}
	return n
}

// cut is as much of a line without colours as fits into so many columns.
func cut(line string, width int) string {
	if fault.Columns(line) <= width {
		return line
	}
	var b strings.Builder
	n := 0
	for _, r := range line {
		if n += fault.Columns(string(r)); n > width {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

func pad(line string, width int) string {
	return line + strings.Repeat(" ", max(0, width-fault.Columns(line)))
}
