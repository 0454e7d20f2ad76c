package tracing_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// MustContacts asks for li's contacts on the first day and writes them as "person: exposure; …".
func MustContacts(tb testing.TB, t *tracing.Tracer, opt tracing.ContactOptions) []string {
	tb.Helper()
	list, err := t.Contacts(tb.Context(), "li", menshen.Span{From: day, To: day.Add(24 * time.Hour)}, opt)
	if err != nil {
		tb.Fatal(err)
	}
	out := []string{}
	for _, c := range list {
		out = append(out, c.Person+": "+strings.Join(showExposures(c.Exposures), "; "))
	}
	return out
}

func TestContacts(t *testing.T) {
	tests := []struct {
		name   string
		passes map[string][]string
		opt    tracing.ContactOptions
		want   []string
	}{
		{
			name:   "in by one gate within a second",
			passes: map[string][]string{"li": {"08:00:00 east in"}, "wang": {"08:00:01 east in"}},
			want:   []string{"wang: gate east 08:00 08:00:01 false"},
		},
		{
			name:   "the window's end counts, a second more does not",
			passes: map[string][]string{"li": {"08:00 east in"}, "wang": {"08:01 east out"}, "zhao": {"08:01:01 east in"}},
			want:   []string{"wang: gate east 08:00 08:01 false"},
		},
		{
			name:   "another gate is no meeting",
			passes: map[string][]string{"li": {"08:00 east in"}, "wang": {"08:00 west in"}},
			want:   []string{},
		},
		{
			name:   "refused and under review were at the gate",
			passes: map[string][]string{"li": {"08:00 east in deny"}, "wang": {"08:00:10 east in review"}, "": {"08:00:05 east in deny"}},
			want:   []string{"wang: gate east 08:00 08:00:10 false"},
		},
		{
			name:   "the compound at the same time says nothing unless asked",
			passes: map[string][]string{"li": {"08:00 east in", "10:00 east out"}, "wang": {"09:00 west in", "11:00 west out"}},
			want:   []string{},
		},
		{
			name:   "the compound where asked",
			passes: map[string][]string{"li": {"08:00 east in", "10:00 east out"}, "wang": {"09:00 west in", "11:00 west out"}},
			opt:    tracing.ContactOptions{Kinds: []menshen.ZoneKind{menshen.ZoneCompound}},
			want:   []string{"wang: zone compound 09:00 10:00 false"},
		},
		{
			name: "no zones: gates alone",
			passes: map[string][]string{
				"li": {"08:00 shop-door in", "09:00 shop-door out"}, "wang": {"08:10 shop-door in", "08:59:30 shop-door out"},
			},
			opt:  tracing.ContactOptions{Kinds: []menshen.ZoneKind{}},
			want: []string{"wang: gate shop-door 08:59:30 09:00 false"},
		},
		{
			name: "half open: who comes as the other leaves was not together in the zone",
			passes: map[string][]string{
				"li": {"08:00 shop-door in", "09:00 shop-door out"}, "wang": {"09:00 shop-door in", "10:00 shop-door out"},
			},
			want: []string{"wang: gate shop-door 09:00 09:00 false"},
		},
		{
			name: "an inferred bound of either makes the overlap a guess; being inside still does not",
			passes: map[string][]string{
				"li":   {"08:00 east in", "08:10 shop-door in", "09:10 shop-door out", "10:00 door in"},
				"wang": {"08:20 shop-door in", "09:00 east out"},
				"zhao": {"11:00 door in"},
			},
			want: []string{"zhao: zone building 11:00 1/00:00 false", "wang: zone shop 08:20 09:00 true"},
		},
		{
			name: "nested zones give one exposure each, longest together first",
			passes: map[string][]string{
				"li":   {"08:00 door in", "08:01 lift-lobby in", "08:02 lift-floor in", "09:00 lift-floor out", "09:01 lift-lobby out", "09:02 door out"},
				"wang": {"08:10 door in", "09:00:30 lift-lobby in", "09:01:30 lift-lobby out", "09:02:30 door out"},
				"zhao": {"08:20 door in", "08:50 door out"},
			},
			opt: tracing.ContactOptions{GateWindow: time.Second},
			want: []string{
				"wang: zone building 08:10 09:02 false; zone lift 09:00:30 09:01 false",
				"zhao: zone building 08:20 08:50 false",
			},
		},
		{
			name: "a minimum leaves short overlaps out, not meetings at gates",
			passes: map[string][]string{
				"li":   {"08:00 shop-door in", "09:00 shop-door out"},
				"wang": {"08:00:30 shop-door in", "08:10 shop-door out"},
				"zhao": {"08:20 shop-door in", "08:50 shop-door out"},
			},
			opt:  tracing.ContactOptions{MinTogether: 15 * time.Minute},
			want: []string{"zhao: zone shop 08:20 08:50 false", "wang: gate shop-door 08:00 08:00:30 false"},
		},
		{
			name:   "meetings that touch are one",
			passes: map[string][]string{"li": {"08:00 east in", "08:00:40 east in"}, "wang": {"08:00:20 east in", "08:05 east out"}},
			want:   []string{"wang: gate east 08:00 08:00:40 false"},
		},
		{
			name: "more meetings come first, then the earlier, then the id",
			passes: map[string][]string{
				"li":   {"08:00 east in", "09:00 east out", "10:00 east in"},
				"zhao": {"08:00 east in"}, "wang": {"08:00 east in"}, "bai": {"09:00 east out"}, "sun": {"09:00 east out", "10:00 east in"},
			},
			want: []string{
				"sun: gate east 09:00 09:00 false; gate east 10:00 10:00 false",
				"wang: gate east 08:00 08:00 false", "zhao: gate east 08:00 08:00 false", "bai: gate east 09:00 09:00 false",
			},
		},
		{
			name: "at home since the day before, without a pass in the span",
			passes: map[string][]string{
				"li": {"10:00 lift-floor in", "11:00 lift-floor out"}, "wang": {"-1/20:00 lift-floor in"},
			},
			opt:  tracing.ContactOptions{Kinds: []menshen.ZoneKind{menshen.ZoneUnit}},
			want: []string{"wang: zone unit 10:00 11:00 false"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var passes []menshen.Pass
			for person, lines := range tt.passes {
				passes = append(passes, MustPasses(t, person, lines...)...)
			}
			tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "1/06:00"), passes)
			wantLines(t, MustContacts(t, tracer, tt.opt), tt.want)
		})
	}
}

