// Package pep440 implements Python versions, version specifiers and exact sets
// of versions: PEP 440 as packaging 26 reads it.
//
// It promises that every spelling PEP 440 allows is accepted and nothing else,
// that numbers may have any size, and that comparing and matching allocate
// nothing. It knows nothing of projects, indexes or interpreters. Specifiers
// that only old metadata contains are accepted by ParseSpecifierSetLenient
// alone.
package pep440
