package language

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// part is a piece of a format: text as it stands, or one verb.
type part struct {
	text string
	verb byte           // 0 for text
	arg  int            // which argument the verb takes, from 0
	one  *regexp.Regexp // what the verb prints; nil where that is anything
}

var verbs = regexp.MustCompile(`%[-+# 0]*(\d+)?(\.\d*)?(\[(\d+)\])?([a-zA-Z%])`)

// split takes a format of fmt apart. Widths that are arguments ("%*d") are not understood.
func split(format string) ([]part, error) {
	var parts []part
	next := 0
	text := func(s string) {
		if s == "" {
			return
		}
		if n := len(parts); n > 0 && parts[n-1].verb == 0 {
			parts[n-1].text += s
			return
		}
		parts = append(parts, part{text: s})
	}
	rest := format
	for {
		at := strings.IndexByte(rest, '%')
		if at < 0 {
			text(rest)
			return parts, nil
		}
		text(rest[:at])
		m := verbs.FindStringSubmatch(rest[at:])
		if m == nil || !strings.HasPrefix(rest[at:], m[0]) {
			return nil, fmt.Errorf("what follows %q is no verb", rest[:at+1])
		}
		rest = rest[at+len(m[0]):]
		if m[5] == "%" {
			text("%")
			continue
		}
		if m[4] != "" {
			n, err := strconv.Atoi(m[4])
			if err != nil || n < 1 || n > 99 {
				return nil, fmt.Errorf("the argument index %s is out of range", m[4])
			}
			next = n - 1
		}
		parts = append(parts, part{verb: m[5][0], arg: next})
		next++
	}
}

func hasVerbs(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.verb != 0 })
}

func literals(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
	}
	return b.String()
}

// sameArguments checks that both formats take the same arguments with the same verbs; the order may differ.
func sameArguments(a, b []part) error {
	used := func(parts []part) map[int]byte {
		m := map[int]byte{}
		for _, p := range parts {
			if p.verb != 0 {
				m[p.arg] = p.verb
			}
		}
		return m
	}
	x, y := used(a), used(b)
	if len(x) != len(y) {
		return fmt.Errorf("the Chinese takes %d arguments, not %d", len(y), len(x))
	}
	for arg, verb := range x {
		if y[arg] != verb {
			return fmt.Errorf("argument %d is %%%c, but not in the Chinese", arg+1, verb)
		}
	}
	return nil
}

// pattern recognises the texts that a format makes.
type pattern struct {
	expr    *regexp.Regexp
	parts   []part
	many    bool   // a text may have several readings
	first   string // what every such text begins with
	last    string // and ends with
	args    []int  // which argument each capture is
	open    []bool // by argument: whether it may be any text, and so one of the catalogue
	letters int    // bytes of the format that are no verb
	frame   bool   // the format has no letters of its own
}

// What the verbs print. Quoted text is matched to its closing quote; %v and %s may be anything on one line.
const (
	quoted   = `"(?:[^"\\]|\\.)*"`
	whole    = `[-+]?[0-9]+`
	whatever = `.*?`
	decimal  = `[-+]?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|Inf)|NaN`
)

func expression(verb byte) string {
	switch verb {
	case 'q':
		return quoted + `|\[(?:` + quoted + ` ?)*\]|'(?:[^'\\]|\\.)+'` + "|`[^`]*`"
	case 'd':
		return whole
	case 'e', 'f', 'g', 'E', 'F', 'G':
		return decimal
	case 'x', 'X':
		return `[0-9a-fA-F]*`
	case 't':
		return `true|false`
	case 'c':
		return `.`
	}
	return whatever
}

func compile(parts []part) (pattern, error) {
	var p pattern
	var b strings.Builder
	b.WriteString(`^`)
	count := 0
	for i, x := range parts {
		if x.verb == 0 {
			b.WriteString(regexp.QuoteMeta(x.text))
			p.letters += len(x.text)
			if i == 0 {
				p.first = x.text
			}
			if i == len(parts)-1 {
				p.last = x.text
			}
			continue
		}
		b.WriteString(`(` + expression(x.verb) + `)`)
		if slices.Contains(p.args, x.arg) {
			return pattern{}, errors.New("it takes one argument twice")
		}
		p.args = append(p.args, x.arg)
		count = max(count, x.arg+1)
	}
	b.WriteString(`$`)
	if count != len(p.args) {
		return pattern{}, errors.New("it leaves an argument out")
	}
	p.open = make([]bool, count)
	anything := 0
	for _, x := range parts {
		if x.verb != 0 && expression(x.verb) == whatever {
			p.open[x.arg] = true
			anything++
		}
	}
	p.parts, p.many = slices.Clone(parts), anything > 1
	for i, x := range p.parts {
		if p.many && x.verb != 0 && !p.open[x.arg] {
			p.parts[i].one = regexp.MustCompile(`^(?:` + expression(x.verb) + `)`)
		}
	}
	p.frame = !strings.ContainsFunc(literals(parts), unicode.IsLetter)
	var err error
	p.expr, err = regexp.Compile(b.String())
	return p, err
}

// maxReadings bounds the ways in which one format is read out of a text.
const maxReadings = 12

// match gives what stands in place of each argument, in every way that the text can be read; nothing where it is not of
// this format. "the %s %s is gone" has several readings of "the video file a b.mp4 is gone".
func (p *pattern) match(text string) [][]string {
	if len(text) < p.letters || !strings.HasPrefix(text, p.first) || !strings.HasSuffix(text, p.last) || !p.expr.MatchString(text) {
		return nil
	}
	if !p.many {
		m := p.expr.FindStringSubmatch(text)
		captures := make([]string, len(p.args))
		for i, arg := range p.args {
			captures[arg] = m[i+1]
		}
		return [][]string{captures}
	}
	r := readings{pattern: p, captures: make([]string, len(p.args))}
	r.read(p.parts, text)
	return r.found
}

// readings goes through the ways to read a text.
type readings struct {
	*pattern

	captures []string
	found    [][]string
}

func (r *readings) read(parts []part, rest string) {
	if len(r.found) == maxReadings {
		return
	}
	if len(parts) == 0 {
		if rest == "" {
			r.found = append(r.found, slices.Clone(r.captures))
		}
		return
	}
	x := parts[0]
	switch {
	case x.verb == 0:
		if after, ok := strings.CutPrefix(rest, x.text); ok {
			r.read(parts[1:], after)
		}
	case x.one != nil:
		if m := x.one.FindString(rest); m != "" {
			r.captures[x.arg] = m
			r.read(parts[1:], rest[len(m):])
		}
	case len(parts) == 1:
		r.captures[x.arg] = rest
		r.read(nil, "")
	case parts[1].verb != 0: // nothing between the two: the first takes nothing
		r.captures[x.arg] = ""
		r.read(parts[1:], rest)
	default:
		for at := 0; len(r.found) < maxReadings; at++ {
			next := strings.Index(rest[at:], parts[1].text)
			if next < 0 {
				return
			}
			at += next
			r.captures[x.arg] = rest[:at]
			r.read(parts[1:], rest[at:])
		}
	}
}

// fill puts texts in place of verbs.
func fill(parts []part, texts []string) string {
	var b strings.Builder
	for _, p := range parts {
		if p.verb == 0 {
			b.WriteString(p.text)
		} else {
			b.WriteString(texts[p.arg])
		}
	}
	return b.String()
}
