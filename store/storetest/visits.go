package storetest

import (
	"bytes"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func visits(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	visitor, known := samplePerson("p-v", "来访者", ""), menshen.Particulars{Phone: "13800001111"}
	a, b, c := sampleVisit("v-a", "p-v", 1), sampleVisit("v-b", "p-w", 3), sampleVisit("v-c", "p-v", 2)
	c.Host = "p-2"
	must(t, s.AddVisit(ctx, a, visitor, known, nil))
	must(t, s.AddVisit(ctx, b, samplePerson("p-w", "W", ""), menshen.Particulars{}, nil))
	must(t, s.AddVisit(ctx, c, visitor, known, nil)) // again: no second person
	p, err := s.Person(ctx, "p-v")
	must(t, err)
	wantEqual(t, p, visitor)
	wantEqual(t, len(MustCollect(t, s.Temperatures(ctx, store.TemperatureFilter{Person: "p-v"}))), 0)
	reading := menshen.Temperature{ID: "t-d", Person: "p-v", At: hour(0), Celsius: 36.5, Source: menshen.TemperatureGuard, Gate: "east-1", By: "guard"}
	d := sampleVisit("v-d", "p-v", 0)
	must(t, s.AddVisit(ctx, d, visitor, known, &reading))
	wantEqual(t, MustCollect(t, s.Temperatures(ctx, store.TemperatureFilter{Person: "p-v"})), []menshen.Temperature{reading})
	health, err := s.Health(ctx, "p-v")
	must(t, err)
	wantEqual(t, health.Celsius, 36.5)
	kept, err := s.Particulars(ctx, "p-v")
	must(t, err)
	wantEqual(t, kept, known)

	permit := Permit("e-1", "p-v", 1)
	permit.Kind, permit.Visit = menshen.PermitVisitor, "v-a"
	a.State, a.Permit, a.Answered, a.AnsweredBy, a.Entered, a.Left = menshen.VisitLeft, "e-1", hour(2), "host", hour(3), hour(4)
	must(t, s.ChangeVisit(ctx, a, &permit))
	got, err := s.Visit(ctx, "v-a")
	must(t, err)
	wantEqual(t, got, a)
	gotPermit, err := s.Permit(ctx, "e-1")
	must(t, err)
	wantEqual(t, gotPermit, permit)
	for name, x := range map[string]struct {
		filter store.VisitFilter
		want   []menshen.Visit
	}{
		"all":    {store.VisitFilter{}, []menshen.Visit{b, c, a, d}},
		"state":  {store.VisitFilter{State: menshen.VisitAsked}, []menshen.Visit{b, c, d}},
		"person": {store.VisitFilter{Person: "p-v"}, []menshen.Visit{c, a, d}},
		"permit": {store.VisitFilter{Permit: "e-1"}, []menshen.Visit{a}},
		"host":   {store.VisitFilter{Host: "p-2"}, []menshen.Visit{c}},
		"span":   {store.VisitFilter{Span: menshen.Span{From: hour(1), To: hour(3)}}, []menshen.Visit{c, a}},
		"latest": {store.VisitFilter{Latest: 1}, []menshen.Visit{b}},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.Visits(ctx, x.filter)), x.want) })
	}
	_, err = s.Visit(ctx, "v-9")
	wantCode(t, err, menshen.CodeNotFound)
}

