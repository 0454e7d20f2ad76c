package proto_test

import (
	"reflect"
	"testing"
	"time"

	goproto "google.golang.org/protobuf/proto"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// overWire sends a message through its bytes.
func overWire[M goproto.Message](t *testing.T, m M) M {
	t.Helper()
	b, err := goproto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out := m.ProtoReflect().New().Interface()
	if err := goproto.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out.(M)
}

// same compares what came back.
func same(t *testing.T, got, want any, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("\n got %+v\nwant %+v", got, want)
	}
}

func TestSiteRoundTrips(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	s := menshen.Site{
		ID: "jiayuan", Name: menshen.Text{ZH: "嘉园小区", EN: "Jiayuan"}, Location: shanghai,
		Zones: []menshen.Zone{{ID: "outside", Kind: menshen.ZoneOutside}, {ID: "b3", Kind: menshen.ZoneBuilding, Parent: "outside", Capacity: 300}},
		Gates: []menshen.Gate{
			{ID: "east", From: "outside", To: "b3", State: menshen.GateOpen},
			{
				ID: "west", From: "outside", To: "b3", State: menshen.GateGuarded, Liveness: menshen.LivenessRequire,
				Passback: menshen.PassbackHard, Fail: menshen.FailSafe,
			},
		},
	}
	got, err := proto.SiteFromWire(overWire(t, proto.SiteToWire(s)))
	same(t, got.Location.String(), "Asia/Shanghai", err)
	got.Location = s.Location
	same(t, got, s, nil)

	for what, change := range map[string]func(*menshenv1.Site){
		"zone":       func(m *menshenv1.Site) { m.TimeZone = "Mars/Base" },
		"local":      func(m *menshenv1.Site) { m.TimeZone = "Local" },
		"path":       func(m *menshenv1.Site) { m.TimeZone = "../../etc/passwd" },
		"no zone":    func(m *menshenv1.Site) { m.TimeZone = "" },
		"nil gate":   func(m *menshenv1.Site) { m.Gates = append(m.Gates, nil) },
		"zone kind":  func(m *menshenv1.Site) { m.Zones[1].Kind = "castle" },
		"gate state": func(m *menshenv1.Site) { m.Gates[0].State = "ajar" },
		"liveness":   func(m *menshenv1.Site) { m.Gates[1].Liveness = "perhaps" },
		"passback":   func(m *menshenv1.Site) { m.Gates[1].Passback = "firm" },
		"fail":       func(m *menshenv1.Site) { m.Gates[1].Fail = "open" },
	} {
		m := proto.SiteToWire(s)
		change(m)
		_, err := proto.SiteFromWire(m)
		wantInvalid(t, what, err)
	}
}

func TestViewsRoundTrip(t *testing.T) {
	for seed := range uint64(200) {
		s := newSampler(seed)
		stay := menshen.Stay{Person: "p", Zone: s.slug(), Span: s.span(), FromObserved: s.IntN(2) == 0, Open: s.IntN(2) == 0}
		gotStay, err := proto.StayFromWire("p", overWire(t, proto.StayToWire(stay)))
		same(t, gotStay, stay, err)

		contact := menshen.Contact{Person: "p1"}
		for range s.IntN(4) {
			contact.Exposures = append(contact.Exposures, s.exposure())
		}
		who := proto.PersonViewToWire(menshen.Person{ID: "p1", Name: "王", State: menshen.PersonActive}, 2)
		m := overWire(t, proto.ContactToWire(contact, who))
		gotContact, err := proto.ContactFromWire(m)
		same(t, gotContact, contact, err)
		same(t, m.GetTogether().AsDuration(), contact.Together(), nil)

		condition := menshen.Condition{
			ID: "camera-silent:east-1", Severity: pick(s, menshen.SeverityWarning, menshen.SeverityCritical),
			Meaning: s.texts(), Action: s.texts(), Since: s.time(), Detail: s.text(),
		}
		gotCondition, err := proto.ConditionFromWire(overWire(t, proto.ConditionToWire(condition)))
		same(t, gotCondition, condition, err)

		pass := s.pass()
		gotPass, texts, err := proto.PassViewFromWire(overWire(t, proto.PassViewToWire(pass, "王", "3-2-14-1402")))
		same(t, gotPass, pass, err)
		for i, r := range pass.Decision.Reasons {
			same(t, texts[i], r.Text(), nil)
		}

		person := menshen.Person{ID: "p1", Name: "王芳", State: menshen.PersonInactive, Dwelling: menshen.Dwelling{Building: "3", Unit: "2", Floor: -1, Room: "7"}}
		gotPerson, n, err := proto.PersonViewFromWire(overWire(t, proto.PersonViewToWire(person, 3)))
		same(t, gotPerson, person, err)
		same(t, n, 3, nil)
	}
}

func TestViewsAreNotTrusted(t *testing.T) {
	now := proto.StayToWire(menshen.Stay{Span: newSampler(1).span()})
	_, err := proto.StayFromWire("p", &menshenv1.Stay{Zone: "b3", From: now.To, To: now.From})
	wantInvalid(t, "stay inside out", err)
	_, err = proto.StayFromWire("p", &menshenv1.Stay{Zone: "b3", From: now.From})
	wantInvalid(t, "stay without end", err)
	_, err = proto.StayFromWire("p", nil)
	wantInvalid(t, "no stay", err)
	_, err = proto.ExposureFromWire(&menshenv1.Exposure{Kind: "telepathy", From: now.From, To: now.To})
	wantInvalid(t, "exposure kind", err)
	_, err = proto.ExposureFromWire(&menshenv1.Exposure{Kind: "gate", Zone: "b3", From: now.From, To: now.To})
	wantInvalid(t, "exposure without gate", err)
	_, err = proto.ContactFromWire(&menshenv1.Contact{})
	wantInvalid(t, "contact without person", err)
	_, err = proto.ContactFromWire(&menshenv1.Contact{Person: &menshenv1.PersonView{Id: "p"}, Exposures: []*menshenv1.Exposure{nil}})
	wantInvalid(t, "nil exposure", err)
	_, err = proto.ConditionFromWire(&menshenv1.Condition{Id: "x", Severity: "apocalyptic"})
	wantInvalid(t, "severity", err)
	_, _, err = proto.PassViewFromWire(&menshenv1.PassView{})
	wantInvalid(t, "view without pass", err)
	p := newSampler(1).pass()
	p.Decision.Reasons = []menshen.Reason{menshen.ReasonGateClosed}
	m := proto.PassViewToWire(p, "", "")
	m.Reasons = nil
	_, _, err = proto.PassViewFromWire(m)
	wantInvalid(t, "view without texts", err)
	_, _, err = proto.PersonViewFromWire(&menshenv1.PersonView{Id: "p", Name: "n", State: "active", Dwelling: "nowhere"})
	wantInvalid(t, "dwelling", err)
}
