package resolve

import "errors"

// explain makes an error of the clause that proves there is no solution.
func (p *problem) explain(c *clause) error { return errors.New("no solution") }
