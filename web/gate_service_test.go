package web_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestGates(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	list, err := s.client.Gates.ListGates(t.Context(), connect.NewRequest(&menshenv1.ListGatesRequest{}))
	if err != nil || list.Msg.GetMode() != "closed" || len(list.Msg.GetGates()) != 2 {
		t.Fatalf("list %v, %v", list, err)
	}
	// What was set goes before what is configured; a door that nobody knows of is unknown.
	east, west := list.Msg.GetGates()[0], list.Msg.GetGates()[1]
	if east.GetGate().GetState() != "open" || east.GetDoor() != "alarm" || east.GetDoorMessage().GetEn() != "stays open" || west.GetGate().GetState() != "closed" || west.GetDoor() != "unknown" {
		t.Errorf("gates %v", list.Msg)
	}
	if strings.Contains(fmt.Sprint(list.Msg), "secret") {
		t.Error("a key of the site is told")
	}
	set, err := s.client.Gates.SetGates(t.Context(), connect.NewRequest(&menshenv1.SetGatesRequest{Gates: []string{"west-1"}, State: "closed", Others: true, Reason: "epidemic"}))
	if err != nil || !slices.Equal(set.Msg.GetChanged(), []string{"east-1"}) {
		t.Errorf("set %v, %v", set, err)
	}
	if r, _ := s.last().(web.GatesRequest); !r.Others || r.State != menshen.GateClosed || !slices.Equal(r.Gates, []string{"west-1"}) {
		t.Errorf("asked with %+v", s.last())
	}
	if a := s.audits[1]; a.Action != "gates.set" || a.Purpose != "epidemic" || !strings.Contains(a.Detail, `"others":true`) {
		t.Errorf("audit %+v", a)
	}
	if _, err := s.client.Gates.SetMode(t.Context(), connect.NewRequest(&menshenv1.SetModeRequest{Mode: "lock-down"})); err != nil || s.last() != menshen.ModeLockdown {
		t.Errorf("mode %v, %v", s.last(), err)
	}
	zones, err := s.client.Gates.GetOccupancy(t.Context(), connect.NewRequest(&menshenv1.GetOccupancyRequest{}))
	if err != nil || len(zones.Msg.GetZones()) != 1 || zones.Msg.GetZones()[0].GetZone() != "compound" || zones.Msg.GetZones()[0].GetPeople() != 42 {
		t.Errorf("zones %v, %v", zones, err)
	}
}

func TestCommandDoors(t *testing.T) {
	for action, gates := range map[string][]string{"open": {"west-1", "east-1"}, "emergency": nil, "normal": nil} {
		t.Run(action, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			res, err := s.client.Gates.CommandDoors(t.Context(), connect.NewRequest(&menshenv1.CommandDoorsRequest{Gates: gates, Action: action, Reason: "fire drill"}))
			if err != nil || len(res.Msg.GetDoors()) != 2 || !res.Msg.GetDoors()[0].GetConfirmed() || res.Msg.GetDoors()[1].GetConfirmed() || res.Msg.GetDoors()[1].GetMessage().GetEn() != "no answer" {
				t.Fatalf("%v, %v", res, err)
			}
			want := gates
			if gates == nil {
				want = []string{"east-1", "west-1"}
			}
			asked, _ := s.last().([3]any)
			if named, _ := asked[0].([]string); !slices.Equal(named, want) || asked[1] != menshen.DoorAction(action) || asked[2] != "operator@terminal" {
				t.Errorf("asked with %v", asked)
			}
			if a := s.audits[0]; a.Action != "doors."+action || a.Purpose != "fire drill" {
				t.Errorf("audit %+v", a)
			}
		})
	}
}

func TestPresent(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	present := func(value string) *menshenv1.PresentResponse {
		t.Helper()
		res, err := s.client.Guard.Present(t.Context(), connect.NewRequest(&menshenv1.PresentRequest{
			Gate: "east-1", Direction: menshenv1.Direction_DIRECTION_OUT, Kind: "qr", Value: value, Reader: "left",
		}))
		if err != nil {
			t.Fatal(err)
		}
		return res.Msg
	}
	m := present("MS1.shown-code")
	if m.GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW || m.GetName() != "王芳" || len(m.GetReasons()) != 1 || m.GetReasonWords()[0] != "active_resident" {
		t.Errorf("allowed: %v", m)
	}
	if s.last() != (menshen.Presentation{Gate: "east-1", Direction: menshen.DirectionOut, Kind: menshen.CredentialQR, Value: "MS1.shown-code", Reader: "left"}) {
		t.Errorf("asked with %+v", s.last())
	}
	// Who is refused is not named to whoever stands at the reader.
	if m := present("bad"); m.GetOutcome() != menshenv1.Outcome_OUTCOME_DENY || m.GetName() != "" || m.GetReasons()[0].GetEn() == "" {
		t.Errorf("denied: %v", m)
	}
	if strings.Contains(fmt.Sprint(s.audits)+s.log.String(), "shown-code") {
		t.Error("what was shown was written down")
	}
}

