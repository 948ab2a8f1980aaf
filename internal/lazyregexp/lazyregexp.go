// Package lazyregexp gives regular expressions that are compiled when they are
// first used. A program compiles those of every package that it links before
// its main begins, used or not: for axle that was most of the time between a
// start and the extension's first line.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression, compiled once. Several goroutines may use it.
// Its methods are those of [regexp.Regexp].
type Regexp struct {
	source  string
	compile func() *regexp.Regexp
}

// New is [regexp.MustCompile], save that it panics later: the test of
// this package compiles all that the program has.
func New(source string) *Regexp {
	return &Regexp{source, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })}
}

// String is the source text.
func (r *Regexp) String() string { return r.source }

// MatchString is that of [regexp.Regexp].
func (r *Regexp) MatchString(s string) bool { return r.compile().MatchString(s) }

// FindString is that of [regexp.Regexp].
func (r *Regexp) FindString(s string) string { return r.compile().FindString(s) }

// FindStringSubmatch is that of [regexp.Regexp].
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compile().FindStringSubmatch(s) }

// FindSubmatch is that of [regexp.Regexp].
func (r *Regexp) FindSubmatch(b []byte) [][]byte { return r.compile().FindSubmatch(b) }

// FindAllString is that of [regexp.Regexp].
func (r *Regexp) FindAllString(s string, n int) []string { return r.compile().FindAllString(s, n) }

// FindAllStringIndex is that of [regexp.Regexp].
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.compile().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is that of [regexp.Regexp].
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compile().FindAllStringSubmatch(s, n)
}

// ReplaceAllString is that of [regexp.Regexp].
func (r *Regexp) ReplaceAllString(s, with string) string {
	return r.compile().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc is that of [regexp.Regexp].
func (r *Regexp) ReplaceAllStringFunc(s string, with func(string) string) string {
	return r.compile().ReplaceAllStringFunc(s, with)
}
