package inspect

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/axlepack/axle/internal/report"
)

// Text draws the extension for people: what it is, a line for each package, a
// line for each distribution over all packages, and the entry points.
func (e Extension) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", e.Name, e.Version)
	for _, line := range []string{e.Description, e.Owner} {
		if line != "" {
			fmt.Fprintln(&b, line)
		}
	}
	fmt.Fprintf(&b, "\nfile             %s\n", e.File)
	fmt.Fprintf(&b, "size             %s\n", report.Size(e.Size))
	fmt.Fprintf(&b, "sha256           %s\n", e.SHA256)
	fmt.Fprintf(&b, "api_level        %s\n", e.APILevel)
	fmt.Fprintf(&b, "requires_python  %s\n", e.RequiresPython)
	fmt.Fprintf(&b, "zip_safe         %t\n", e.ZipSafe)
	fmt.Fprintf(&b, "own files        %s\n", e.Own)
	if text := e.sboms(); text != "" {
		fmt.Fprintf(&b, "sbom             %s\n", text)
	}
	e.drawPackages(&b)
	rows := e.rows()
	e.drawDistributions(&b, rows)
	drawEntryPoints(&b, rows)
	_, err := io.WriteString(w, report.WithoutPadding(b.String()))
	return err
}

// sboms says where bills of materials are; "" where nothing needs one.
func (e Extension) sboms() string {
	n := 0
	for _, p := range e.Packages {
		if len(p.SBOMs) > 0 {
			n++
		}
	}
	switch {
	case len(e.SBOMs) > 0:
		return e.SBOMs[0]
	case len(e.Packages) == 0 && len(e.Distributions) == 0:
		return ""
	case n == 0:
		return "none"
	case n < len(e.Packages):
		return fmt.Sprintf("in %d of %d packages", n, len(e.Packages))
	}
	return "in " + report.Count(n, "package")
}

func (e Extension) drawPackages(b *strings.Builder) {
	if len(e.Packages) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Count(len(e.Packages), "package"))
	t := table(b)
	for _, p := range slices.SortedStableFunc(slices.Values(e.Packages), byPython) {
		python := ""
		if p.RequiresPython != "" {
			python = "Python " + p.RequiresPython
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", p.File, report.Size(p.Size), p.Amount, python, p.floors())
	}
	t.Flush()
	for _, p := range e.Packages {
		if p.Problem != "" {
			fmt.Fprintf(b, "  %s: %s\n", p.File, p.Problem)
		}
		if p.Trimmed != "" {
			fmt.Fprintf(b, "  %s: without %s\n", p.File, p.Trimmed)
		}
	}
}

// byPython orders packages by their first tag, where 3.10 comes after 3.9.
func byPython(a, b Package) int {
	return cmp.Compare(pythonOf(a), pythonOf(b))
}

// pythonOf gives 309 for cp39.
func pythonOf(p Package) int {
	if len(p.Tags) == 0 {
		return 0
	}
	python, _, _ := strings.Cut(p.Tags[0], "-")
	digits := strings.TrimLeft(python, "abcdefghijklmnopqrstuvwxyz")
	if digits == "" {
		return 0
	}
	minor, _ := strconv.Atoi(digits[1:])
	return int(digits[0]-'0')*100 + minor
}

// row is a distribution over all packages.
type row struct {
	name     string
	licences []string // of its versions, each once
	versions []string
	packages int
	native   int   // native files, the most in one package
	bytes    int64 // the most in one package
	points   []EntryPoint
}

// licence is the text of all its licences.
func (r row) licence() string { return strings.Join(r.licences, ", ") }

// rows gathers the distributions by name; those of an unknown project come
// last.
func (e Extension) rows() []row {
	byName := map[string]*row{}
	add := func(d Distribution) {
		r := byName[d.Name]
		if r == nil {
			r = &row{name: d.Name}
			byName[d.Name] = r
		}
		r.packages++
		r.native, r.bytes = max(r.native, len(d.Native)), max(r.bytes, d.Bytes)
		if d.Version != "" && !slices.Contains(r.versions, d.Version) {
			r.versions = append(r.versions, d.Version)
		}
		if d.License != "" && !slices.Contains(r.licences, d.License) {
			r.licences = append(r.licences, d.License)
		}
		for _, p := range d.EntryPoints {
			if !slices.Contains(r.points, p) {
				r.points = append(r.points, p)
			}
		}
	}
	for _, d := range e.Distributions {
		add(d)
	}
	for _, p := range e.Packages {
		for _, d := range p.Distributions {
			add(d)
		}
	}
	rows := make([]row, 0, len(byName))
	for _, r := range byName {
		slices.SortFunc(r.versions, compareVersions)
		slices.Sort(r.licences)
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b row) int {
		if (a.name == "") != (b.name == "") {
			return len(b.name) - len(a.name)
		}
		return strings.Compare(a.name, b.name)
	})
	return rows
}

func (e Extension) drawDistributions(b *strings.Builder, rows []row) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Count(len(rows), "distribution"))
	t := table(b)
	for _, r := range rows {
		name, native, where := r.name, "pure", ""
		if name == "" {
			name = "(files of no distribution)"
		}
		if r.native > 0 {
			native = fmt.Sprintf("%d native", r.native)
		}
		if n := len(e.Packages); n > 0 && r.packages < n {
			where = fmt.Sprintf("in %d of %d packages", r.packages, n)
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", name, strings.Join(r.versions, ", "), r.licence(), report.Size(r.bytes), native, where)
	}
	t.Flush()
}

func drawEntryPoints(b *strings.Builder, rows []row) {
	var lines []string
	for _, r := range rows {
		for _, p := range r.points {
			lines = append(lines, fmt.Sprintf("  %s\t%s = %s\t%s", p.Group, p.Name, p.Value, r.name))
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Count(len(lines), "entry point"))
	t := table(b)
	for _, line := range lines {
		fmt.Fprintln(t, line)
	}
	t.Flush()
}

func table(b *strings.Builder) *tabwriter.Writer { return tabwriter.NewWriter(b, 0, 0, 2, ' ', 0) }

// String gives "1,250 files, 75.1 MiB".
func (a Amount) String() string {
	return report.Count(a.Files, "file") + ", " + report.Size(a.Bytes)
}