func TestGuards(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	reviews, err := s.client.Guard.ListReviews(t.Context(), connect.NewRequest(&menshenv1.ListReviewsRequest{}))
	if err != nil || len(reviews.Msg.GetReviews()) != 2 {
		t.Fatalf("reviews %v, %v", reviews, err)
	}
	if r := reviews.Msg.GetReviews()[0]; r.GetDefaultOutcome() != "deny" || r.GetPass().GetPersonName() != "王芳" || !r.GetUntil().AsTime().After(now) {
		t.Errorf("review %v", r)
	}
	answer, err := s.client.Guard.Answer(t.Context(), connect.NewRequest(&menshenv1.AnswerRequest{Pass: "east-1:3", Allow: true, Person: "王芳", Note: "she lowered her mask"}))
	if err != nil || answer.Msg.GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW || len(answer.Msg.GetReasons()) != 1 {
		t.Errorf("answer %v, %v", answer, err)
	}
	// The note is kept with the review, once the answer has taken effect.
	review := menshen.PassID{Gate: "east-1", Sequence: 3}
	if want := []any{
		menshen.GuardAnswer{Pass: review, Allow: true, Person: "p-1", Note: "she lowered her mask", By: "operator@terminal"},
		menshen.Annotation{ID: "n-1", Pass: review, Kind: menshen.AnnotationNote, Text: "she lowered her mask", By: "operator@terminal", At: now},
	}; !slices.Equal(s.with, want) {
		t.Errorf("asked with %+v", s.with)
	}
	if a := s.audits[1]; a.Action != "gate.answer" || a.Subject != "p-1" || !strings.Contains(a.Detail, "east-1:3") {
		t.Errorf("audit %+v", a)
	}
	// Without a camera: a gate and a direction, and to refuse nobody need be named. There is no review to keep the note with.
	_, err = s.client.Guard.Answer(t.Context(), connect.NewRequest(&menshenv1.AnswerRequest{Gate: "east-1", Direction: menshenv1.Direction_DIRECTION_IN, Note: "drunk"}))
	if err != nil || s.last() != (menshen.GuardAnswer{Gate: "east-1", Direction: menshen.DirectionIn, Note: "drunk", By: "operator@terminal"}) || !strings.Contains(s.audits[2].Detail, "drunk") {
		t.Errorf("asked with %+v, %v, %+v", s.last(), err, s.audits)
	}
	note, err := s.client.Guard.Annotate(t.Context(), connect.NewRequest(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "identity", Person: "王芳"}))
	if err != nil || note.Msg.GetAnnotation().GetPerson() != "p-1" || note.Msg.GetAnnotation().GetBy() != "operator@terminal" || note.Msg.GetAnnotation().GetPass() != "east-1:3" {
		t.Errorf("annotation %v, %v", note, err)
	}
	notes, err := s.client.Guard.ListAnnotations(t.Context(), connect.NewRequest(&menshenv1.ListAnnotationsRequest{Pass: "east-1:3"}))
	if err != nil || len(notes.Msg.GetAnnotations()) != 2 || s.last() != [2]any{"east-1:3", 100} {
		t.Errorf("annotations %v, %v", notes, err)
	}
}

func TestHelpAtAGate(t *testing.T) {
	s := MustServeTo(t, newHouse(), web.Config{}, web.Grant{Token: web.NewToken(), Actor: "guard@east", Role: web.RoleGuard, Gates: []string{"east-1"}})
	help := func(m *menshenv1.AnnotateRequest) error {
		m.Kind = "help"
		res, err := s.client.Guard.Annotate(t.Context(), connect.NewRequest(m))
		if err == nil && res.Msg.GetAnnotation() != nil {
			t.Errorf("something was added to a pass: %v", res.Msg)
		}
		return err
	}
	call := menshen.HelpCall{ID: menshen.NewID(), Gate: "east-1", Text: "two men fight", At: now.Add(-time.Hour)}
	if err := help(&menshenv1.AnnotateRequest{Id: call.ID, Gate: "east-1", Text: " two men fight ", At: timestamppb.New(call.At)}); err != nil || s.last() != call {
		t.Errorf("asked with %v, %v", s.last(), err)
	}
	if !slices.Equal(s.events, []string{"audit", "help"}) || s.audits[0].Action != "gate.help" || !strings.Contains(s.audits[0].Detail, "fight") {
		t.Errorf("events %v, audit %+v", s.events, s.audits)
	}
	if s.audits[0].Actor != "guard@east" || !strings.Contains(s.audits[0].Detail, call.At.Format(time.RFC3339)) {
		t.Errorf("audit %+v", s.audits[0])
	}
	wantError(t, help(&menshenv1.AnnotateRequest{Gate: "east-1", Id: "mine"}), menshen.CodeInvalid, "id")
	wantError(t, help(&menshenv1.AnnotateRequest{Pass: "east-1:3", At: timestamppb.New(now)}), menshen.CodeInvalid, "at")
	wantError(t, help(&menshenv1.AnnotateRequest{Gate: "west-1"}), menshen.CodeDenied, "west-1")
	s.auditErr = errors.New("disk I/O error")
	wantError(t, help(&menshenv1.AnnotateRequest{Gate: "east-1"}), menshen.CodeUnavailable, "audit log")
	if len(s.with) != 1 {
		t.Errorf("asked with %v", s.with)
	}
}

