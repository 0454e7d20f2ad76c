package proto_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	goproto "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// thereAndBack sends values of the registry over the wire a few hundred times.
func thereAndBack[T any, M goproto.Message](t *testing.T, name string, sample func(sampler) T, to func(T) M, from func(M) (T, error)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		for seed := range uint64(300) {
			want := sample(newSampler(seed))
			got, err := from(overWire(t, to(want)))
			same(t, got, want, err)
		}
	})
}

func TestRegistryRoundTrips(t *testing.T) {
	thereAndBack(t, "person", sampler.person, proto.PersonToWire, proto.PersonFromWire)
	thereAndBack(t, "particulars", sampler.particulars, proto.ParticularsToWire, proto.ParticularsFromWire)
	thereAndBack(t, "permit", sampler.permit, proto.PermitToWire, proto.PermitFromWire)
	thereAndBack(t, "health", sampler.health, proto.HealthToWire, proto.HealthFromWire)
	thereAndBack(t, "credential", sampler.credential, proto.CredentialToWire, proto.CredentialFromWire)
	thereAndBack(t, "template", sampler.template, proto.TemplateToWire, proto.TemplateFromWire)
	thereAndBack(t, "gate setting", sampler.gateSetting, proto.GateSettingToWire, proto.GateSettingFromWire)
	thereAndBack(t, "site setting", sampler.siteSetting, proto.SiteSettingToWire, proto.SiteSettingFromWire)
	thereAndBack(t, "rules", sampler.rules, proto.RuleTextToWire, proto.RuleTextFromWire)
	thereAndBack(t, "change", func(s sampler) menshen.Change { return s.change(1 + s.Uint64N(1<<40)) }, proto.ChangeToWire, proto.ChangeFromWire)
	t.Run("changes", func(t *testing.T) { roundTrip(t, sampler.changes, encodeChanges, proto.DecodeChangesResponse) })
	t.Run("changes request", func(t *testing.T) {
		roundTrip(t, sampler.changesRequest, proto.EncodeChangesRequest, proto.DecodeChangesRequest)
	})
	t.Run("presentation", func(t *testing.T) {
		roundTrip(t, sampler.presentation, proto.EncodePresentation, proto.DecodePresentation)
	})
	t.Run("passed request", func(t *testing.T) {
		roundTrip(t, sampler.passedRequest, proto.EncodePassedRequest, proto.DecodePassedRequest)
	})
	t.Run("passed", func(t *testing.T) { roundTrip(t, sampler.passed, encodePassed, proto.DecodePassedResponse) })
	t.Run("presentation answer", func(t *testing.T) { roundTrip(t, sampler.decision, encodeDecision, proto.DecodePresentationAnswer) })
}

// TestRegistryIsNotTrusted changes one thing of a good message at a time.
func TestRegistryIsNotTrusted(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	badTime := &timestamppb.Timestamp{Nanos: -1}
	for what, change := range map[string]func(*menshenv1.Permit){
		"id":       func(m *menshenv1.Permit) { m.Id = "" },
		"kind":     func(m *menshenv1.Permit) { m.Kind = "golden" },
		"long":     func(m *menshenv1.Permit) { m.RevokedFor = long },
		"UTF-8":    func(m *menshenv1.Permit) { m.IssuedBy = "\xff" },
		"from":     func(m *menshenv1.Permit) { m.From = nil },
		"time":     func(m *menshenv1.Permit) { m.Issued = badTime },
		"gate":     func(m *menshenv1.Permit) { m.Gates = []string{"*"} },
		"gates":    func(m *menshenv1.Permit) { m.Gates = make([]string, 5000) },
		"weekdays": func(m *menshenv1.Permit) { m.Weekdays = 128 },
		"all days": func(m *menshenv1.Permit) { m.Weekdays = math.MaxUint32 - 255 },
		"hours":    func(m *menshenv1.Permit) { m.Hours = "8-20" },
		"quota":    func(m *menshenv1.Permit) { m.Quota = &menshenv1.Quota{Outings: math.MaxUint32, Days: 1} },
		"half":     func(m *menshenv1.Permit) { m.Quota = &menshenv1.Quota{Outings: 1} },
	} {
		m := proto.PermitToWire(newSampler(1).permit())
		change(m)
		_, err := proto.PermitFromWire(m)
		wantInvalid(t, "permit: "+what, err)
	}
	for what, m := range map[string]*menshenv1.HealthRecord{
		"nobody": {},
		"state":  {Person: "p", State: "dead"},
		"code":   {Person: "p", Code: "blue"},
		"fever":  {Person: "p", Celsius: math.NaN()},
		"time":   {Person: "p", Since: badTime},
		"until":  {Person: "p", Since: timestamppb.New(time.Unix(9, 0)), Until: timestamppb.New(time.Unix(8, 0))},
	} {
		_, err := proto.HealthFromWire(m)
		wantInvalid(t, "health: "+what, err)
	}
	for what, m := range map[string]*menshenv1.Particulars{
		"phone":    {Phone: "call me"},
		"document": {DocumentKind: "id_card", DocumentNumber: "110105194912310021"},
		"no kind":  {DocumentNumber: "E12345678"},
		"born":     {Born: "1990-02-30"},
		"role":     {Role: "king"},
		"long":     {Guardian: long},
	} {
		_, err := proto.ParticularsFromWire(m)
		wantInvalid(t, "particulars: "+what, err)
	}
	_, err := proto.CredentialFromWire(&menshenv1.Credential{Id: "c", Person: "p", Kind: "pin", Key: make([]byte, 31)})
	wantInvalid(t, "credential: key", err)
	_, err = proto.TemplateFromWire(&menshenv1.Template{Id: "t", Person: "p"})
	wantInvalid(t, "template: no engine", err)
	_, err = proto.SiteSettingFromWire(&menshenv1.SiteSetting{PermitKey: make([]byte, 33)})
	wantInvalid(t, "site: key", err)
	_, err = proto.SiteSettingFromWire(&menshenv1.SiteSetting{Mode: "party"})
	wantInvalid(t, "site: mode", err)
	_, err = proto.GateSettingFromWire(&menshenv1.GateSetting{Gate: "east", State: "ajar"})
	wantInvalid(t, "gate: state", err)
	_, err = proto.RuleTextFromWire(&menshenv1.RuleText{Yaml: "x"})
	wantInvalid(t, "rules: no version", err)
	_, err = proto.RuleTextFromWire(&menshenv1.RuleText{Version: 1, Yaml: strings.Repeat("x", proto.MaxRules+1)})
	wantInvalid(t, "rules: long", err)
	_, err = proto.PersonFromWire(nil)
	wantInvalid(t, "person: none", err)
	_, err = proto.DecodePresentation(nil)
	wantInvalid(t, "presentation: none", err)
}