func visitsAreAtomic(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddVisit(ctx, sampleVisit("v-1", "p-v", 1), samplePerson("p-v", "V", ""), menshen.Particulars{}, nil))
	before := latest(t, s)
	wantCode(t, s.AddVisit(ctx, sampleVisit("v-1", "p-x", 1), samplePerson("p-x", "X", ""), menshen.Particulars{}, nil), menshen.CodeConflict)
	wantCode(t, s.AddVisit(ctx, sampleVisit("v-2", "p-x", 1), samplePerson("p-y", "X", ""), menshen.Particulars{}, nil), menshen.CodeInvalid)
	hot := sampleVisit("v-2", "p-x", 1)
	hot.Origin = math.NaN()
	wantCode(t, s.AddVisit(ctx, hot, samplePerson("p-x", "X", ""), menshen.Particulars{}, nil), menshen.CodeInvalid)
	lost := sampleVisit("v-2", "p-x", 1)
	lost.State = "lost"
	wantCode(t, s.AddVisit(ctx, lost, samplePerson("p-x", "X", ""), menshen.Particulars{}, nil), menshen.CodeInvalid)
	hotter := menshen.Temperature{ID: "t-1", Person: "p-x", At: hour(1), Celsius: 50, Source: menshen.TemperatureGuard}
	wantCode(t, s.AddVisit(ctx, sampleVisit("v-2", "p-x", 1), samplePerson("p-x", "X", ""), menshen.Particulars{}, &hotter), menshen.CodeInvalid)
	hotter.Celsius, hotter.Person = 36, "p-v"
	wantCode(t, s.AddVisit(ctx, sampleVisit("v-2", "p-x", 1), samplePerson("p-x", "X", ""), menshen.Particulars{}, &hotter), menshen.CodeInvalid)
	_, err := s.Person(ctx, "p-x")
	wantCode(t, err, menshen.CodeNotFound)

	inside := sampleVisit("v-1", "p-v", 1)
	inside.State = menshen.VisitInside
	bad := Permit("e-1", "p-9", 1)
	wantCode(t, s.ChangeVisit(ctx, inside, &bad), menshen.CodeNotFound)
	got, err := s.Visit(ctx, "v-1")
	must(t, err)
	wantEqual(t, got.State, menshen.VisitAsked)
	good := Permit("e-1", "p-v", 1)
	inside.ID = "v-9"
	wantCode(t, s.ChangeVisit(ctx, inside, &good), menshen.CodeNotFound)
	_, err = s.Permit(ctx, "e-1")
	wantCode(t, err, menshen.CodeNotFound)
	wantEqual(t, latest(t, s), before)
}

func visitsEnd(t *testing.T, s Store) {
	ctx := t.Context()
	v := sampleVisit("v-1", "p-v", 1)
	must(t, s.AddVisit(ctx, v, samplePerson("p-v", "V", ""), menshen.Particulars{}, nil))
	permit := Permit("e-1", "p-v", 1)
	v.State, v.Permit = menshen.VisitInside, "e-1"
	must(t, s.ChangeVisit(ctx, v, &permit))
	over := v
	over.State, over.Left, over.Permit = menshen.VisitLeft, hour(3), "e-9"
	must(t, s.EndVisit(ctx, over, hour(3), "guard", "over")) // the permit went before because of its age
	got, err := s.Visit(ctx, "v-1")
	must(t, err)
	wantEqual(t, got, over)
	over.Permit = "e-1"
	for range 2 { // again: the permit is revoked as before
		must(t, s.EndVisit(ctx, over, hour(3), "guard", "over"))
	}
	got, err = s.Visit(ctx, "v-1")
	must(t, err)
	wantEqual(t, got, over)
	ended, err := s.Permit(ctx, "e-1")
	must(t, err)
	wantEqual(t, ended.Revoked, hour(3))
	wantEqual(t, ended.RevokedFor, "over")
	over.ID = "v-9"
	wantCode(t, s.EndVisit(ctx, over, hour(3), "guard", "over"), menshen.CodeNotFound)
}

