package tags_test

import (
	"slices"
	"testing"

	"github.com/axlepack/axle/internal/conformance"
	"github.com/axlepack/axle/internal/tags"
)

const corpus = "standards/tags.jsonl.gz"

// args are the arguments of every list operation in the corpus.
type args struct {
	PythonVersion []int    `json:"python_version"`
	ABIs          []string `json:"abis"`
	Platforms     []string `json:"platforms"`
	Interpreter   string   `json:"interpreter"`
	Version       [2]int   `json:"version"`
	Arch          string   `json:"arch"`
	Multiarch     string   `json:"multiarch"`
	ABI           string   `json:"abi"`
	APILevel      int      `json:"api_level"`
	Glibc         [2]int   `json:"glibc"`
	Musl          [2]int   `json:"musl"`
}

type listVector struct {
	Name string   `json:"name"`
	Args args     `json:"args"`
	Want []string `json:"want"`
}

// version turns the corpus's one or two numbers into ours.
func (a args) version() [2]int {
	if len(a.PythonVersion) == 1 {
		return [2]int{a.PythonVersion[0], -1}
	}
	return [2]int{a.PythonVersion[0], a.PythonVersion[1]}
}

func texts(list []tags.Tag) []string {
	out := make([]string, len(list))
	for i, tag := range list {
		out[i] = tag.String()
	}
	return out
}

func TestConformanceTagLists(t *testing.T) {
	lists := map[string]func(args) []string{
		"cpython_tags": func(a args) []string { return texts(tags.CPython(a.version(), a.ABIs, a.Platforms)) },
		"compatible_tags": func(a args) []string {
			return texts(tags.Compatible(a.version(), a.Interpreter, a.Platforms))
		},
		"generic_tags":        func(a args) []string { return texts(tags.Generic(a.Interpreter, a.ABIs, a.Platforms)) },
		"mac_platforms":       func(a args) []string { return tags.Mac(a.Version, a.Arch) },
		"ios_platforms":       func(a args) []string { return tags.IOS(a.Version, a.Multiarch) },
		"android_platforms":   func(a args) []string { return tags.Android(a.APILevel, a.ABI) },
		"manylinux_platforms": func(a args) []string { return tags.Manylinux(a.Glibc, a.Arch) },
		"musllinux_platforms": func(a args) []string { return tags.Musllinux(a.Musl, a.Arch) },
		"target_tags": func(a args) []string {
			list := tags.CPython(a.version(), a.ABIs, a.Platforms)
			list = append(list, tags.Compatible(a.version(), a.Interpreter, a.Platforms)...)
			return texts(tags.NewOrder(list).List())
		},
	}
	for op, list := range lists {
		t.Run(op, func(t *testing.T) {
			n := 0
			for v, in := range conformance.Vectors[listVector](t, corpus, op) {
				n++
				if got := list(in.Args); !slices.Equal(got, in.Want) {
					t.Errorf("%d %s %+v\n got %v\nwant %v", v.ID, in.Name, in.Args, got, in.Want)
				}
			}
			if n == 0 {
				t.Skip("no such lines in this corpus")
			}
		})
	}
}

func TestConformanceParseTag(t *testing.T) {
	type vector struct {
		Args []string `json:"args"`
		Kw   struct {
			Limit *int `json:"limit"`
			Order bool `json:"validate_order"`
		} `json:"kw"`
		Want []string `json:"want"`
	}
	for v, in := range conformance.Vectors[vector](t, corpus, "parse_tag") {
		opt := tags.SetOptions{Ordered: in.Kw.Order}
		if in.Kw.Limit != nil {
			// packaging's 0 allows no tag at all, and below 0 is a mistake of
			// the caller: both accept nothing.
			if opt.Limit = *in.Kw.Limit; opt.Limit == 0 {
				opt.Limit = -1
			}
		}
		set, err := tags.ParseSetWith(in.Args[0], opt)
		switch {
		case in.Want == nil && err == nil:
			t.Errorf("%d %q %+v: accepted as %v", v.ID, in.Args[0], in.Kw, set)
		case in.Want != nil && err != nil:
			t.Errorf("%d %q: %v", v.ID, in.Args[0], err)
		case in.Want != nil:
			got := texts(set)
			slices.Sort(got)
			if !slices.Equal(got, in.Want) {
				t.Errorf("%d %q\n got %v\nwant %v", v.ID, in.Args[0], got, in.Want)
			}
		}
	}
}
