package web_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// drawn is a small picture.
func drawn() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	m.Set(3, 3, color.NRGBA{200, 0, 0, 255})
	return m
}

func MustPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, drawn()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugePNG says that it has 20000 × 10000 pixels, in 57 bytes.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		body := append([]byte(kind), data...)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	header := binary.BigEndian.AppendUint32(nil, 20000)
	header = binary.BigEndian.AppendUint32(header, 10000)
	chunk("IHDR", append(header, 8, 6, 0, 0, 0))
	chunk("IDAT", nil)
	chunk("IEND", nil)
	return b.Bytes()
}

func TestSitePlan(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	got, err := s.client.Plans.GetSitePlan(t.Context(), connect.NewRequest(&menshenv1.GetSitePlanRequest{}))
	if err != nil || got.Msg.GetPlan().GetRevision() != 3 || len(got.Msg.GetPlan().GetPlaces()) != 2 || got.Msg.GetPlan().GetPicture().GetWidth() != 40 || len(got.Msg.GetHistory()) != 1 {
		t.Fatalf("plan %v, %v", got, err)
	}
	picture, err := s.client.Plans.GetPlanPicture(t.Context(), connect.NewRequest(&menshenv1.GetPlanPictureRequest{Id: "aa"}))
	if err != nil || string(picture.Msg.GetData()) != "pixels of aa" || picture.Msg.GetPicture().GetType() != "image/png" {
		t.Errorf("picture %v, %v", picture, err)
	}
	if len(s.audits) != 0 {
		t.Errorf("audits %v", s.audits)
	}

	// A change of places keeps the picture of the revision that was changed.
	places := []*menshenv1.PlanPlace{{Gate: "west-1", X: 0.1, Y: 1}, {Zone: "compound", X: 0.5, Y: 0.5, Width: 1, Height: 0.5}}
	put, err := s.client.Plans.PutSitePlan(t.Context(), connect.NewRequest(&menshenv1.PutSitePlanRequest{Base: 3, Places: places}))
	if err != nil || put.Msg.GetPlan().GetRevision() != 4 || put.Msg.GetPlan().GetBy() != "operator@terminal" {
		t.Fatalf("put %v, %v", put, err)
	}
	kept, _ := s.last().(menshen.SitePlan)
	if kept.Picture.ID != "aa" || !slices.Equal(kept.Places, []menshen.PlanPlace{{Gate: "west-1", X: 0.1, Y: 1}, {Zone: "compound", X: 0.5, Y: 0.5, Width: 1, Height: 0.5}}) || !kept.At.Equal(now) {
		t.Errorf("kept %+v", kept)
	}
	if a := s.audits[0]; a.Action != "plan.put" || !strings.Contains(a.Detail, `"places":2`) {
		t.Errorf("audit %+v", a)
	}
	if _, err := s.client.Plans.PutSitePlan(t.Context(), connect.NewRequest(&menshenv1.PutSitePlanRequest{Base: 4, NoPicture: true})); err != nil {
		t.Fatal(err)
	}
	if kept, _ = s.last().(menshen.SitePlan); kept.Picture.ID != "" {
		t.Errorf("the picture is still there: %+v", kept)
	}
	var asJPEG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	for kind, data := range map[string][]byte{"image/png": MustPNG(t), "image/jpeg": asJPEG.Bytes()} {
		put, err := s.client.Plans.PutSitePlan(t.Context(), connect.NewRequest(&menshenv1.PutSitePlanRequest{Base: 4, Picture: data}))
		if p := put.Msg.GetPlan().GetPicture(); err != nil || p.GetType() != kind || p.GetWidth() != 40 || p.GetHeight() != 30 || len(p.GetId()) != 64 {
			t.Errorf("%s: %v, %v", kind, put, err)
		}
		if kept, _ = s.last().(menshen.SitePlan); !bytes.Equal(kept.Picture.Data, data) {
			t.Errorf("%s: it is kept with %d bytes", kind, len(kept.Picture.Data))
		}
	}
	back, err := s.client.Plans.RestoreSitePlan(t.Context(), connect.NewRequest(&menshenv1.RestoreSitePlanRequest{Base: 6, Revision: 3}))
	if err != nil || back.Msg.GetPlan().GetRevision() != 7 || back.Msg.GetPlan().GetPicture().GetId() != "aa" {
		t.Errorf("restored %v, %v", back, err)
	}
	if a := s.audits[len(s.audits)-1]; a.Action != "plan.restore" || !strings.Contains(a.Detail, `"revision":3`) {
		t.Errorf("audit %+v", a)
	}
}

