package door

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"menshen"
)

// Placeholders of a template.
const (
	fieldGate      = "gate"
	fieldDirection = "direction"
	fieldHold      = "hold_ms"
	fieldAction    = "action"
)

const placeholders = "{gate}, {direction}, {hold_ms} and {action}"

// Template is a text with places for what a command says: {gate}, {direction}, {hold_ms} and {action}.
type Template struct {
	parts []part
}

// part is a piece of text, or the name of a field.
type part struct {
	text  string
	field bool
}

// ParseTemplate reads the template of an address, where braces stand for placeholders only: an unknown or open one is
// CodeInvalid.
func ParseTemplate(s string) (Template, error) {
	const op = "door.template"
	t := ParseBody(s)
	for _, p := range t.parts {
		if p.field || !strings.ContainsAny(p.text, "{}") {
			continue
		}
		return Template{}, menshen.Errorf(menshen.CodeInvalid, op, "the address of the door's relay has braces that are no placeholder").
			WithHint("use %s, and write other braces as %%7B and %%7D", placeholders)
	}
	return t, nil
}

// ParseBody reads the template of a body, where all braces but those of the placeholders stand for themselves, as in
// JSON.
func ParseBody(s string) Template {
	var t Template
	from := 0
	for at := 0; at < len(s); at++ {
		name := placeholder(s[at:])
		if name == "" {
			continue
		}
		if at > from {
			t.parts = append(t.parts, part{text: s[from:at]})
		}
		t.parts = append(t.parts, part{text: name, field: true})
		from = at + len(name) + 2
		at = from - 1
	}
	if from < len(s) {
		t.parts = append(t.parts, part{text: s[from:]})
	}
	return t
}

// placeholder gives the field whose placeholder s begins with, "" for none.
func placeholder(s string) string {
	for _, name := range []string{fieldGate, fieldDirection, fieldHold, fieldAction} {
		if strings.HasPrefix(s, "{"+name+"}") {
			return name
		}
	}
	return ""
}

// Has reports whether the template has a place for a field, e.g. "action".
func (t Template) Has(field string) bool {
	return slices.ContainsFunc(t.parts, func(p part) bool { return p.field && p.text == field })
}

// Expand fills a command in, each value passed through escape.
func (t Template) Expand(cmd menshen.DoorCommand, escape func(string) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case !p.field:
			b.WriteString(p.text)
		case p.text == fieldGate:
			b.WriteString(escape(cmd.Gate))
		case p.text == fieldDirection:
			b.WriteString(escape(string(cmd.Direction)))
		case p.text == fieldAction:
			b.WriteString(escape(string(cmd.Do())))
		default:
			b.WriteString(escape(strconv.FormatInt(cmd.Hold.Milliseconds(), 10)))
		}
	}
	return b.String()
}

// EscapeURL makes a value safe in the path and the query of an address: all but letters, digits and -_.~ is encoded.
func EscapeURL(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// EscapeJSON makes a value safe inside a JSON string.
func EscapeJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string always has a JSON form
		return ""
	}
	return string(b[1 : len(b)-1])
}
