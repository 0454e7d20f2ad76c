package policy_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/access/policy"
)

func TestPermitThatCounts(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2020, 2, 20, 10, 0, 0, 0, zone)
	day := 24 * time.Hour
	permit := func(kind menshen.PermitKind, from, to time.Duration, change ...func(*menshen.Permit)) menshen.Permit {
		p := menshen.Permit{ID: string(kind), Kind: kind, Person: "p-1", Span: menshen.Span{From: now.Add(from)}}
		if to != 0 {
			p.To = now.Add(to)
		}
		for _, c := range change {
			c(&p)
		}
		return p
	}
	elsewhere := func(p *menshen.Permit) { p.Gates = []string{"west"} }
	afternoons := func(p *menshen.Permit) { p.Hours = menshen.DayHours{From: 14 * 60, To: 18 * 60} }
	revoked := func(p *menshen.Permit) { p.Revoked = now.Add(-time.Hour) }
	for name, c := range map[string]struct {
		permits []menshen.Permit
		want    menshen.PermitKind
	}{
		"none":                           {nil, ""},
		"the first kind, not the oldest": {[]menshen.Permit{permit(menshen.PermitTemporary, -9*day, day), permit(menshen.PermitReturnee, -day, 0)}, menshen.PermitReturnee},
		"not one of other gates":         {[]menshen.Permit{permit(menshen.PermitWorker, -9*day, 0, elsewhere), permit(menshen.PermitVisitor, -day, day)}, menshen.PermitVisitor},
		"not one of other hours":         {[]menshen.Permit{permit(menshen.PermitWorker, -9*day, 0, afternoons), permit(menshen.PermitVisitor, -day, day)}, menshen.PermitVisitor},
		"the nearest to it":              {[]menshen.Permit{permit(menshen.PermitWorker, -9*day, 0, elsewhere), permit(menshen.PermitResident, -day, 0, afternoons)}, menshen.PermitResident},
		"over":                           {[]menshen.Permit{permit(menshen.PermitResident, -9*day, -day)}, ""},
		"to come":                        {[]menshen.Permit{permit(menshen.PermitResident, day, 0)}, ""},
		"revoked":                        {[]menshen.Permit{permit(menshen.PermitResident, -day, 0, revoked)}, ""},
	} {
		s := policy.Standing{Found: true}
		for _, p := range c.permits {
			s.Permits = append(s.Permits, policy.PermitOf(p))
		}
		if got := s.Counts("east", now, zone); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
