package storetest

import (
	"fmt"
	"iter"
	"reflect"
	"testing"
	"time"

	"menshen"
)

// start is when the samples begin: not on a whole microsecond, so that rounding shows.
func start() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 123456789, time.UTC) }

// Pass gives the nth pass of a gate as it comes back from a database: every field set, captured n seconds after a fixed
// time. The sequence is n.
func Pass(gate string, n uint64, person string) menshen.Pass {
	at := start().Add(time.Duration(n) * time.Second)
	p := menshen.Pass{
		ID: menshen.PassID{Gate: gate, Sequence: n}, Site: "garden", Person: person, Direction: menshen.DirectionIn,
		Captured: at, Decided: at.Add(87*time.Millisecond + 1), Means: menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident, "朝阳,“引号”"}},
		Match: menshen.Match{
			Verdict: menshen.VerdictKnown, Faces: 3, Agreeing: 2, Threshold: 0.8631,
			Candidates: []menshen.Candidate{{Person: person, Template: "t-1", Distance: 0.1 + 0.2}, {Person: "other", Distance: 1.25}},
		},
		Camera: gate + "-cam", Track: fmt.Sprintf("%s-%d", gate, n),
		Permit: "e-1", Credential: "c-1@1772352000", By: "guard@east “王”", Answers: gate + ":9", Confidence: 0.1 + 0.2,
	}
	if person == "" {
		p.Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonUnknownFace}}
		p.Match = menshen.Match{Verdict: menshen.VerdictUnknown, Faces: 3, Threshold: 0.8631}
	}
	return p
}

// Unnumbered gives the nth pass of a gate as it goes into an outbox.
func Unnumbered(gate string, n uint64, person string) menshen.Pass {
	p := Pass(gate, n, person)
	p.ID.Sequence = 0
	return p
}

// Engine gives a small engine; different names are different engines.
func Engine(name string) menshen.EngineID {
	return menshen.EngineID{Name: name, ModelHash: "793362600dda", Dim: 4, Metric: menshen.MetricEuclidean}
}

func sampleTemplate(id, person string, e menshen.EngineID, first float32) menshen.Template {
	return menshen.Template{
		ID: id, Person: person, Engine: e, Descriptor: menshen.Descriptor{first, -0.25, 1e-38, 3},
		Quality: 0.7300000000000001, Masked: first > 1, Created: start(),
	}
}

func samplePerson(id, name, dwelling string) menshen.Person {
	p := menshen.Person{ID: id, Name: name, State: menshen.PersonActive, Created: start()}
	if dwelling != "" {
		d, err := menshen.ParseDwelling(dwelling)
		if err != nil {
			panic(err) // a mistake in the suite itself
		}
		p.Dwelling = d
	}
	return p
}

// MustCollect gathers an iterator and fails the test on an error.
func MustCollect[T any](tb testing.TB, seq iter.Seq2[T, error]) []T {
	tb.Helper()
	var all []T
	for v, err := range seq {
		if err != nil {
			tb.Fatalf("iterating: %v", err)
		}
		all = append(all, v)
	}
	return all
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantCode(tb testing.TB, err error, code menshen.Code) {
	tb.Helper()
	if got := menshen.ErrorCode(err); got != code {
		tb.Fatalf("code %q, want %q (error: %v)", got, code, err)
	}
}

func wantEqual(tb testing.TB, got, want any) {
	tb.Helper()
	if !reflect.DeepEqual(got, want) {
		tb.Fatalf("\n got %+v\nwant %+v", got, want)
	}
}