func TestChangesAreNotTrusted(t *testing.T) {
	person := menshen.Person{ID: "p", Name: "王", State: menshen.PersonActive}
	good := func() *menshenv1.Change {
		return proto.ChangeToWire(menshen.Change{Revision: 7, Kind: menshen.ChangePerson, Key: "p", Person: &person})
	}
	for what, change := range map[string]func(*menshenv1.Change){
		"revision":   func(m *menshenv1.Change) { m.Revision = 0 },
		"no kind":    func(m *menshenv1.Change) { m.Kind = "" },
		"other kind": func(m *menshenv1.Change) { m.Kind = "permit" },
		"other key":  func(m *menshenv1.Change) { m.Key = "q" },
		"nil entry":  func(m *menshenv1.Change) { m.Entry = &menshenv1.Change_Person{} },
		"nil permit": func(m *menshenv1.Change) { m.Entry = &menshenv1.Change_Permit{} },
		"bad entry":  func(m *menshenv1.Change) { m.GetPerson().State = "asleep" },
	} {
		m := good()
		change(m)
		_, err := proto.ChangeFromWire(m)
		wantInvalid(t, what, err)
	}

	// Nothing is left out of what a post gets: either all of it comes, or an error.
	gone := func(revision uint64) menshen.Change {
		return menshen.Change{Revision: revision, Kind: menshen.ChangePermit, Key: "e"}
	}
	for what, c := range map[string]proto.Changes{
		"order":  {List: []menshen.Change{gone(2), gone(1)}, Latest: 2},
		"twice":  {List: []menshen.Change{gone(2), gone(2)}, Latest: 2},
		"latest": {List: []menshen.Change{gone(2)}, Latest: 1},
		"entry":  {List: []menshen.Change{{Revision: 1, Kind: menshen.ChangePerson, Person: &menshen.Person{}}}, Latest: 1},
	} {
		got, err := proto.DecodeChangesResponse(proto.EncodeChangesResponse(c, nil))
		if menshen.ErrorCode(err) != menshen.CodeUnavailable || !reflect.DeepEqual(got, proto.Changes{}) {
			t.Errorf("%s: arrives as %+v, %v", what, got, err)
		}
	}
	_, err := proto.DecodeChangesResponse(proto.EncodeChangesResponse(proto.Changes{}, menshen.Errorf(menshen.CodeExhausted, "op", "the disk is full")))
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("the hub's trouble arrives as %v", err)
	}
	for _, r := range []proto.ChangesRequest{{Post: "post-1"}, {Post: "post-1", Limit: proto.MaxChanges + 1}, {Post: "*", Limit: 1}, {Post: "p", Limit: -1}} {
		_, err := proto.EncodeChangesRequest(r)
		wantInvalid(t, "request", err)
	}
}

