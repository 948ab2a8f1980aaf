package pep508

import "testing"

func TestStringsAreThoseOfPython(t *testing.T) {
	tests := []struct {
		in, want string
		ok       bool
	}{
		{`plain é`, "plain é", true},
		{`a\tb\n\\\'\"`, "a\tb\n\\'\"", true},
		{`\101\x41\u00e9\U0001F600`, "AAé😀", true},
		{`\0`, "\x00", true},
		{`\7a\1234`, "\aaS4", true},
		{`C:\dir\é`, `C:\dir\é`, true},
		{"a\\\nb", "ab", true},
		{"a\\\r\nb", "ab", true},
		{"a\\\rb", "ab", true},
		{"a\nb", "", false},
		{"a\rb", "", false},
		{"a\x00b", "", false},
		{"a\\\x00b", "", false},
		{`\`, "", false},
		{`\x4`, "", false},
		{`\xg0`, "", false},
		{`\u12`, "", false},
		{`\U00110000`, "", false},
		{`\N{DASH}`, "", false},
	}
	for _, test := range tests {
		if got, ok := unquote(test.in); got != test.want || ok != test.ok {
			t.Errorf("%q: %q, %v, want %q, %v", test.in, got, ok, test.want, test.ok)
		}
	}
}

func TestQuoteReadsBack(t *testing.T) {
	for _, text := range []string{"", "a", `"`, "'", `'"`, `\`, `C:\dir`, `C:\new`, "a\nb", "\r", "\x00", `\x22'"`, "é"} {
		quoted := quote(text)
		if got, ok := unquote(quoted[1 : len(quoted)-1]); !ok || got != text {
			t.Errorf("%q: %s reads as %q", text, quoted, got)
		}
	}
	if got := quote(`C:\dir`); got != `"C:\dir"` {
		t.Errorf("escapes that are not needed: %s", got)
	}
}
