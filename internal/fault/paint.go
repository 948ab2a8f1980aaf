package fault

import "strings"

// Color is a colour of a terminal, as its control sequences name it.
type Color string

// The colours that axle uses. All of them can be read on a light and on a dark
// ground, and none says what words do not say as well.
const (
	Red    Color = "1;31"
	Green  Color = "32"
	Yellow Color = "1;33"
	Cyan   Color = "1;36"
	Faint  Color = "2"
)

// Palette says whether colours are used.
type Palette bool

// Plain has no colours.
const Plain Palette = false

// Paint is text in a colour, where colours are used.
func (p Palette) Paint(c Color, text string) string {
	if !p {
		return text
	}
	return Paint(c, text)
}

// Paint is text in a colour.
func Paint(c Color, text string) string {
	if text == "" {
		return ""
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// underlined paints the line below an excerpt.
func (p Palette) underlined(excerpt string) string {
	at := strings.LastIndex(excerpt, " ^")
	if !p || at < 0 {
		return excerpt
	}
	return excerpt[:at+1] + p.Paint(Red, excerpt[at+1:])
}
