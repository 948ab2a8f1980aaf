// Package early starts a deployed extension before the rest of the program is
// initialised, which takes longer than all that a start has to do.
//
// The specification of Go has packages initialised in the order of their import
// paths, those first whose imports all are: this one imports what is initialised
// in any case, so that its turn comes before that of all libraries.
//
// It knows the plain start alone, axle run NAME [ARGS...], of a deployment that
// is whole. Whatever is otherwise, from a flag to a file that is not there, is
// left to the command as it is, which does the same and says what is wrong.
package early