func TestSitePlanRefuses(t *testing.T) {
	whole := MustPNG(t)
	var asGIF bytes.Buffer
	if err := gif.Encode(&asGIF, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	gate := func(x, y float64) []*menshenv1.PlanPlace { return []*menshenv1.PlanPlace{{Gate: "east-1", X: x, Y: y}} }
	for name, c := range map[string]struct {
		m    *menshenv1.PutSitePlanRequest
		want string
	}{
		"200 megapixels":        {&menshenv1.PutSitePlanRequest{Picture: hugePNG()}, "20000 × 10000"},
		"a text called .png":    {&menshenv1.PutSitePlanRequest{Picture: []byte("%PDF-1.4 a plan")}, "neither PNG nor JPEG"},
		"a GIF":                 {&menshenv1.PutSitePlanRequest{Picture: asGIF.Bytes()}, "neither PNG nor JPEG"},
		"a picture cut off":     {&menshenv1.PutSitePlanRequest{Picture: whole[:len(whole)-20]}, "cut off"},
		"11 MB":                 {&menshenv1.PutSitePlanRequest{Picture: make([]byte, 11<<20)}, "more than 10 MB"},
		"a gate beside it":      {&menshenv1.PutSitePlanRequest{Places: gate(1.2, 0.5)}, "not on the plan"},
		"a gate of no site":     {&menshenv1.PutSitePlanRequest{Places: []*menshenv1.PlanPlace{{Gate: "north-9", X: 0.5, Y: 0.5}}}, "north-9"},
		"a gate twice":          {&menshenv1.PutSitePlanRequest{Places: append(gate(0.1, 0.1), gate(0.2, 0.2)...)}, "there twice"},
		"a zone of no size":     {&menshenv1.PutSitePlanRequest{Places: []*menshenv1.PlanPlace{{Zone: "compound", X: 0.5, Y: 0.5}}}, "not on the plan"},
		"both a gate and zone":  {&menshenv1.PutSitePlanRequest{Places: []*menshenv1.PlanPlace{{Zone: "compound", Gate: "east-1", X: 0.5, Y: 0.5, Width: 0.1, Height: 0.1}}}, "own"},
		"neither gate nor zone": {&menshenv1.PutSitePlanRequest{Places: []*menshenv1.PlanPlace{{X: 0.5, Y: 0.5}}}, "gate"},
	} {
		t.Run(name, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			_, err := s.client.Plans.PutSitePlan(t.Context(), connect.NewRequest(c.m))
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("it gives %v", err)
			}
			message, hint := menshen.ErrorMessage(err)
			if !strings.Contains(message+" "+hint, c.want) || hint == "" {
				t.Errorf("it says %q, %q", message, hint)
			}
			if len(s.events) != 0 {
				t.Errorf("something was done: %v", s.events)
			}
		})
	}
}

func TestStatistics(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Statistics.GetStatistics(t.Context(), connect.NewRequest(&menshenv1.GetStatisticsRequest{}))
	if err != nil || s.last() != 1 {
		t.Fatalf("%v, asked with %v", err, s.last())
	}
	m := res.Msg
	if len(m.GetHours()) != 24 || m.GetHours()[7].GetGates()[0].GetIn() != 5 || m.GetHours()[7].GetTimes() != 1 || len(m.GetHours()[8].GetGates()) != 0 {
		t.Errorf("hours %v", m.GetHours())
	}
	if d := m.GetDays()[0]; d.GetDay() != "2026-03-15" || d.GetGates()[0].GetGate() != "east-1" || d.GetGates()[1].GetOut() != 1 {
		t.Errorf("days %v", m.GetDays())
	}
	if r := m.GetReasons()[0]; r.GetReason() != "no_permit" || r.GetText().GetZh() != "没有出入证" || r.GetRefused() != 1 {
		t.Errorf("reasons %v", m.GetReasons())
	}
	if f := m.GetFigures(); f.GetPeople() != 1200 || f.GetEnrolled() != 1100 || f.GetFevers() != 1 || f.GetFever() != 37.3 {
		t.Errorf("figures %v", f)
	}
	if a := s.audits[0]; a.Action != "statistics.show" || a.Subject != "" {
		t.Errorf("audit %+v", a)
	}
	_, err = s.client.Statistics.GetStatistics(t.Context(), connect.NewRequest(&menshenv1.GetStatisticsRequest{Days: 32}))
	wantError(t, err, menshen.CodeInvalid, "days")
}
