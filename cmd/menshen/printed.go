package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"time"

	"menshen"
)

//go:embed printed.html
var printedPage string

// printed is a report in both languages: a page to print, and the same for programs.
type printed struct {
	Title    menshen.Text     `json:"title"`
	Made     time.Time        `json:"made"`
	By       string           `json:"by"` // which Menshen, at which site
	Sections []printedSection `json:"sections"`
}

type printedSection struct {
	ID      string         `json:"id"`
	Title   menshen.Text   `json:"title"`
	Notes   []menshen.Text `json:"notes,omitempty"`
	Columns []menshen.Text `json:"columns,omitempty"`
	Rows    [][]string     `json:"rows,omitempty"`

	Pictures []template.URL `json:"-"` // files of the pack
}

func (p *printed) add(id string, title menshen.Text, columns ...menshen.Text) *printedSection {
	p.Sections = append(p.Sections, printedSection{ID: id, Title: title, Columns: columns})
	return &p.Sections[len(p.Sections)-1]
}

func (s *printedSection) row(cells ...string) { s.Rows = append(s.Rows, cells) }

func (s *printedSection) note(zh, en string) { s.Notes = append(s.Notes, menshen.Text{ZH: zh, EN: en}) }

// both gives a text in both languages for one cell.
func both(t menshen.Text) string {
	if t.ZH == t.EN {
		return t.ZH
	}
	return t.ZH + " · " + t.EN
}

// render gives the page and the file for programs.
func (p printed) render() (html, text []byte, err error) {
	failed := func(cause error) error {
		return menshen.Errorf(menshen.CodeInternal, "cmd.print", "the report cannot be made").WithCause(cause)
	}
	page, err := template.New("printed").Parse(printedPage)
	if err != nil {
		return nil, nil, failed(err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		return nil, nil, failed(err)
	}
	if text, err = json.MarshalIndent(p, "", "  "); err != nil {
		return nil, nil, failed(err)
	}
	return b.Bytes(), text, nil
}
