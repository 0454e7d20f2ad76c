package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"menshen"
)

// Revision tells one state of a record from another: whoever changes a record says which one they saw.
type Revision string

func revisionOf(fields ...any) Revision {
	text, err := json.Marshal(fields)
	if err != nil {
		return "" // plain values: it cannot be
	}
	sum := sha256.Sum256(text)
	return Revision(hex.EncodeToString(sum[:12]))
}

// RevisionOf gives that of a person with particulars.
func RevisionOf(p menshen.Person, with menshen.Particulars) Revision {
	return revisionOf(p.ID, p.Name, p.Dwelling, p.State, with.Phone, with.Document.Kind, with.Document.Number.Reveal(), with.Role, with.Guardian, with.Born.Format(time.DateOnly), with.Language)
}

// RevisionOfHousehold gives that of a household.
func RevisionOfHousehold(h menshen.Household) Revision {
	return revisionOf(h.ID, h.Dwelling, h.Language, h.Note, h.Shared)
}

// checkRevision refuses a change of a person who is not any more as whoever changes them saw. The lock must be held.
func (o *Office) checkRevision(ctx context.Context, id string, seen Revision) error {
	if seen == "" || id == "" {
		return nil
	}
	p, err := o.deps.Store.Person(ctx, id)
	if err != nil {
		return err
	}
	with, err := o.deps.Store.Particulars(ctx, id)
	if err != nil {
		return err
	}
	if RevisionOf(p, with) != seen {
		return menshen.Errorf(menshen.CodeConflict, "office.revision", "somebody else has changed %s meanwhile", p.Name).
			WithHint("look at what they wrote, then save yours on top of it")
	}
	return nil
}
