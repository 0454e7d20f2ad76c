package office

import (
	"context"
	"strings"

	"menshen"
	"menshen/store"
)

// PackView is a request with the name and the dwelling of the person, as lists show it.
type PackView struct {
	menshen.PackRequest
	Name     string
	Dwelling menshen.Dwelling
	Expired  bool
}

// RequestPack asks for the passes of a person, for that person. Nobody fetches them before somebody else approved it (DecidePack).
//
// CodeConflict: somebody asked already and it is not over, or the person was erased. CodeNotFound: no such person.
func (o *Office) RequestPack(ctx context.Context, person, askedBy, by string) (menshen.PackRequest, error) {
	const op = "office.pack"
	askedBy = strings.TrimSpace(askedBy)
	if askedBy == "" || by == "" {
		return menshen.PackRequest{}, menshen.Errorf(menshen.CodeInvalid, op, "asked_by: nobody asked for it").WithHint("say who asked: the person themselves, a guardian, or whoever they named")
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	p, err := o.deps.Store.Person(ctx, person)
	if err != nil {
		return menshen.PackRequest{}, err
	}
	if p.Name == menshen.NameErased {
		return menshen.PackRequest{}, menshen.Errorf(menshen.CodeConflict, op, "person: who this was is erased, so nobody can show that they are this person").
			WithHint("what is still held about them has no name, and goes when its time is over")
	}
	now := o.deps.Clock()
	all, err := gather(o.deps.Store.PackRequests(ctx, store.PackFilter{Person: p.ID}))
	if err != nil {
		return menshen.PackRequest{}, err
	}
	for _, r := range all {
		if r.Expired(now) || r.State == menshen.PackRefused || r.Fetched >= menshen.PackFetches {
			continue
		}
		if r.State == menshen.PackApproved {
			return menshen.PackRequest{}, menshen.Errorf(menshen.CodeConflict, op, "the passes of this person can be fetched already").WithHint("fetch them with request %s", r.ID)
		}
		return menshen.PackRequest{}, menshen.Errorf(menshen.CodeConflict, op, "%s asked for the passes of this person already", r.RequestedBy).WithHint("wait for a second person's decision")
	}
	r := menshen.PackRequest{
		ID: menshen.NewID(), Person: p.ID, AskedBy: askedBy, State: menshen.PackRequested, RequestedBy: by, Requested: now, Expires: now.Add(menshen.PackWaits),
	}
	return r, o.deps.Store.AddPackRequest(ctx, r)
}

// DecidePack approves a request or refuses it; who asked for it cannot. Once approved it can be fetched for menshen.PackLasts.
//
// CodeDenied for who asked for it, CodeConflict for one that was decided, or of which nothing comes any more.
func (o *Office) DecidePack(ctx context.Context, id string, approve bool, why, by string) (menshen.PackRequest, error) {
	const op = "office.decide_pack"
	why = strings.TrimSpace(why)
	if why == "" || by == "" {
		return menshen.PackRequest{}, menshen.Errorf(menshen.CodeInvalid, op, "why: nothing is decided without a reason").WithHint("say why, for the record")
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	old, err := o.deps.Store.PackRequest(ctx, id)
	if err != nil {
		return old, err
	}
	now := o.deps.Clock()
	switch {
	case old.State != menshen.PackRequested:
		return old, menshen.Errorf(menshen.CodeConflict, op, "this request was decided already, by %s", old.DecidedBy).WithHint("look at the request again")
	case by == old.RequestedBy:
		return old, menshen.Errorf(menshen.CodeDenied, op, "who asks for a person's passes cannot approve it").WithHint("a second person must decide")
	case approve && old.Expired(now):
		return old, menshen.Errorf(menshen.CodeConflict, op, "this request is too old to be approved").WithHint("have the office ask for it again")
	}
	r := old
	r.State, r.DecidedBy, r.Decided, r.Why, r.Expires = menshen.PackRefused, by, now, why, now
	if approve {
		r.State, r.Expires = menshen.PackApproved, now.Add(menshen.PackLasts)
	}
	return r, o.deps.Store.ChangePackRequest(ctx, old, r)
}

// TakePack counts that the passes of a person are fetched by an approved request, before they are: CodeDenied where they may not be.
func (o *Office) TakePack(ctx context.Context, id, person string) (menshen.PackRequest, error) {
	o.writing.Lock()
	defer o.writing.Unlock()
	old, err := o.deps.Store.PackRequest(ctx, id)
	if err == nil {
		err = o.fetchable(old, person)
	}
	if err != nil {
		return menshen.PackRequest{}, err
	}
	r := old
	r.Fetched++
	return r, o.deps.Store.ChangePackRequest(ctx, old, r)
}

// fetchable refuses the passes of a person by a request that does not give them.
func (o *Office) fetchable(r menshen.PackRequest, person string) error {
	const op = "office.take_pack"
	switch {
	case r.Person != person:
		return menshen.Errorf(menshen.CodeDenied, op, "this request is about somebody else").WithHint("name the request of this person: menshen pack list")
	case r.State == menshen.PackRequested:
		return menshen.Errorf(menshen.CodeDenied, op, "this request waits for the approval of a second person").WithHint("somebody other than %s must approve it first", r.RequestedBy)
	case r.State == menshen.PackRefused:
		return menshen.Errorf(menshen.CodeDenied, op, "this request was not approved").WithHint("ask for it again, with what %s needs to approve it", r.DecidedBy)
	case r.State != menshen.PackApproved || r.DecidedBy == "" || r.DecidedBy == r.RequestedBy:
		return menshen.Errorf(menshen.CodeDenied, op, "this request was not approved by a second person").WithHint("somebody other than %s must approve it first", r.RequestedBy)
	case r.Expired(o.deps.Clock()):
		return menshen.Errorf(menshen.CodeDenied, op, "the approval expired at %s", r.Expires.In(o.zone()).Format("2006-01-02 15:04")).WithHint("ask for it again")
	case r.Fetched >= menshen.PackFetches:
		return menshen.Errorf(menshen.CodeDenied, op, "the passes were fetched %d times by this request, and that is all that it gives", r.Fetched).WithHint("ask for it again")
	}
	return nil
}

// PackRequests gives requests with who they are about, the latest first.
func (o *Office) PackRequests(ctx context.Context, f store.PackFilter) ([]PackView, error) {
	all, err := gather(o.deps.Store.PackRequests(ctx, f))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.Person
	}
	people, err := o.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := o.deps.Clock()
	views := make([]PackView, len(all))
	for i, r := range all {
		p := people[r.Person]
		views[i] = PackView{PackRequest: r, Name: p.Name, Dwelling: p.Dwelling, Expired: r.Expired(now)}
	}
	return views, nil
}

// PackRequest gives a request with who it is about, or CodeNotFound.
func (o *Office) PackRequest(ctx context.Context, id string) (PackView, error) {
	r, err := o.deps.Store.PackRequest(ctx, id)
	if err != nil {
		return PackView{}, err
	}
	people, err := o.deps.Store.PeopleByID(ctx, []string{r.Person})
	p := people[r.Person]
	return PackView{PackRequest: r, Name: p.Name, Dwelling: p.Dwelling, Expired: r.Expired(o.deps.Clock())}, err
}
