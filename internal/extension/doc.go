// Package extension reads what a developer writes: extension.yml,
// requirements.txt, and the folder around them.
package extension
