package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// PermitStatus says whether a permit is good.
type PermitStatus string

const (
	PermitValid   PermitStatus = "valid"
	PermitNotYet  PermitStatus = "not_yet"
	PermitExpired PermitStatus = "expired"
	PermitRevoked PermitStatus = "revoked"
)

// StatusOf tells whether a permit is good at a time, its hours and weekdays aside.
func StatusOf(p menshen.Permit, now time.Time) PermitStatus {
	switch {
	case !p.Revoked.IsZero() && !p.Revoked.After(now):
		return PermitRevoked
	case p.From.After(now):
		return PermitNotYet
	case !p.To.IsZero() && !p.To.After(now):
		return PermitExpired
	}
	return PermitValid
}

// PermitView is a permit as lists show it.
type PermitView struct {
	menshen.Permit
	Name     string // of the holder
	Dwelling menshen.Dwelling
	Status   PermitStatus
}

// PermitQuery selects permits; zero fields select all.
type PermitQuery struct {
	Person string // id or name
	Kind   menshen.PermitKind
	Valid  bool         // only those that are valid now
	Status PermitStatus // only those; all if ""
	Among  *PermitSearch
	Limit  int // 1 … 10000; 100 if 0
}

// PermitSearch selects permits by what somebody typed: of these holders, or with this in the plate.
type PermitSearch struct {
	Holders map[string]bool // ids
	Plate   string          // part of it, in capitals; no plate if ""
}

// finds reports whether a permit is looked for. A nil search finds all.
func (s *PermitSearch) finds(p *menshen.Permit) bool {
	return s == nil || s.Holders[p.Person] || s.Plate != "" && strings.Contains(p.Plate, s.Plate)
}

// IssuePermit issues a permit. Person is an id or a name; From is now if zero; ID, Issued and what belongs to renewing and
// revoking are filled in here.
//
// CodeNotFound: no such person, or a gate that the site has not. CodeConflict: the holder is not active, their health
// state or household does not allow the kind, or a permit of the kind overlaps (of a vehicle: for its plate); the hint says
// what to do. CodeInvalid: the permit itself is not right, or is one of a visitor, which only a visit issues.
func (o *Office) IssuePermit(ctx context.Context, p menshen.Permit, by string) (menshen.Permit, error) {
	if p.Kind == menshen.PermitVisitor {
		return menshen.Permit{}, menshen.Errorf(menshen.CodeInvalid, "office.permit", "a visitor permit is issued through a visit alone").
			WithHint("register the visit; the permit follows when the host confirms it")
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	holder, err := o.active(ctx, p.Person)
	if err != nil {
		return menshen.Permit{}, err
	}
	now := o.deps.Clock()
	p.Person = holder.ID
	p.ID, p.Issued, p.IssuedBy, p.Visit, p.Renews = menshen.NewID(), now, by, "", ""
	p.Revoked, p.RevokedBy, p.RevokedFor = time.Time{}, "", ""
	if p.From.IsZero() {
		p.From = now
	}
	p.Plate = strings.ToUpper(strings.Join(strings.Fields(p.Plate), ""))
	if err := o.checkPermit(ctx, p, holder, now, ""); err != nil {
		return menshen.Permit{}, err
	}
	return p, o.deps.Store.AddPermit(ctx, p)
}

// checkPermit checks whether a permit may be issued; but is the id of the permit that it takes the place of.
func (o *Office) checkPermit(ctx context.Context, p menshen.Permit, holder menshen.Person, now time.Time, but string) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if !p.To.IsZero() && !p.To.After(now) {
		return menshen.Errorf(menshen.CodeInvalid, "office.permit", "the permit would be over already").WithHint("give an end in the future")
	}
	if err := o.checkGates(p.Gates); err != nil {
		return err
	}
	if err := o.checkKind(ctx, p.Kind, holder, now); err != nil {
		return err
	}
	return o.checkOverlap(ctx, p, but)
}

// checkOverlap refuses a second permit of the kind for the same time.
func (o *Office) checkOverlap(ctx context.Context, p menshen.Permit, but string) error {
	others, err := o.permitsOf(ctx, p.Person, p.Kind)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID == but || !other.Revoked.IsZero() || other.Plate != p.Plate || !overlap(other.Span, p.Span) {
			continue
		}
		return menshen.Errorf(menshen.CodeConflict, "office.permit", "permit %s of the same kind is valid from %s to %s", other.ID,
			o.day(other.From), o.day(other.To)).WithHint("renew or revoke that permit, or give a time beside it")
	}
	return nil
}

// overlap reports whether two spans of validity have a moment in common; a zero end is without end.
func overlap(a, b menshen.Span) bool {
	return (b.To.IsZero() || a.From.Before(b.To)) && (a.To.IsZero() || b.From.Before(a.To))
}