// TestOneWayViews: what only goes out has every field, and no key with it.
func TestOneWayViews(t *testing.T) {
	s := newSampler(4)
	c := s.credential()
	view := proto.CredentialViewToWire(c)
	if view.GetKey() != nil || view.GetId() != c.ID || view.GetLabel() != c.Label {
		t.Errorf("%v", view)
	}
	at := s.time()
	full := []goproto.Message{
		proto.TemperatureToWire(menshen.Temperature{ID: "1", Person: "p", At: at, Celsius: 37.3, Source: menshen.TemperatureGate, Gate: "east", By: "w"}),
		proto.VisitToWire(menshen.Visit{
			ID: "v", Person: "p", Host: "h", Reason: "r", From: "武汉", Origin: 36.6, Plate: "京A12345", Span: menshen.Span{From: at, To: at},
			State: menshen.VisitLeft, Permit: "e", Registered: at, RegisteredBy: "w", Answered: at, AnsweredBy: "host", Entered: at, Left: at,
		}),
		proto.DeliveryToWire(menshen.Delivery{
			ID: "d", Gate: "east", Carrier: "SF", Phone: "13800001111", For: menshen.Dwelling{Building: "3", Unit: "2", Floor: 1, Room: "7"},
			Item: "box", Arrived: at, TakenBy: "w", Handed: at, HandedBy: "l", HandedTo: "王",
		}),
		proto.AnnotationToWire(menshen.Annotation{
			ID: "a", Pass: menshen.PassID{Gate: "east", Sequence: 4}, Kind: menshen.AnnotationIdentity, Person: "p", Text: "x", At: at, By: "w",
		}),
		proto.FormAnswerToWire(menshen.FormAnswer{
			ID: "f", Form: "returnee", Version: 2, Person: "p", Answers: map[string]string{"a": "b"}, At: at, By: "link",
			State: menshen.HealthObservation, Reason: menshen.Text{ZH: "返", EN: "back"},
		}),
	}
	for _, m := range full {
		r := overWire(t, m).ProtoReflect()
		for i := range r.Descriptor().Fields().Len() {
			if f := r.Descriptor().Fields().Get(i); !r.Has(f) {
				t.Errorf("%s is lost", f.FullName())
			}
		}
	}
	household := proto.HouseholdToWire(menshen.Household{ID: "h", Dwelling: menshen.Dwelling{Building: "3", Unit: "2", Floor: 1, Room: "7"}, Note: "n"}, []menshen.Person{s.person()})
	if household.GetDwelling() != "3-2-1-7" || len(household.GetPeople()) != 1 || household.GetNote() != "n" {
		t.Errorf("%v", household)
	}
}

func FuzzDecodeChangesResponse(f *testing.F) {
	fuzzDecoder(f, sampler.changes, encodeChanges, ownWords(proto.DecodeChangesResponse))
}

func encodeChanges(c proto.Changes) ([]byte, error) { return proto.EncodeChangesResponse(c, nil), nil }

func FuzzDecodeChangesRequest(f *testing.F) {
	fuzzDecoder(f, sampler.changesRequest, proto.EncodeChangesRequest, proto.DecodeChangesRequest)
}

func FuzzDecodePresentation(f *testing.F) {
	fuzzDecoder(f, sampler.presentation, proto.EncodePresentation, proto.DecodePresentation)
}

func FuzzDecodePresentationAnswer(f *testing.F) {
	fuzzDecoder(f, sampler.decision, encodeDecision, ownWords(proto.DecodePresentationAnswer))
}

func FuzzDecodePassedRequest(f *testing.F) {
	fuzzDecoder(f, sampler.passedRequest, proto.EncodePassedRequest, proto.DecodePassedRequest)
}

func FuzzDecodePassedResponse(f *testing.F) {
	fuzzDecoder(f, sampler.passed, encodePassed, ownWords(proto.DecodePassedResponse))
}

// ownWords takes the code of a failure for invalid: it is the hub's own.
func ownWords[T any](decode func([]byte) (T, error)) func([]byte) (T, error) {
	return func(b []byte) (T, error) {
		v, err := decode(b)
		if err != nil {
			err = menshen.Errorf(menshen.CodeInvalid, "", "")
		}
		return v, err
	}
}

func encodeDecision(d menshen.Decision) ([]byte, error) {
	return proto.EncodePresentationAnswer(d, nil), nil
}

func encodePassed(p proto.PassedPage) ([]byte, error) { return proto.EncodePassedResponse(p, nil) }

func FuzzParticularsFromWire(f *testing.F) {
	for seed := range uint64(8) {
		b, err := goproto.Marshal(proto.ParticularsToWire(newSampler(seed).particulars()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m menshenv1.Particulars
		if goproto.Unmarshal(b, &m) != nil {
			return
		}
		p, err := proto.ParticularsFromWire(&m)
		if err != nil {
			wantInvalid(t, "decode", err)
			return
		}
		again, err := proto.ParticularsFromWire(proto.ParticularsToWire(p))
		same(t, again, p, err)
	})
}
