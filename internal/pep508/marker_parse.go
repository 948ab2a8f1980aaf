package pep508

import "github.com/axlepack/axle/internal/pep440"

// maxDepth bounds the parentheses inside each other: a marker comes from an
// index and must not exhaust the stack.
const maxDepth = 200

// ParseMarker reads a marker. An error is a *ParseError.
func ParseMarker(s string) (Marker, error) {
	c := cursor{text: s}
	return c.fullMarker()
}

// fullMarker reads a marker up to the end of the text.
func (c *cursor) fullMarker() (Marker, error) {
	e, err := c.expression()
	if err != nil {
		return Marker{}, err
	}
	c.space()
	if !c.ended() {
		return Marker{}, c.expected(`"and", "or" or the end of the marker`)
	}
	return Marker{root: e}, nil
}

func (c *cursor) expression() (*expression, error) {
	first, err := c.term()
	if err != nil {
		return nil, err
	}
	alternatives := [][]term{{first}}
	for {
		and := c.takeWord("and")
		if !and && !c.takeWord("or") {
			return newExpression(alternatives), nil
		}
		next, err := c.term()
		if err != nil {
			return nil, err
		}
		if and {
			last := len(alternatives) - 1
			alternatives[last] = append(alternatives[last], next)
		} else {
			alternatives = append(alternatives, []term{next})
		}
	}
}

func (c *cursor) term() (t term, err error) {
	c.space()
	open := c.at
	if c.take("(") {
		if c.depth++; c.depth > maxDepth {
			return t, c.problem(open, c.at, "too many parentheses inside each other")
		}
		if t.group, err = c.expression(); err != nil {
			return t, err
		}
		c.space()
		if !c.take(")") {
			return t, c.unclosed(open)
		}
		c.depth--
	} else if t.comparison, err = c.comparison(); err != nil {
		return t, err
	}
	c.space()
	return t, nil
}

func (c *cursor) unclosed(open int) error {
	if c.ended() {
		return c.problem(open, c.at, `expected ")" to close "("`)
	}
	return c.expected(`"and", "or" or ")"`)
}

func (c *cursor) comparison() (*comparison, error) {
	left, err := c.operand()
	if err != nil {
		return nil, err
	}
	c.space()
	op, err := c.operator()
	if err != nil {
		return nil, err
	}
	c.space()
	right, err := c.operand()
	if err != nil {
		return nil, err
	}
	return newComparison(left, op, right), nil
}

func (c *cursor) operand() (operand, error) {
	if o, ok := c.variable(); ok {
		return o, nil
	}
	if c.ended() || c.text[c.at] != '"' && c.text[c.at] != '\'' {
		return operand{}, c.expected("a marker variable or a quoted string")
	}
	start, mark := c.at, c.text[c.at]
	for end := start + 1; end < len(c.text); end++ {
		if c.text[end] != mark {
			continue
		}
		text, ok := unquote(c.text[start+1 : end])
		if !ok {
			return operand{}, c.problem(start, end+1, "expected a valid string, as Python reads it")
		}
		c.at = end + 1
		return operand{text: text}, nil
	}
	return operand{}, c.problem(start, len(c.text), "expected "+string(mark)+" to close the string")
}

// variable reads a variable by any of its names.
func (c *cursor) variable() (operand, bool) {
	name := c.word()
	if end := c.at + len(name); name != "" && end < len(c.text) && c.text[end] == '.' {
		after := cursor{text: c.text, at: end + 1}
		if dotted := name + "." + after.word(); findSpelling(dotted) != noVariable {
			name = dotted
		}
	}
	v := findSpelling(name)
	if v == noVariable {
		return operand{}, false
	}
	c.at += len(name)
	return operand{variable: v}, true
}

func (c *cursor) operator() (string, error) {
	if c.takeWord("in") {
		return "in", nil
	}
	if c.takeWord("not") {
		if !c.space() {
			return "", c.expected(`a blank after "not"`)
		}
		if !c.takeWord("in") {
			return "", c.expected(`"in" after "not"`)
		}
		return "not in", nil
	}
	for _, op := range [...]string{"===", "==", "~=", "!=", "<=", ">=", "<", ">"} {
		if c.take(op) {
			return op, nil
		}
	}
	return "", c.expected("an operator, one of <=, <, !=, ==, >=, >, ~=, ===, in, not in")
}

// newComparison normalises names of extras and prepares what can be known
// without an environment.
func newComparison(left operand, op string, right operand) *comparison {
	c := &comparison{left: left, op: op, right: right}
	switch {
	case left.variable != noVariable:
		c.key = left.variable
		if left.variable == extra && right.variable == noVariable {
			c.right.text = string(Normalize(right.text))
		}
	case right.variable != noVariable:
		c.key = right.variable
		if right.variable == extra || right.variable.isSet() {
			c.left.text = string(Normalize(left.text))
		}
	default:
		// packaging looks the right text up as if it were a variable.
		c.key = findVariable(right.text)
	}
	if left.variable != noVariable && c.key.isVersion() {
		if spec, err := pep440.ParseSpecifier(op + c.rightText()); err == nil {
			c.spec = &spec
		}
	}
	return c
}

// rightText is the text on the right of a variable: of a second variable,
// packaging takes the name.
func (c *comparison) rightText() string {
	if c.right.variable != noVariable {
		return c.right.variable.String()
	}
	return c.right.text
}
