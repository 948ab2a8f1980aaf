//go:build !linux

package deployments

import "errors"

// clone is for systems that share blocks between files.
func clone(string, string) error { return errors.ErrUnsupported }
