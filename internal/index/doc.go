// Package index is axle's only way to the network: simple indexes (PEP 503
// HTML, PEP 691 JSON), their metadata (PEP 658, or the needed bytes of a wheel
// by range requests), their files, and folders used in their stead.
//
// It promises:
//   - one listing per project and one download per file and process, whatever
//     the number of callers; what is fetched is kept in the cache for other
//     processes and later runs;
//   - a file is given out only after its digest was compared with the one the
//     index states ([*MismatchError], exit code 6);
//   - of several indexes the first that has the project serves it, so that a
//     public index can never shadow a private one named before it;
//   - credentials are sent to the scheme, host and port they were given for
//     and nowhere else, and never appear in an error, a warning, a [File], or
//     the cache folder;
//   - every wait is bounded and obeys its context.
//
// No address of an index is written here: [Discover] finds out what the pip of
// the machine uses.
package index
