package tracing_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
)

func TestExplain(t *testing.T) {
	site := testSite()
	site.Location = time.FixedZone("Asia/Shanghai", 8*60*60)
	for i, z := range site.Zones {
		if z.ID == "lift" {
			site.Zones[i].Name = menshen.Text{ZH: "3号楼电梯", EN: "Lift of Building 3"}
		}
	}
	for i, g := range site.Gates {
		if g.ID == "east" {
			site.Gates[i].Name = menshen.Text{ZH: "东门", EN: "East Gate"}
		}
	}
	names := tracing.Names{Site: site, Person: func(id string) string {
		return map[string]string{"li": "李四", "wang": "王五"}[id]
	}}
	span := func(from, to string) menshen.Span {
		return menshen.Span{From: MustClock(t, from), To: MustClock(t, to)}
	}
	hop := func(from, to string, e menshen.Exposure) menshen.Hop {
		return menshen.Hop{From: from, To: to, Exposure: e}
	}
	lift := menshen.Exposure{Kind: menshen.ExposureZone, Zone: "lift", Span: span("1/04:03", "1/04:41")}
	guess := lift
	guess.Inferred = true
	tests := []struct {
		name string
		path []menshen.Hop
		want menshen.Text
	}{
		{"nobody", nil, menshen.Text{}},
		{
			"zone", []menshen.Hop{hop("li", "wang", lift)},
			menshen.Text{ZH: "李四 → 王五，11月3日 12:03–12:41，3号楼电梯", EN: "李四 → 王五, 3 Nov 12:03–12:41, Lift of Building 3"},
		},
		{
			"inferred", []menshen.Hop{hop("li", "wang", guess)},
			menshen.Text{ZH: "李四 → 王五，11月3日 12:03–12:41（推定），3号楼电梯", EN: "李四 → 王五, 3 Nov 12:03–12:41 (inferred), Lift of Building 3"},
		},
		{
			"two hops, one within a minute, somebody without a name",
			[]menshen.Hop{hop("li", "wang", lift), hop("wang", "zhao", menshen.Exposure{Kind: menshen.ExposureGate, Gate: "east", Span: span("2/01:00:10", "2/01:00:40")})},
			menshen.Text{
				ZH: "李四 → 王五，11月3日 12:03–12:41，3号楼电梯 → zhao，11月4日 09:00，先后经过东门",
				EN: "李四 → 王五, 3 Nov 12:03–12:41, Lift of Building 3 → zhao, 4 Nov 09:00, one after the other at East Gate",
			},
		},
		{
			"household over days", []menshen.Hop{hop("li", "wang", menshen.Exposure{Kind: menshen.ExposureHousehold, Span: span("00:00", "3/00:00")})},
			menshen.Text{ZH: "李四 → 王五，11月2日 08:00–11月5日 08:00，同住一户", EN: "李四 → 王五, 2 Nov 08:00 – 5 Nov 08:00, same household"},
		},
		{
			"floors", []menshen.Hop{hop("li", "wang", menshen.Exposure{Kind: menshen.ExposureFloor, Floors: 1, Span: span("00:00", "01:00")})},
			menshen.Text{ZH: "李四 → 王五，11月2日 08:00–09:00，住相邻楼层", EN: "李四 → 王五, 2 Nov 08:00–09:00, living on the next floor"},
		},
		{
			"building", []menshen.Hop{hop("li", "wang", menshen.Exposure{Kind: menshen.ExposureBuilding, Span: span("00:00", "01:00")})},
			menshen.Text{ZH: "李四 → 王五，11月2日 08:00–09:00，住同一楼栋", EN: "李四 → 王五, 2 Nov 08:00–09:00, living in the same building"},
		},
		{
			"told", []menshen.Hop{hop("li", "wang", menshen.Exposure{Kind: menshen.ExposureReported, Span: span("00:00", "00:00")})},
			menshen.Text{ZH: "李四 → 王五，11月2日 08:00，本人或知情人陈述", EN: "李四 → 王五, 2 Nov 08:00, as told in an interview"},
		},
		{
			"a zone that is gone", []menshen.Hop{hop("li", "wang", menshen.Exposure{Kind: menshen.ExposureZone, Zone: "roof", Span: span("00:00", "00:30")})},
			menshen.Text{ZH: "李四 → 王五，11月2日 08:00–08:30，roof", EN: "李四 → 王五, 2 Nov 08:00–08:30, roof"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (tracing.Finding{Path: tt.path}).Explain(names); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}
