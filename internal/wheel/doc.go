// Package wheel reads and writes the documents a wheel is made of: its file
// name, METADATA, WHEEL, RECORD and entry_points.txt (the binary distribution
// format, PEP 427 and 658, and the core metadata up to version 2.5).
//
// Text goes in and values come out; no file is opened here. File names are
// strict, as packaging.utils reads them; METADATA is lenient where old wheels
// of the index would otherwise be unusable, and says what it left out.
package wheel