func deliveries(t *testing.T, s Store) {
	ctx := t.Context()
	home := samplePerson("x", "x", "3-2-14-1402").Dwelling
	a := menshen.Delivery{ID: "d-a", Gate: "east-1", Carrier: "顺丰", Phone: "13800001111", For: home, Item: "纸箱，三号架", Arrived: hour(1), TakenBy: "guard"}
	b := menshen.Delivery{ID: "d-b", Gate: "west-1", Arrived: hour(2)}
	must(t, s.AddDelivery(ctx, a))
	must(t, s.AddDelivery(ctx, b))
	wantEqual(t, MustCollect(t, s.Deliveries(ctx, store.DeliveryFilter{})), []menshen.Delivery{b, a})
	a.Handed, a.HandedBy, a.HandedTo = hour(3), "guard", "王小明"
	must(t, s.ChangeDelivery(ctx, a))
	got, err := s.Delivery(ctx, "d-a")
	must(t, err)
	wantEqual(t, got, a)
	wantEqual(t, MustCollect(t, s.Deliveries(ctx, store.DeliveryFilter{Waiting: true})), []menshen.Delivery{b})
	wantEqual(t, MustCollect(t, s.Deliveries(ctx, store.DeliveryFilter{Dwelling: home})), []menshen.Delivery{a})
	wantEqual(t, MustCollect(t, s.Deliveries(ctx, store.DeliveryFilter{Latest: 1})), []menshen.Delivery{b})

	wantCode(t, s.AddDelivery(ctx, a), menshen.CodeConflict)
	for _, bad := range []menshen.Delivery{{}, {ID: "d-c", Gate: "east-1"}, {ID: "d-c", Gate: "E", Arrived: hour(1)}, {ID: "d-c", Gate: "e", Arrived: hour(1), Item: "\xff"}} {
		wantCode(t, s.AddDelivery(ctx, bad), menshen.CodeInvalid)
	}
	a.ID = "d-9"
	wantCode(t, s.ChangeDelivery(ctx, a), menshen.CodeNotFound)
	_, err = s.Delivery(ctx, "d-9")
	wantCode(t, err, menshen.CodeNotFound)
}

func annotations(t *testing.T, s Store) {
	ctx := t.Context()
	note := func(id string, pass uint64, n int) menshen.Annotation {
		return menshen.Annotation{
			ID: id, Pass: menshen.PassID{Gate: "east-1", Sequence: pass}, Kind: menshen.AnnotationIdentity, Person: "p-1", Text: "认识", At: hour(n), By: "guard",
		}
	}
	a, b, c := note("a-1", 1, 2), note("a-2", 2, 3), note("a-3", 1, 1)
	for _, x := range []menshen.Annotation{a, b, c} {
		must(t, s.AddAnnotation(ctx, x)) // the passes have not come yet
	}
	wantEqual(t, MustCollect(t, s.Annotations(ctx, store.AnnotationFilter{})), []menshen.Annotation{b, a, c})
	wantEqual(t, MustCollect(t, s.Annotations(ctx, store.AnnotationFilter{Pass: a.Pass})), []menshen.Annotation{a, c})
	wantEqual(t, MustCollect(t, s.Annotations(ctx, store.AnnotationFilter{Latest: 1})), []menshen.Annotation{b})
	wantCode(t, s.AddAnnotation(ctx, a), menshen.CodeConflict)
	bad := note("a-4", 1, 1)
	bad.Person = ""
	wantCode(t, s.AddAnnotation(ctx, bad), menshen.CodeInvalid)
	wantCode(t, s.AddAnnotation(ctx, note("a-4", 1<<63, 1)), menshen.CodeInvalid)
}

func links(t *testing.T, s Store) {
	ctx := t.Context()
	l := store.Link{Hash: bytes.Repeat([]byte{9}, 32), Purpose: "form", Subject: "returnee", Person: "p-1", Expires: hour(72)}
	must(t, s.AddLink(ctx, l))
	got, err := s.Link(ctx, l.Hash)
	must(t, err)
	wantEqual(t, got, l)
	wantCode(t, s.AddLink(ctx, l), menshen.CodeConflict)
	wantCode(t, s.AddLink(ctx, store.Link{Hash: []byte{1}}), menshen.CodeInvalid)
	wantCode(t, s.UseLink(ctx, l.Hash, time.Time{}), menshen.CodeInvalid)

	// Of many at once, one gets through.
	var used atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := s.UseLink(ctx, l.Hash, hour(1)); menshen.ErrorCode(err) {
			case "":
				used.Add(1)
			case menshen.CodeConflict:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantEqual(t, used.Load(), int32(1))
	got, err = s.Link(ctx, l.Hash)
	must(t, err)
	l.Used = hour(1)
	wantEqual(t, got, l)
	nothing := make([]byte, 32)
	wantCode(t, s.UseLink(ctx, nothing, hour(1)), menshen.CodeNotFound)
	_, err = s.Link(ctx, nothing)
	wantCode(t, err, menshen.CodeNotFound)
}
