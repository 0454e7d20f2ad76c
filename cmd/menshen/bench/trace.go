package bench

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// TraceOptions are the flags of menshen bench trace.
type TraceOptions struct {
	People  int // 100 to 5 million
	Days    int // 1 to 60
	Passes  int // 1000 to 600 million, in all; as many per person and day as 1 to 60
	Cases   int // asked about, 10 to 100,000
	Seed    uint64
	NoPeers bool
	// PeerTime is how long each peer may load; 1 s to 1 h.
	PeerTime time.Duration
	Outbreak int // cases at once; 0 is 1000, as the report says: fewer are for trying the benchmark itself
}

func (o TraceOptions) check() error {
	for _, x := range []struct {
		flag            string
		value, from, to int
	}{
		{"people", o.People, 100, 5_000_000}, {"days", o.Days, 1, 60}, {"passes", o.Passes, 1000, 600_000_000}, {"cases", o.Cases, 10, 100_000},
		{"peer-time", int(o.PeerTime / time.Second), 1, 3600},
	} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).
				WithHint("use %d to %d", x.from, x.to)
		}
	}
	if daily := float64(o.Passes) / float64(o.People) / float64(o.Days); daily < 2 || daily > 40 {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--passes: %d are %.1f of a person and day", o.Passes, daily).
			WithHint("use 2 to 40 of a person and day, e.g. --passes %d", o.People*o.Days*16)
	}
	return nil
}

// quantiles are three of the times of one question, in milliseconds.
type quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

func (d durations) quantiles() quantiles {
	return quantiles{inMilliseconds(d.percentile(50)), inMilliseconds(d.percentile(95)), inMilliseconds(d.percentile(99))}
}

// traceAnswers are the times of the questions, by one policy.
type traceAnswers struct {
	Movements       quantiles `json:"movements_ms"`
	One             quantiles `json:"one_generation_ms"`
	Two             quantiles `json:"two_generations_ms"`
	Full            quantiles `json:"two_generations_full_ms"` // with each person judged by all their exposures, as for the records of a case
	WhatIf          quantiles `json:"what_if_ms"`              // the case by the policy and by one with another window at gates, and what differs
	Outbreak        float64   `json:"outbreak_1000_s"`         // two generations of 1,000 cases at once: who was reached from any of them
	OutbreakReached int       `json:"outbreak_1000_n"`         // people found by that
	Each            float64   `json:"outbreak_1000_each_s"`    // the same in 1,000 questions, one for each, on all processors
	Contacts        float64   `json:"contacts_mean"`           // of one generation
	Reached         float64   `json:"two_generations_n"`       // people found in two generations, mean
}

// traceReport is what menshen bench trace prints.
type traceReport struct {
	Machine Machine `json:"machine"`
	Passes  int     `json:"passes"`
	People  int     `json:"people"`
	Days    int     `json:"days"`
	Gates   int     `json:"gates"`
	Cases   int     `json:"cases"`
	Seed    uint64  `json:"seed"`

	MakePerS     float64 `json:"made_per_s"`     // passes computed, without writing them
	LoadS        float64 `json:"load_s"`         // from the pages of the store to a log that answers
	LoadPerS     float64 `json:"load_per_s"`     // passes
	PageBytes    float64 `json:"page_bytes"`     // of a pass, in the store
	BytesPerPass float64 `json:"bytes_per_pass"` // in memory, all of the log included
	AppendPerS   float64 `json:"append_per_s"`   // in batches of 500, as they are committed

	traceAnswers

	AllZones traceAnswers `json:"all_zones"`
	Peers    []tracePeer  `json:"peers"`

	last []uint64 // numbers that each gate has given
}

// Trace measures tracing over a computed sub-district: its pass log in memory and the questions of cases.
func Trace(ctx context.Context, p Program, o TraceOptions) (Report, error) {
	o.PeerTime, o.Outbreak = cmp.Or(o.PeerTime, 5*time.Minute), cmp.Or(o.Outbreak, 1000)
	if err := o.check(); err != nil {
		return nil, err
	}
	var postgres *postgresServer
	if !o.NoPeers {
		var err error
		if postgres, err = findPostgres(); err != nil {
			return nil, err // before an hour of work
		}
	}
	r := &traceReport{Machine: DescribeMachine(time.Now(), p.Version), Days: o.Days, Cases: o.Cases, Seed: o.Seed, Peers: []tracePeer{}}
	fmt.Fprintln(p.Progress, "computing a sub-district")
	s := newSubdistrict(o.People, o.Days, o.Passes, o.Seed)
	r.People, r.Gates = len(s.people)-1, len(s.gates)-1
	before := liveBytes()
	log, err := r.load(ctx, p, s, o.Passes)
	if err != nil {
		return nil, err
	}
	r.BytesPerPass = float64(liveBytes()-before) / float64(r.Passes)
	if err := r.ask(ctx, p, s, log, o); err != nil {
		return nil, err
	}
	if err := r.append(ctx, p, s, log); err != nil {
		return nil, err
	}
	if o.NoPeers {
		return r, nil
	}
	return r, r.peers(ctx, p, s, o, postgres)
}

// ask measures the questions by both policies.
func (r *traceReport) ask(ctx context.Context, p Program, s *subdistrict, log *passlog.Log, o TraceOptions) error {
	tracer, err := s.tracer(log)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		policy string
		into   *traceAnswers
	}{{"gates-and-lifts", &r.traceAnswers}, {"all-zones", &r.AllZones}} {
		fmt.Fprintf(p.Progress, "asking by the policy %s\n", part.policy)
		q := questioner{town: s, tracer: tracer, cases: s.cases(o.Cases), outbreak: s.cases(o.Outbreak), answers: part.into}
		if err := q.ask(ctx, part.policy); err != nil {
			return err
		}
	}
	return nil
}

// tracer traces in a log of the sub-district, as of the end of its last day.
func (s *subdistrict) tracer(log *passlog.Log) (*tracing.Tracer, error) {
	return tracing.New(log, s.site, tracing.Config{
		Now: func() time.Time { return s.end() }, Residences: s.residences, HomeZone: homeZone,
	})
}

func (s *subdistrict) end() time.Time { return firstDay().AddDate(0, 0, s.days) }

// span is all days.
func (s *subdistrict) span() menshen.Span { return menshen.Span{From: firstDay(), To: s.end()} }

// cases draws people at random; nobody is drawn twice while there are others.
func (s *subdistrict) cases(n int) []uint32 {
	out, drawn := make([]uint32, 0, n), map[uint32]bool{}
	for k := uint64(0); len(out) < n; k++ {
		person := uint32(1 + mixed(s.seed, 6, k)%uint64(len(s.people)-1))
		if !drawn[person] || k > uint64(20*n) {
			drawn[person] = true
			out = append(out, person)
		}
	}
	return out
}
