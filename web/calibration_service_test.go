package web_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// Calibrate has look-alikes where an FPIR is asked for; each of them is one more audit entry.
func (h *house) Calibrate(_ context.Context, fpir float64, dryRun bool) (web.CalibrationReport, error) {
	if err := h.did("calibrate"); err != nil {
		return web.CalibrationReport{}, err
	}
	r := web.CalibrationReport{
		Calibration: menshen.Calibration{
			Engine: menshen.EngineID{Name: "opencv", ModelHash: "0ba9fbfa01b5270c", Dim: 128}, At: now, People: 1200, Templates: 3400, FPIR: fpir,
			Known: 0.91, Unsure: 1.02, MinMargin: 0.05, Basis: menshen.CalibrationSite,
			Figures: menshen.CalibrationFigures{Probed: 1100, Taken: 0.003, TakenLow: 0.002, TakenHigh: 0.005, Several: 7, Missed: 0.1},
		},
		NetworkKnown: 1, NetworkUnsure: 1.128, NetworkSource: "its authors", InUse: !dryRun,
	}
	if fpir > 0 {
		r.Pairs, r.LookAlikes = 2, []web.LookAlike{
			{A: "p-1", B: "p-2", Distance: 0.5, KnownA: 0.45, KnownB: 0.45},
			{A: "p-1", B: "p-gone", Distance: 0.6, KnownA: 0.45, KnownB: 0.54},
		}
	}
	return r, nil
}

func TestCalibrate(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Calibration.Calibrate(context.Background(), connect.NewRequest(&menshenv1.CalibrateRequest{Fpir: 0.01}))
	if err != nil {
		t.Fatal(err)
	}
	m := res.Msg
	if c := m.GetCalibration(); c.GetEngine() != "opencv/0ba9fbfa01b5/128" || c.GetPeople() != 1200 || c.GetFpir() != 0.01 || c.GetKnown() != 0.91 ||
		c.GetBasis() != "site" || c.GetTakenHigh() != 0.005 || c.GetSeveral() != 7 || !c.GetAt().AsTime().Equal(now) {
		t.Errorf("calibration %v", c)
	}
	if !m.GetInUse() || m.GetNetworkUnsure() != 1.128 || m.GetLookAlikePairs() != 2 || len(m.GetLookAlikes()) != 2 {
		t.Errorf("answer %v", m)
	}
	if p := m.GetLookAlikes()[0]; p.GetA().GetName() != "王芳" || p.GetB().GetDwelling() != "3-2-14-1402" || p.GetDistance() != 0.5 || p.GetKnownB() != 0.45 {
		t.Errorf("the first pair %v", p)
	}
	if p := m.GetLookAlikes()[1]; p.GetB().GetId() != "p-gone" || p.GetB().GetName() != "" {
		t.Errorf("the second pair %v", p)
	}
	// The question comes before the work, each person named before their name is looked up.
	if want := []string{"audit", "calibrate", "audit", "audit", "audit", "byid"}; !slices.Equal(s.events, want) {
		t.Errorf("events %v, want %v", s.events, want)
	}
	if a := s.audits[0]; a.Action != "calibration.calibrate" || a.Subject != "" || !strings.Contains(a.Detail, `"fpir":0.01`) || !strings.Contains(a.Detail, `"dry_run":false`) {
		t.Errorf("audit %+v", a)
	}
	var subjects []string
	for _, a := range s.audits[1:] {
		if a.Action == "calibration.look_alike" {
			subjects = append(subjects, a.Subject)
		}
	}
	if !slices.Equal(subjects, []string{"p-1", "p-2", "p-gone"}) {
		t.Errorf("audited %v", subjects)
	}
}

func TestCalibrateRefuses(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for _, fpir := range []float64{-1, 0.00001, 0.06, 1, math.NaN(), math.Inf(1)} {
		_, err := s.client.Calibration.Calibrate(context.Background(), connect.NewRequest(&menshenv1.CalibrateRequest{Fpir: fpir}))
		wantError(t, err, menshen.CodeInvalid, "fpir")
	}
	if len(s.events) != 0 {
		t.Errorf("something was done: %v", s.events)
	}
	s.auditErr = errors.New("disk full")
	_, err := s.client.Calibration.Calibrate(context.Background(), connect.NewRequest(&menshenv1.CalibrateRequest{}))
	wantError(t, err, menshen.CodeUnavailable, "audit")
	if slices.Contains(s.events, "calibrate") {
		t.Errorf("it was done without being on record: %v", s.events)
	}
}
