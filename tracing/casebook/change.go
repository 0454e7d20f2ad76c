package casebook

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// field is one thing that the history tells of: its name, and its value as text. "" is nothing.
type field struct{ name, value string }

// caseFields gives all of a case that can change. A history replayed gives the same.
func caseFields(c menshen.Case, loc *time.Location) []field {
	return []field{
		{"number", c.Number},
		{"person", c.Person},
		{"purpose", c.Purpose},
		{"expires", when(c.Expires, loc)},
		{"state", string(c.State)},
		{"requested_by", c.RequestedBy},
		{"decided_by", c.DecidedBy},
		{"closed_by", c.ClosedBy},
		{"onset", when(c.Onset, loc)},
		{"sampled", when(c.Sampled, loc)},
		{"isolated", when(c.Isolated, loc)},
		{"symptom_free", when(c.SymptomFree, loc)},
		{"symptoms", strings.Join(c.Symptoms, ", ")},
		{"policy", refText(c.Policy)},
		{"parent", c.Parent},
		{"judged", when(c.Judged, loc)},
	}
}

// contactFields gives all of a contact that can change.
func contactFields(c menshen.CaseContact, loc *time.Location) []field {
	return []field{
		{"person", c.Person},
		// The history is never rewritten, and a name and a phone can be erased: that there was one is all it tells.
		{"name", givenText(c.Name)},
		{"phone", givenText(c.Phone.Reveal())},
		{"source", string(c.Source)},
		{"judged", judgedText(c)},
		{"exposure", exposureText(c, loc)},
		{"note", c.Note},
		{"status", string(c.Status)},
		{"owner", c.Owner},
		{"follow", spanText(day(c.FollowFrom, loc), day(c.FollowTo, loc))},
		{"isolation", spanText(when(c.IsolatedFrom, loc), when(c.IsolatedTo, loc))},
		{"central", spansText(c.Central, loc)},
		{"said", saidText(c.Said, loc)},
		{"fixed", strings.Join(c.Fixed, " ")},
		{"merged_into", c.MergedInto},
		{"withdrawn_for", c.WithdrawnFor},
	}
}

func givenText(secret string) string {
	switch secret {
	case "":
		return ""
	case Erased:
		return "erased"
	}
	return "given"
}

func spansText(spans []menshen.Span, loc *time.Location) string {
	var out []string
	for _, s := range spans {
		out = append(out, spanText(when(s.From, loc), when(s.To, loc)))
	}
	return strings.Join(out, ", ")
}

func saidText(s menshen.Said, loc *time.Location) string {
	if s.Level == "" {
		return ""
	}
	text := fmt.Sprintf("%s, risk %s", s.Level, s.Risk)
	if !s.From.IsZero() {
		text += ", " + spanText(when(s.From, loc), when(s.To, loc))
	}
	if s.Judged {
		text += ", judged too"
	}
	return text
}

func judgedText(c menshen.CaseContact) string {
	return fmt.Sprintf("%s, generation %d, risk %s, rule %s, policy %s", c.Level, c.Generation, cmp.Or(c.Risk, "-"), cmp.Or(c.Rule, "-"), refText(c.Policy))
}

func exposureText(c menshen.CaseContact, loc *time.Location) string {
	var out strings.Builder
	if !c.First.IsZero() {
		fmt.Fprintf(&out, "first %s, counts from %s, last %s, together %s, at least %s, sureness %s", when(c.First, loc), cmp.Or(when(c.Threshold, loc), "-"),
			cmp.Or(when(c.Last, loc), "-"), c.Together, c.Least, strconv.FormatFloat(c.Sureness, 'g', -1, 64))
	}
	for _, h := range c.Path {
		fmt.Fprintf(&out, "; %s → %s %s %s %s – %s", h.From, h.To, h.Kind, cmp.Or(h.Zone, h.Gate, "-"), when(h.Span.From, loc), when(h.Span.To, loc))
	}
	return strings.TrimPrefix(out.String(), "; ")
}

func followText(f menshen.FollowUp) string {
	parts := []string{f.Source, "reached"}
	if !f.Reached {
		parts[1] = "not reached"
	}
	if f.Celsius != 0 {
		parts = append(parts, fmt.Sprintf("%.1f °C", f.Celsius))
	}
	if len(f.Symptoms) > 0 {
		parts = append(parts, "symptoms "+strings.Join(f.Symptoms, ", "))
	}
	if f.Note != "" {
		parts = append(parts, "note "+f.Note)
	}
	return strings.Join(append(parts, "by "+f.By), "; ")
}

func testText(t menshen.LabTest, loc *time.Location) string {
	return fmt.Sprintf("%s %s, sampled %s", t.Kind, t.Result, when(t.Sampled, loc))
}

func spanText(from, to string) string {
	if from == "" && to == "" {
		return ""
	}
	return cmp.Or(from, "…") + " – " + cmp.Or(to, "…")
}

// refText writes a version of a policy: nhc-9@0.
func refText(r menshen.PolicyRef) string {
	if r.ID == "" {
		return ""
	}
	return r.ID + "@" + strconv.FormatUint(r.Version, 10)
}

func when(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format(time.RFC3339Nano)
}

func day(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format(time.DateOnly)
}

// deed gathers what one act changes, each with its entry in the history.
type deed struct {
	store.CaseWrite
	act Act
	now time.Time
	loc *time.Location
}

func (b *Book) deed(a Act) *deed { return &deed{act: a, now: b.deps.Clock(), loc: b.zone()} }

// write keeps all of a deed or nothing of it, and gives people's health states to the registry.
func (b *Book) write(ctx context.Context, d *deed) error {
	if err := b.deps.Store.WriteCase(ctx, d.CaseWrite); err != nil {
		return err
	}
	if len(d.Orders) > 0 {
		b.settle(ctx)
	}
	return nil
}

func (d *deed) tell(caseID, contact, name, before, after string) {
	d.Changes = append(d.Changes, menshen.CaseChange{
		Case: caseID, Contact: contact, At: d.now, By: d.act.By, Why: d.act.Why, Field: name, Before: before, After: after,
	})
}

// tellOf tells what differs between two lists of fields, and whether anything does.
func (d *deed) tellOf(caseID, contact string, before, after []field) bool {
	differ := false
	for i := range after {
		if before[i].value != after[i].value {
			d.tell(caseID, contact, after[i].name, before[i].value, after[i].value)
			differ = true
		}
	}
	return differ
}

// putCase changes a case, or makes it where old is the zero value, unless both are the same.
func (d *deed) putCase(old, c menshen.Case) {
	if d.tellOf(c.ID, "", caseFields(old, d.loc), caseFields(c, d.loc)) {
		d.Cases = append(d.Cases, c)
	}
}

// putContact changes a contact, or makes it where old is the zero value, and reports whether they differ.
func (d *deed) putContact(old, c menshen.CaseContact) bool {
	before := contactFields(old, d.loc)
	if old.ID == "" {
		for i := range before {
			before[i].value = ""
		}
	}
	if !d.tellOf(c.Case, c.ID, before, contactFields(c, d.loc)) {
		return false
	}
	d.Contacts = append(d.Contacts, c)
	return true
}
