package web

import (
	"context"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
)

// desk is what the services of the office share: who is meant, what is recorded, what time it is.
type desk struct {
	registry registry
	recorder recorder
	now      func() time.Time
}

// subject finds the person of an id or name and records the question about them. What finding tells (that nobody, or
// that several bear a name) is an answer too, so it is recorded as well before it is given.
func (d desk) subject(ctx context.Context, action, asked string, detail map[string]any) (Registered, error) {
	asked, err := readLine("person", asked)
	if err != nil {
		return Registered{}, err
	}
	if asked == "" {
		return Registered{}, menshen.Errorf(menshen.CodeInvalid, "web.subject", "person: it is empty").WithHint("name the person by id, or by a name that nobody else bears")
	}
	person, lookup := d.registry.resolve(ctx, asked)
	id := person.ID
	if lookup != nil {
		id = asked
	}
	all := map[string]any{"asked": asked}
	maps.Copy(all, detail)
	if err := d.recorder.record(ctx, action, id, "", all); err != nil {
		return Registered{}, err
	}
	return person, lookup
}

// perhaps is subject where nobody need be named.
func (d desk) perhaps(ctx context.Context, action, asked string, detail map[string]any) (string, error) {
	if strings.TrimSpace(asked) == "" {
		return "", d.recorder.record(ctx, action, "", "", detail)
	}
	person, err := d.subject(ctx, action, asked, detail)
	return person.ID, err
}

const (
	maxLine = 200  // characters of a field that is one line
	maxNote = 1000 // characters of a field that people write sentences in
)

// readLine trims a field of one line and refuses what is too long or not text.
func readLine(field, s string) (string, error) { return readText(field, s, maxLine) }

// readNote is readLine for sentences.
func readNote(field, s string) (string, error) { return readText(field, s, maxNote) }

func readText(field, s string, most int) (string, error) {
	s = strings.TrimSpace(s)
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return "", menshen.Errorf(menshen.CodeInvalid, "web.text", "%s: it is too long, or no text", field).WithHint("use UTF-8 and at most %d characters", most)
	}
	return s, nil
}

// readID reads a field that must name something by its id.
func readID(field, s string) (string, error) {
	s, err := readLine(field, s)
	if err == nil && s == "" {
		err = menshen.Errorf(menshen.CodeInvalid, "web.text", "%s: it is empty", field).WithHint("give the id, as the list shows it")
	}
	return s, err
}

// readOwnID reads an id that the caller chose, so that the same request once more is known again; "" for none.
func readOwnID(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	id, err := uuid.Parse(s)
	if err != nil || id.String() != s {
		return "", menshen.Errorf(menshen.CodeInvalid, "web.text", "id: it is no UUID").WithHint("choose one at random, 36 lower-case characters, or leave it out")
	}
	return s, nil
}

// readReason reads why something is done; without a reason it is not.
func readReason(s string) (string, error) {
	s, err := readNote("reason", s)
	if err == nil && s == "" {
		err = menshen.Errorf(menshen.CodeInvalid, "web.text", "reason: it is empty, and this is kept with its reason").WithHint("say why, with --reason")
	}
	return s, err
}

// readTime reads a time; absent is the zero time.
func readTime(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil {
		return time.Time{}, nil
	}
	v := t.AsTime()
	if err := t.CheckValid(); err != nil || v.Year() < 2000 || v.Year() > 2200 {
		return time.Time{}, menshen.Errorf(menshen.CodeInvalid, "web.time", "%s: it is no time", field).WithHint("write it like 2026-03-01T08:00:00+08:00").WithCause(err)
	}
	return v, nil
}

// readFile checks a table that was sent, before it is opened.
func readFile(name string, data []byte) (string, error) {
	const op = "web.file"
	name, err := readLine("name", name)
	switch lower := strings.ToLower(name); {
	case err != nil:
		return "", err
	case !strings.HasSuffix(lower, ".csv") && !strings.HasSuffix(lower, ".xlsx"):
		return "", menshen.Errorf(menshen.CodeInvalid, op, "name: %q is neither .csv nor .xlsx", name).WithHint("save the table as CSV or XLSX")
	case len(data) == 0:
		return "", menshen.Errorf(menshen.CodeInvalid, op, "data: the table is empty").WithHint("send the bytes of a CSV or XLSX file")
	case len(data) > maxTableBytes:
		return "", menshen.Errorf(menshen.CodeInvalid, op, "data: the table has %d bytes", len(data)).WithHint("a table has at most %d MB; split it", maxTableBytes>>20)
	}
	return name, nil
}

// count turns a number of things into its form on the wire.
func count(n int) uint32 { return uint32(min(max(n, 0), 1<<31)) }