// day gives a time as people at the site read it; "…" for the zero time.
func (o *Office) day(t time.Time) string {
	if t.IsZero() {
		return "…"
	}
	return t.In(o.zone()).Format("2006-01-02 15:04")
}

// zone is the time zone of the site.
func (o *Office) zone() *time.Location {
	if l := o.deps.Site().Location; l != nil {
		return l
	}
	return time.UTC
}

// permitsOf gives the permits of a person, latest issued first. "" is of every kind.
func (o *Office) permitsOf(ctx context.Context, person string, kind menshen.PermitKind) ([]menshen.Permit, error) {
	return gather(o.deps.Store.Permits(ctx, store.PermitFilter{Person: person, Kind: kind}))
}

// RenewPermit ends a permit and issues the same one from now (or from its beginning, if that is to come) until to; zero is
// without end. What holds for issuing holds here. CodeConflict for one that was revoked; a visitor's cannot be renewed.
func (o *Office) RenewPermit(ctx context.Context, id string, to time.Time, by string) (menshen.Permit, error) {
	const op = "office.permit"
	o.writing.Lock()
	defer o.writing.Unlock()
	old, err := o.deps.Store.Permit(ctx, id)
	if err != nil {
		return menshen.Permit{}, err
	}
	now := o.deps.Clock()
	switch {
	case old.Kind == menshen.PermitVisitor:
		return menshen.Permit{}, menshen.Errorf(menshen.CodeInvalid, op, "a visitor permit cannot be renewed").WithHint("register another visit")
	case !old.Revoked.IsZero():
		return menshen.Permit{}, menshen.Errorf(menshen.CodeConflict, op, "permit %s was revoked already", id).WithHint("issue a new permit")
	}
	holder, err := o.active(ctx, old.Person)
	if err != nil {
		return menshen.Permit{}, err
	}
	next := old
	next.Gates = slices.Clone(old.Gates)
	next.ID, next.Renews, next.Issued, next.IssuedBy = menshen.NewID(), old.ID, now, by
	next.To = to
	if old.From.Before(now) {
		next.From = now
	}
	if err := o.checkPermit(ctx, next, holder, now, old.ID); err != nil {
		return menshen.Permit{}, err
	}
	old.Revoked, old.RevokedBy, old.RevokedFor = now, by, "renewed"
	return next, o.deps.Store.ReplacePermit(ctx, old, next)
}

// RevokePermit revokes a permit; a reason is needed. CodeNotFound, or CodeConflict for one that was revoked already.
func (o *Office) RevokePermit(ctx context.Context, id, reason, by string) (menshen.Permit, error) {
	const op = "office.permit"
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return menshen.Permit{}, menshen.Errorf(menshen.CodeInvalid, op, "a permit is not revoked without a reason").WithHint("say why, for the holder and the record")
	}
	if err := checkText(op, reason); err != nil {
		return menshen.Permit{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	return o.deps.Store.RevokePermit(ctx, id, o.deps.Clock(), by, reason)
}

// Permits lists permits, latest issued first.
func (o *Office) Permits(ctx context.Context, q PermitQuery) ([]PermitView, error) {
	limit, err := bounded(q.Limit)
	if err != nil {
		return nil, err
	}
	if q.Kind != "" && !q.Kind.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "office.permit", "the kind of permit %q is unknown", q.Kind).
			WithHint("use resident, returnee, temporary, visitor, worker or vehicle")
	}
	now := o.deps.Clock()
	f := store.PermitFilter{Kind: q.Kind}
	if q.Status == "" && q.Among == nil {
		f.Latest = limit
	}
	if q.Person != "" {
		p, err := o.Person(ctx, q.Person)
		if err != nil {
			return nil, err
		}
		f.Person = p.ID
	}
	if q.Valid || q.Status == PermitValid {
		f.ValidAt = now
	}
	permits, err := gather(o.deps.Store.Permits(ctx, f))
	if err != nil {
		return nil, err
	}
	permits = slices.DeleteFunc(permits, func(p menshen.Permit) bool {
		return q.Status != "" && StatusOf(p, now) != q.Status || !q.Among.finds(&p)
	})
	return o.viewPermits(ctx, permits[:min(len(permits), limit)], now)
}

func (o *Office) viewPermits(ctx context.Context, permits []menshen.Permit, now time.Time) ([]PermitView, error) {
	ids := make([]string, len(permits))
	for i, p := range permits {
		ids[i] = p.Person
	}
	people, err := o.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []PermitView
	for _, p := range permits {
		holder := people[p.Person]
		out = append(out, PermitView{Permit: p, Name: holder.Name, Dwelling: holder.Dwelling, Status: StatusOf(p, now)})
	}
	return out, nil
}
