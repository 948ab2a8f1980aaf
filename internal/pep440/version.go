package pep440

import "errors"

var errTODO = errors.New("not implemented")

// Version is one PEP 440 version. The zero Version is not valid.
type Version struct{ text string }

func Parse(s string) (Version, error)   { return Version{s}, errTODO }
func MustParse(s string) Version        { v, _ := Parse(s); return v }
func (v Version) String() string        { return v.text }
func (v Version) Canonical() string     { return v.text }
func (v Version) Compare(w Version) int { return 0 }
func (v Version) Equal(w Version) bool  { return v.Compare(w) == 0 }
func (v Version) IsZero() bool          { return v.text == "" }
func (v Version) IsPrerelease() bool    { return false }
func (v Version) IsPostrelease() bool   { return false }
func (v Version) IsDev() bool           { return false }
func (v Version) HasLocal() bool        { return false }
func (v Version) Public() Version       { return v }
func (v Version) Base() Version         { return v }
func (v Version) Local() string         { return "" }
func (v Version) Release(i int) int     { return 0 }
