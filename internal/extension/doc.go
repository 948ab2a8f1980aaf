// Package extension reads what a developer writes: extension.yml,
// requirements.txt, and the project folder around them.
//
// [ParseManifest] reads extension.yml as the product documents it and as
// UIP-CLI 2.1.1 checks it, and axle's own section "bundle". [ParseRequirements]
// reads requirements files as pip 26 does, held against the real one in the
// tests. [Load] finds both in a folder as UIP-CLI lays it out, or flat, and lists
// the files to pack.
//
// All of it is checked before anything is used, and every mistake is reported
// at once, with file, line, column and the source line. Errors carry
// fault.BadInput. Nothing is read from the environment or the network: variables
// are asked of a function that the caller gives.
package extension
