// Package pep508 implements dependency specifiers: normalised names,
// requirements and environment markers, as packaging 26 reads them.
//
// It promises that every legal spelling is accepted and nothing else, and that
// a marker is decided for a described environment, never for the host.
// Requirements that only old metadata contains are accepted by ParseLenient
// alone.
package pep508
