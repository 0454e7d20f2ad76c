package tracing_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
)

// FuzzStays holds Stays to what must be true of any passes: no stay is empty or negative, none ends after now, those of
// one zone do not overlap, and who is in a zone is in the zone around it.
func FuzzStays(f *testing.F) {
	f.Add([]byte{0, 0, 10, 2, 0, 10, 3, 10, 0}, int16(3000))
	f.Add([]byte{1, 0, 0, 0, 0, 0, 9, 200, 1, 9, 200, 2}, int16(-5))
	f.Fuzz(func(t *testing.T, data []byte, end int16) {
		site := testSite()
		now := day.Add(time.Duration(end) * time.Minute)
		var passes []menshen.Pass
		for i := 0; i+2 < len(data); i += 3 {
			g := site.Gates[int(data[i])/2%len(site.Gates)].ID
			at := day.Add(time.Duration(int(data[i+1])<<8|int(data[i+2])) * time.Second * 4)
			passes = append(passes, newPass("li", g, []menshen.Direction{"in", "out"}[data[i]%2], at, uint64(i+1)))
		}
		stays := tracing.Stays(site, passes, tracing.StayConfig{}, menshen.Span{}, now)
		last := map[string]time.Time{}
		for i, s := range stays {
			if !s.From.Before(s.To) || s.To.After(now) || s.Open && (s.ToObserved || !s.To.Equal(now)) {
				t.Fatalf("impossible stay %s", show(s))
			}
			if s.From.Before(last[s.Zone]) {
				t.Fatalf("stays in %s overlap", s.Zone)
			}
			if last[s.Zone] = s.To; i > 0 && s.From.Before(stays[i-1].From) {
				t.Fatal("stays are not in order")
			}
			zone, _ := site.Zone(s.Zone)
			if zone.Parent == "" {
				continue
			}
			at := s.From // covered by stays in the parent, one after the other
			for _, p := range stays {
				if p.Zone == zone.Parent && !p.From.After(at) && p.To.After(at) {
					at = p.To
				}
			}
			if at.Before(s.To) {
				t.Fatalf("%s is not within stays in %s: %v", show(s), zone.Parent, showAll(stays))
			}
		}
	})
}
