package web_test

import (
	"context"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestSite(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Site.GetSite(context.Background(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	m := res.Msg
	if m.Site.Id != "lake" || m.Site.Name.Zh != "湖滨小区" || m.Site.TimeZone != "Asia/Shanghai" || len(m.Site.Zones) != 2 || len(m.Site.Gates) != 2 ||
		m.Site.Gates[1].State != "guarded" || m.Site.Gates[0].To != "compound" || m.Site.Zones[0].Kind != "outside" || m.Version != "v1.2.3" || !m.Simulated {
		t.Errorf("site %v", m)
	}
	if len(s.audits) != 0 {
		t.Errorf("nothing personal, but recorded: %v", s.audits)
	}
}

func TestStatus(t *testing.T) {
	h := newHouse()
	h.status = web.Status{
		Conditions: []menshen.Condition{{
			ID: "camera-silent:east-1", Severity: menshen.SeverityWarning, Meaning: menshen.Text{ZH: "摄像机无响应", EN: "camera silent"},
			Action: menshen.Text{ZH: "检查电源", EN: "check its power"}, Since: now, Detail: "EOF",
		}},
		Cameras: []web.CameraStatus{{ID: "cam-1", Gate: "east-1", OK: true, Message: "m", Figures: map[string]float64{"fps": 25}}},
		People:  3, Templates: 9, Passes: 100, Outbox: 2,
	}
	s := MustServe(t, h, web.Config{})
	res, err := s.client.Site.GetStatus(context.Background(), connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	m := res.Msg
	if len(m.Conditions) != 1 || len(m.Cameras) != 1 || m.People != 3 || m.Templates != 9 || m.Passes != 100 || m.Outbox != 2 {
		t.Fatalf("status %v", m)
	}
	if c := m.Conditions[0]; c.Id != "camera-silent:east-1" || c.Severity != "warning" || c.Action.En != "check its power" || !c.Since.AsTime().Equal(now) || c.Detail != "EOF" {
		t.Errorf("condition %v", c)
	}
	if c := m.Cameras[0]; c.Gate != "east-1" || !c.Ok || c.Figures["fps"] != 25 {
		t.Errorf("camera %v", c)
	}
}
