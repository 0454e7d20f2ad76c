package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestRegisterVisit(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for host, want := range map[string]string{"王芳": "p-1", "3-2-14-1402": "3-2-14-1402"} {
		res, err := s.client.Visits.RegisterVisit(t.Context(), connect.NewRequest(&menshenv1.RegisterVisitRequest{
			Name: "赵大海", Particulars: &menshenv1.Particulars{Phone: "138 0000 2222"}, Host: host, Reason: "修水管", FromWhere: "城西", Celsius: 36.4, Gate: "east-1",
		}))
		if err != nil {
			t.Fatal(err)
		}
		if res.Msg.GetLink() != s.url+"/l/"+visitToken || res.Msg.GetVisit().GetState() != "asked" || res.Msg.GetVisit().GetRegisteredBy() != "operator@terminal" {
			t.Errorf("answer %v", res.Msg)
		}
		r, _ := s.last().(web.VisitRequest)
		if r.Host != want || r.Name != "赵大海" || r.Particulars.Phone != "13800002222" || r.Celsius != 36.4 || !r.From.Equal(now) || !r.To.IsZero() || r.Gate != "east-1" || r.FromWhere != "城西" {
			t.Errorf("asked with %+v", r)
		}
		if a := s.audits[len(s.audits)-1]; a.Action != "visit.register" || a.Subject != want || !strings.Contains(a.Detail, "赵大海") || strings.Contains(a.Detail, "0000") {
			t.Errorf("audit %+v", a)
		}
	}
}

func TestVisits(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for confirm, code := range map[bool]string{true: "MS1.visitor-code", false: ""} {
		res, err := s.client.Visits.AnswerVisit(t.Context(), connect.NewRequest(&menshenv1.AnswerVisitRequest{Visit: "v-1", Confirm: confirm, Note: "telephoned"}))
		if err != nil || res.Msg.GetCode() != code || res.Msg.GetVisit().GetAnsweredBy() != "operator@terminal" {
			t.Errorf("answered %v: %v, %v", confirm, res, err)
		}
	}
	if strings.Contains(s.log.String(), "visitor-code") || !strings.Contains(s.audits[0].Detail, "telephoned") {
		t.Errorf("the code is in the log, or the note is not in the audit log: %+v", s.audits[0])
	}
	list, err := s.client.Visits.ListVisits(t.Context(), connect.NewRequest(&menshenv1.ListVisitsRequest{State: "inside", Overdue: true}))
	if err != nil || len(list.Msg.GetVisits()) != 1 {
		t.Fatalf("list %v, %v", list, err)
	}
	if v := list.Msg.GetVisits()[0]; !v.GetOverdue() || v.GetVisitorName() != "赵大海" || v.GetHostName() != "王芳" || v.GetDwelling() != "3-2-14-1402" || v.GetVisit().GetFromWhere() != "城西" {
		t.Errorf("visit %v", v)
	}
	if q, _ := s.last().(web.VisitQuery); q.State != menshen.VisitInside || !q.Overdue || !q.From.Equal(now.AddDate(0, 0, -14)) {
		t.Errorf("asked with %+v", s.last())
	}
	end, err := s.client.Visits.EndVisit(t.Context(), connect.NewRequest(&menshenv1.EndVisitRequest{Visit: "v-1"}))
	if err != nil || end.Msg.GetVisit().GetState() != "left" || s.audits[len(s.audits)-1].Subject != "v-1" {
		t.Errorf("ended %v, %v", end, err)
	}
}

