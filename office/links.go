package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"menshen"
	"menshen/store"
)

// Purposes of links.
const (
	LinkForm  = "form"
	LinkVisit = "visit"
)

// byLink is who did something through a link to a form; through a link to a visit it is byHost.
const (
	byLink = "link"
	byHost = "host"
)

// LinkRequest asks for a link without an account.
type LinkRequest struct {
	Purpose string        // LinkForm or LinkVisit
	Subject string        // id of the form or the visit
	Person  string        // id or name of who fills the form in; of a visit the host is taken
	For     time.Duration // how long it is good: Config.LinkTime if 0, at most Config.LinkLimit
}

// Link is a link that was made. Only the hash of the token is kept: it cannot be shown again.
type Link struct {
	Token   string // 43 characters of A–Z, a–z, 0–9, - and _; a secret
	Expires time.Time
}

// Opened is what a link shows. Who opens it is not known, so it names the person by their first character alone.
type Opened struct {
	Purpose string
	Name    string        // masked, e.g. 王*: who fills the form in, or the host
	Form    *menshen.Form // for LinkForm
	Visit   *VisitNotice  // for LinkVisit
	Expires time.Time
}

// VisitNotice is what a host is told of a visit.
type VisitNotice struct {
	Visitor string // name
	Reason  string
	From    string // where they come from
	menshen.Span
	State menshen.VisitState
}

// CreateLink makes a link without an account: to fill in a form once, or to answer a visit.
func (o *Office) CreateLink(ctx context.Context, r LinkRequest) (Link, error) {
	const op = "office.link"
	if r.For == 0 {
		r.For = o.cfg.LinkTime
	}
	if r.For < time.Minute || r.For > o.cfg.LinkLimit {
		return Link{}, menshen.Errorf(menshen.CodeInvalid, op, "a link for %v is out of range", r.For).WithHint("use 1m to %v", o.cfg.LinkLimit)
	}
	var person string
	switch r.Purpose {
	case LinkForm:
		p, err := o.active(ctx, r.Person)
		if err != nil {
			return Link{}, err
		}
		if _, err := o.Form(ctx, r.Subject, 0); err != nil {
			return Link{}, err
		}
		person = p.ID
	case LinkVisit:
		v, err := o.deps.Store.Visit(ctx, r.Subject)
		if err != nil {
			return Link{}, err
		}
		if v.State != menshen.VisitAsked {
			return Link{}, answered(v)
		}
		person = v.Host
	default:
		return Link{}, menshen.Errorf(menshen.CodeInvalid, op, "the purpose %q of a link is unknown", r.Purpose).WithHint("use form or visit")
	}
	token := make([]byte, 32)
	if _, err := rand.Read(token); err != nil {
		return Link{}, menshen.Errorf(menshen.CodeInternal, op, "no random number could be had").WithCause(err)
	}
	link := Link{Token: base64.RawURLEncoding.EncodeToString(token), Expires: o.deps.Clock().Add(r.For)}
	return link, o.deps.Store.AddLink(ctx, store.Link{
		Hash: hashOf(link.Token), Purpose: r.Purpose, Subject: r.Subject, Person: person, Expires: link.Expires,
	})
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// link gives a link that is still good. Unknown and expired ones give the same error: who guesses learns nothing.
func (o *Office) link(ctx context.Context, token, purpose string) (store.Link, error) {
	const op = "office.link"
	gone := func() error {
		return menshen.Errorf(menshen.CodeNotFound, op, "this link is not good, or no longer").WithHint("ask the property office for a new one")
	}
	if len(token) != 43 {
		return store.Link{}, gone()
	}
	l, err := o.deps.Store.Link(ctx, hashOf(token))
	switch {
	case menshen.ErrorCode(err) == menshen.CodeNotFound:
		return store.Link{}, gone()
	case err != nil:
		return store.Link{}, err
	case !o.deps.Clock().Before(l.Expires), purpose != "" && l.Purpose != purpose:
		return store.Link{}, gone()
	case !l.Used.IsZero():
		return store.Link{}, menshen.Errorf(menshen.CodeConflict, op, "this link was used already").WithHint("ask the property office for a new one")
	}
	return l, nil
}

// use uses a link up, right before the write that it was for: should that fail, the link is gone rather than good twice.
func (o *Office) use(ctx context.Context, hash []byte) error {
	if hash == nil {
		return nil
	}
	return o.deps.Store.UseLink(ctx, hash, o.deps.Clock())
}

// Open gives what a link shows. CodeNotFound for one that is unknown or expired, CodeConflict for one that was used.
func (o *Office) Open(ctx context.Context, token string) (Opened, error) {
	l, err := o.link(ctx, token, "")
	if err != nil {
		return Opened{}, err
	}
	p, err := o.deps.Store.Person(ctx, l.Person)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Purpose: l.Purpose, Name: mask(p.Name), Expires: l.Expires}
	if l.Purpose == LinkForm {
		f, err := o.Form(ctx, l.Subject, 0)
		out.Form = &f
		return out, err
	}
	v, err := o.deps.Store.Visit(ctx, l.Subject)
	if err != nil {
		return Opened{}, err
	}
	visitor, err := o.deps.Store.Person(ctx, v.Person)
	out.Visit = &VisitNotice{Visitor: visitor.Name, Reason: v.Reason, From: v.From, Span: v.Span, State: v.State}
	return out, err
}

// mask shows the first character of a name alone: 王*.
func mask(name string) string {
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if n == 0 {
		return "*"
	}
	return string(r) + "*"
}

// Submit fills in the form of a link, once. A wrong answer does not use the link up.
func (o *Office) Submit(ctx context.Context, token string, answers map[string]string) (Submission, error) {
	l, err := o.link(ctx, token, LinkForm)
	if err != nil {
		return Submission{}, err
	}
	p, err := o.deps.Store.Person(ctx, l.Person)
	if err != nil {
		return Submission{}, err
	}
	f, err := o.Form(ctx, l.Subject, 0)
	if err != nil {
		return Submission{}, err
	}
	return o.submit(ctx, f, p, answers, byLink, l.Hash)
}

// AnswerByLink answers a visit in the host's name.
func (o *Office) AnswerByLink(ctx context.Context, token string, confirm bool) (VisitAnswered, error) {
	l, err := o.link(ctx, token, LinkVisit)
	if err != nil {
		return VisitAnswered{}, err
	}
	return o.answer(ctx, l.Subject, confirm, nil, byHost, l.Hash)
}