func TestMovements(t *testing.T) {
	passes := MustPasses(t, "li", "08:00 east in", "08:30 east in review", "09:00 east out", "12:00 east in")
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "13:00"), passes)
	got, stays, err := tracer.Movements(t.Context(), "li", menshen.Span{From: MustClock(t, "08:10"), To: MustClock(t, "12:00")})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range got {
		lines = append(lines, clock(p.Captured)+" "+string(p.Decision.Outcome))
	}
	wantLines(t, lines, []string{"08:30 review", "09:00 allow"})
	wantLines(t, showAll(stays), []string{"compound 08:00 09:00"})
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	tracer := MustTracer(t, tracing.StayConfig{}, day, MustPasses(t, "li", "08:00 east in"))
	good := menshen.Span{From: day, To: day.Add(time.Hour)}
	tests := []struct {
		name, person string
		span         menshen.Span
		opt          tracing.ContactOptions
		code         menshen.Code
		names        string
	}{
		{name: "nobody", span: good, code: menshen.CodeInvalid, names: "person"},
		{name: "never seen", person: "wang", span: good, code: menshen.CodeNotFound, names: `"wang"`},
		{name: "no start", person: "li", span: menshen.Span{To: day}, code: menshen.CodeInvalid, names: "from"},
		{name: "no end", person: "li", span: menshen.Span{From: day}, code: menshen.CodeInvalid, names: "to is empty"},
		{name: "end before start", person: "li", span: menshen.Span{From: day, To: day.Add(-1)}, code: menshen.CodeInvalid, names: "not after from"},
		{name: "empty span", person: "li", span: menshen.Span{From: day, To: day}, code: menshen.CodeInvalid, names: "not after from"},
		{name: "window below 0", person: "li", span: good, opt: tracing.ContactOptions{GateWindow: -1}, code: menshen.CodeInvalid, names: "gate window"},
		{name: "endless window", person: "li", span: good, opt: tracing.ContactOptions{GateWindow: 2 * time.Hour}, code: menshen.CodeInvalid, names: "gate window"},
		{name: "minimum below 0", person: "li", span: good, opt: tracing.ContactOptions{MinTogether: -1}, code: menshen.CodeInvalid, names: "min together"},
		{name: "outside", person: "li", span: good, opt: tracing.ContactOptions{Kinds: []menshen.ZoneKind{"outside"}}, code: menshen.CodeInvalid, names: "kinds"},
		{name: "no kind", person: "li", span: good, opt: tracing.ContactOptions{Kinds: []menshen.ZoneKind{"pub"}}, code: menshen.CodeInvalid, names: `"pub"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check := func(err error) {
				t.Helper()
				message, hint := menshen.ErrorMessage(err)
				if menshen.ErrorCode(err) != tt.code || !strings.Contains(message, tt.names) || hint == "" {
					t.Errorf("got %q (%s), hint %q", message, menshen.ErrorCode(err), hint)
				}
			}
			_, err := tracer.Contacts(t.Context(), tt.person, tt.span, tt.opt)
			check(err)
			if tt.opt.GateWindow == 0 && tt.opt.MinTogether == 0 && tt.opt.Kinds == nil {
				_, _, err = tracer.Movements(t.Context(), tt.person, tt.span)
				check(err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tracer.Contacts(ctx, "li", good, tracing.ContactOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled question gave %v", err)
	}
	if _, _, err := tracer.Movements(ctx, "li", good); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled question gave %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	ring := testSite()
	ring.Zones = slices.Clone(ring.Zones)
	ring.Zones[4].Parent = "unit" // the compound
	broken := testSite()
	broken.Gates = append(slices.Clone(broken.Gates), menshen.Gate{ID: "north", From: "outside", To: "roof", State: menshen.GateOpen})
	tests := []struct {
		name string
		log  *passlog.Log
		site menshen.Site
		cfg  tracing.StayConfig
		word string
	}{
		{"no log", nil, testSite(), tracing.StayConfig{}, "log"},
		{"ring of zones", passlog.New(passlog.Config{Grade: tracing.Grade}), ring, tracing.StayConfig{}, "lies in itself"},
		{"gate to nowhere", passlog.New(passlog.Config{Grade: tracing.Grade}), broken, tracing.StayConfig{}, "roof"},
		{"cap below 0", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{Caps: map[menshen.ZoneKind]time.Duration{"lift": -1}}, "lift"},
		{"cap of no kind", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{Caps: map[menshen.ZoneKind]time.Duration{"pub": 1}}, "pub"},
		{"whole of no kind", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{Whole: map[menshen.ZoneKind]time.Duration{"pub": 1}}, "pub"},
		{"whole below 0", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{Whole: map[menshen.ZoneKind]time.Duration{"shop": -1}}, "shop"},
		{"endless home cap", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{HomeCap: 1e18}, "home cap"},
		{"repeat below 0", passlog.New(passlog.Config{Grade: tracing.Grade}), testSite(), tracing.StayConfig{Repeat: -1}, "repeat"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tracing.New(tt.log, tt.site, tracing.Config{Stays: tt.cfg}); err == nil || !strings.Contains(err.Error(), tt.word) {
				t.Errorf("got %v", err)
			}
		})
	}
}