func TestGatesRefuse(t *testing.T) {
	ctx := context.Background()
	in := menshenv1.Direction_DIRECTION_IN
	present := func(m *menshenv1.PresentRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Guard.Present(ctx, connect.NewRequest(m)); return err }
	}
	answer := func(m *menshenv1.AnswerRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Guard.Answer(ctx, connect.NewRequest(m)); return err }
	}
	note := func(m *menshenv1.AnnotateRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Guard.Annotate(ctx, connect.NewRequest(m)); return err }
	}
	doors := func(m *menshenv1.CommandDoorsRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Gates.CommandDoors(ctx, connect.NewRequest(m)); return err }
	}
	wantRefusals(t, map[string]refusal{
		"a face at a reader":     {present(&menshenv1.PresentRequest{Gate: "east-1", Direction: in, Kind: "face", Value: "x"}), "qr, pin or card"},
		"nothing shown":          {present(&menshenv1.PresentRequest{Gate: "east-1", Direction: in, Kind: "pin"}), "value"},
		"a film shown":           {present(&menshenv1.PresentRequest{Gate: "east-1", Direction: in, Kind: "qr", Value: strings.Repeat("x", 1025)}), "1024"},
		"no direction":           {present(&menshenv1.PresentRequest{Gate: "east-1", Kind: "pin", Value: "1"}), "direction"},
		"no gate":                {present(&menshenv1.PresentRequest{Direction: in, Kind: "pin", Value: "1"}), "gate"},
		"help nowhere":           {note(&menshenv1.AnnotateRequest{Kind: "help"}), "gate"},
		"help for somebody":      {note(&menshenv1.AnnotateRequest{Kind: "help", Gate: "east-1", Person: "p-1"}), "in the text"},
		"a note at a gate":       {note(&menshenv1.AnnotateRequest{Kind: "note", Gate: "east-1", Text: "x"}), "only a call for help"},
		"a pass and a gate":      {note(&menshenv1.AnnotateRequest{Kind: "help", Pass: "east-1:3", Gate: "east-1"}), "the pass alone"},
		"an answer to nothing":   {answer(&menshenv1.AnswerRequest{Allow: true}), "gate"},
		"a pass that is none":    {answer(&menshenv1.AnswerRequest{Pass: "east-1", Allow: true}), "gate:sequence"},
		"a review and a gate":    {answer(&menshenv1.AnswerRequest{Pass: "east-1:3", Gate: "east-1"}), "leave gate and direction out"},
		"a stranger let in":      {answer(&menshenv1.AnswerRequest{Gate: "east-1", Direction: in, Allow: true}), "who it is"},
		"an empty note":          {note(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "note"}), "empty"},
		"a strange note":         {note(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "song", Text: "la"}), "song"},
		"nobody identified":      {note(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "identity"}), "who it was"},
		"a strange action":       {doors(&menshenv1.CommandDoorsRequest{Action: "slam"}), "slam"},
		"an emergency at a gate": {doors(&menshenv1.CommandDoorsRequest{Action: "emergency", Gates: []string{"east-1"}}), "every door"},
		"no gates to set": {func(s *served) error {
			_, err := s.client.Gates.SetGates(ctx, connect.NewRequest(&menshenv1.SetGatesRequest{State: "closed", Others: true}))
			return err
		}, "none is named"},
		"a strange state": {func(s *served) error {
			_, err := s.client.Gates.SetGates(ctx, connect.NewRequest(&menshenv1.SetGatesRequest{Gates: []string{"east-1"}, State: "ajar"}))
			return err
		}, "ajar"},
		"a strange mode": {func(s *served) error {
			_, err := s.client.Gates.SetMode(ctx, connect.NewRequest(&menshenv1.SetModeRequest{Mode: "party"}))
			return err
		}, "party"},
		"annotations of no pass": {func(s *served) error {
			_, err := s.client.Guard.ListAnnotations(ctx, connect.NewRequest(&menshenv1.ListAnnotationsRequest{Pass: "x"}))
			return err
		}, "pass id"},
	})
	s := MustServe(t, newHouse(), web.Config{})
	for name, ask := range map[string]func(s *served) error{
		"present": present(&menshenv1.PresentRequest{Gate: "north-9", Direction: in, Kind: "pin", Value: "1"}), "answer": answer(&menshenv1.AnswerRequest{Gate: "north-9", Direction: in}),
		"doors": doors(&menshenv1.CommandDoorsRequest{Gates: []string{"east-1", "north-9"}, Action: "open"}),
	} {
		t.Run(name+" at a gate that is not there", func(t *testing.T) { wantError(t, ask(s), menshen.CodeNotFound, "north-9") })
	}
	if len(s.events) != 0 {
		t.Errorf("something was done: %v", s.events)
	}
}
