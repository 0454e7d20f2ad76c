// Package language gives errors their Chinese. Messages and hints are written in English where they arise; here is one
// catalogue, zh.yaml, that has the Chinese of every such format, and the search for the format that a finished text was
// made of. It owns no other texts: what is said in both languages at its source is a menshen.Text there.
package language

import (
	_ "embed" // the catalogue
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed zh.yaml
var chinese []byte

const (
	maxText  = 2 << 10 // bytes of a text that is looked at; an error has a few hundred
	maxDepth = 4       // texts within texts: "camera east-1: the relay at … does not answer"
	maxSteps = 300     // parts of a text that are looked at; an error has a few dozen
)

// Catalogue knows the Chinese of the formats in zh.yaml. It never changes, so any number of goroutines may use it.
type Catalogue struct {
	plain   map[string]string // texts without arguments
	formats []entry           // those with
}

// entry is one format and its Chinese.
type entry struct {
	pattern pattern
	chinese []part
}

// New reads the catalogue. It takes some milliseconds, so it is for when a text is to be shown, and then once.
func New() (*Catalogue, error) { return parse(chinese) }

// parse reads a catalogue: a YAML map from English formats to Chinese ones. A format listed twice, and a pair whose
// arguments differ, are errors.
func parse(data []byte) (*Catalogue, error) {
	var pairs yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(data, &pairs, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("language: the catalogue cannot be read: %w", err)
	}
	c := &Catalogue{plain: make(map[string]string, len(pairs))}
	seen := make(map[string]bool, len(pairs))
	for _, pair := range pairs {
		en, isText := pair.Key.(string)
		zh, isTextToo := pair.Value.(string)
		if !isText || !isTextToo || en == "" || zh == "" {
			return nil, fmt.Errorf("language: %v and its Chinese must both be texts", pair.Key)
		}
		if seen[en] {
			return nil, fmt.Errorf("language: %q is listed twice", en)
		}
		seen[en] = true
		if err := c.add(en, zh); err != nil {
			return nil, fmt.Errorf("language: %q: %w", en, err)
		}
	}
	return c, nil
}

func (c *Catalogue) add(en, zh string) error {
	from, err := split(en)
	if err != nil {
		return err
	}
	to, err := split(zh)
	if err != nil {
		return fmt.Errorf("the Chinese: %w", err)
	}
	if err := sameArguments(from, to); err != nil {
		return err
	}
	if !hasVerbs(from) {
		c.plain[literals(from)] = literals(to)
		return nil
	}
	p, err := compile(from)
	if err != nil {
		return err
	}
	c.formats = append(c.formats, entry{pattern: p, chinese: to})
	return nil
}

// Chinese gives the Chinese of a message or hint. What stands in place of the format's verbs is taken over as it is,
// unless it is a text of the catalogue itself. A text of no known format comes back unchanged.
func (c *Catalogue) Chinese(text string) string {
	if text == "" || len(text) > maxText || strings.ContainsAny(text, "\r\n") {
		return text
	}
	s := search{catalogue: c, known: map[question]answer{}, left: maxSteps}
	return s.find(text, maxDepth).text
}

// search is the search for the formats in one text.
type search struct {
	catalogue *Catalogue
	known     map[question]answer // several formats ask about the same parts
	left      int                 // parts that may still be looked at
}

type question struct {
	text  string
	depth int
}

type answer struct {
	text    string
	letters int // bytes of the English that formats account for; 0 where none fits
}

// find takes the reading of a text that leaves the least of it to arguments: of "a.yaml: b cannot be read", the format
// "%s cannot be read" explains less than "%s: %s" and then, in the rest, the longer format that is really in it. Of
// equals, it takes one that knows how the text begins.
func (s *search) find(text string, depth int) answer {
	if zh, ok := s.catalogue.plain[text]; ok {
		return answer{text: zh, letters: len(text)}
	}
	q := question{text, depth}
	if a, ok := s.known[q]; ok {
		return a
	}
	best, begins := answer{text: text}, false
	if s.left--; s.left < 0 {
		return best
	}
	for i := range s.catalogue.formats {
		e := &s.catalogue.formats[i]
		for _, captures := range e.pattern.match(text) {
			a, inner := s.read(e, captures, depth)
			// A format of punctuation alone, such as "%s: %s", fits too much to count unless there is a text in it.
			if e.pattern.frame && !inner {
				continue
			}
			starts := e.pattern.first != ""
			if a.letters > best.letters || a.letters == best.letters && starts && !begins {
				best, begins = a, starts
			}
		}
	}
	s.known[q] = best
	return best
}

// read fills a format's Chinese in and says whether there was a text of the catalogue among the arguments.
func (s *search) read(e *entry, captures []string, depth int) (a answer, inner bool) {
	a.letters = e.pattern.letters
	filled := make([]string, len(captures))
	for n, capture := range captures {
		filled[n] = capture
		if depth == 0 || capture == "" || !e.pattern.open[n] {
			continue
		}
		part := s.find(capture, depth-1)
		filled[n] = part.text
		a.letters += part.letters
		inner = inner || part.letters > 0
	}
	a.text = fill(e.chinese, filled)
	return a, inner
}