func TestDeliveries(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	take, err := s.client.Visits.TakeDelivery(t.Context(), connect.NewRequest(&menshenv1.TakeDeliveryRequest{Gate: "east-1", Carrier: "顺丰", Phone: "138-0000-3333", Dwelling: "3-2-14-1402", Item: " a box, shelf 2 "}))
	if err != nil || take.Msg.GetDelivery().GetItem() != "a box, shelf 2" || take.Msg.GetDelivery().GetTakenBy() != "operator@terminal" || take.Msg.GetDelivery().GetPhone() != "13800003333" {
		t.Errorf("taken %v, %v", take, err)
	}
	hand, err := s.client.Visits.HandOver(t.Context(), connect.NewRequest(&menshenv1.HandOverRequest{Delivery: "d-1", To: "王芳"}))
	if err != nil || hand.Msg.GetDelivery().GetHandedTo() != "王芳" || hand.Msg.GetDelivery().GetHandedBy() != "operator@terminal" {
		t.Errorf("handed %v, %v", hand, err)
	}
	list, err := s.client.Visits.ListDeliveries(t.Context(), connect.NewRequest(&menshenv1.ListDeliveriesRequest{Waiting: true, Dwelling: "3-2-14-1402"}))
	if err != nil || len(list.Msg.GetDeliveries()) != 1 || list.Msg.GetDeliveries()[0].GetCarrier() != "顺丰" {
		t.Errorf("list %v, %v", list, err)
	}
	if q, _ := s.last().(web.DeliveryQuery); !q.Waiting || q.Dwelling.Room != "1402" || q.Latest != 100 {
		t.Errorf("asked with %+v", s.last())
	}
}

func TestVisitsRefuse(t *testing.T) {
	ctx := context.Background()
	register := func(change func(m *menshenv1.RegisterVisitRequest)) func(s *served) error {
		return func(s *served) error {
			m := &menshenv1.RegisterVisitRequest{Name: "赵大海", Host: "p-1", Celsius: 36.4, Gate: "east-1"}
			change(m)
			_, err := s.client.Visits.RegisterVisit(ctx, connect.NewRequest(m))
			return err
		}
	}
	wantRefusals(t, map[string]refusal{
		"no name":        {register(func(m *menshenv1.RegisterVisitRequest) { m.Name = " " }), "name"},
		"no host":        {register(func(m *menshenv1.RegisterVisitRequest) { m.Host = "" }), "person"},
		"not measured":   {register(func(m *menshenv1.RegisterVisitRequest) { m.Celsius = 0 }), "measure"},
		"Fahrenheit":     {register(func(m *menshenv1.RegisterVisitRequest) { m.Celsius = 98.6 }), "30 to 45"},
		"over already":   {register(func(m *menshenv1.RegisterVisitRequest) { m.To = timestamppb.New(now.Add(-time.Minute)) }), "to:"},
		"a strange gate": {register(func(m *menshenv1.RegisterVisitRequest) { m.Gate = "East Gate" }), "gate"},
		"a bad phone":    {register(func(m *menshenv1.RegisterVisitRequest) { m.Particulars = &menshenv1.Particulars{Phone: "x"} }), "phone"},
		"no visit": {func(s *served) error {
			_, err := s.client.Visits.AnswerVisit(ctx, connect.NewRequest(&menshenv1.AnswerVisitRequest{}))
			return err
		}, "visit"},
		"no state": {func(s *served) error {
			_, err := s.client.Visits.ListVisits(ctx, connect.NewRequest(&menshenv1.ListVisitsRequest{State: "lost"}))
			return err
		}, "lost"},
		"nothing taken": {func(s *served) error {
			_, err := s.client.Visits.TakeDelivery(ctx, connect.NewRequest(&menshenv1.TakeDeliveryRequest{Gate: "east-1", Dwelling: "3-2-14-1402"}))
			return err
		}, "item"},
		"taken nowhere": {func(s *served) error {
			_, err := s.client.Visits.TakeDelivery(ctx, connect.NewRequest(&menshenv1.TakeDeliveryRequest{Dwelling: "3-2-14-1402", Item: "a box"}))
			return err
		}, "gate"},
		"fetched by": {func(s *served) error {
			_, err := s.client.Visits.HandOver(ctx, connect.NewRequest(&menshenv1.HandOverRequest{Delivery: "d-1"}))
			return err
		}, "who fetched"},
	})
}
