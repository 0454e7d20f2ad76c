package bench

import (
	"context"
	"fmt"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// pipelineRun is what was measured with one number of cameras.
type pipelineRun struct {
	Cameras int `json:"cameras"`
	score
	load
}

// score is what the passes were worth.
type score struct {
	Expected int    `json:"walks"`   // of enrolled people, wholly within the time measured
	Allowed  int    `json:"allowed"` // of those, with a pass of the right person
	Missed   int    `json:"missed"`
	Refused  int    `json:"refused"` // passes of nobody who is known
	Doubled  int    `json:"doubled"` // passes too many of the right person
	Late     int    `json:"late"`    // allowed passes of somebody who had just gone: the machine fell behind
	Wrong    int    `json:"wrong"`   // allowed passes of somebody who was not there
	Decision spread `json:"capture_to_decision"`
	InView   spread `json:"in_view_to_decision"` // from the first frame that shows the whole face
}

// passSeen is what is used of a pass.
type passSeen struct {
	gate              string
	name              string
	allowed           bool
	captured, decided time.Time
}

// collect listens to passes until ctx ends; the function it gives waits for that and gives them all.
func (s *site) collect(ctx context.Context) (passes func() ([]passSeen, error), err error) {
	stream, err := s.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{}))
	if err != nil {
		return nil, err
	}
	var all []passSeen
	var failure error
	done := make(chan struct{})
	go func() {
		defer close(done)
		for stream.Receive() {
			if v := stream.Msg().GetPass(); v != nil {
				p := v.GetPass()
				all = append(all, passSeen{
					gate: p.GetGate(), name: v.GetPersonName(), allowed: p.GetOutcome() == menshenv1.Outcome_OUTCOME_ALLOW,
					captured: p.GetCaptured().AsTime(), decided: p.GetDecided().AsTime(),
				})
			}
		}
		if ctx.Err() == nil {
			failure = stream.Err()
			if failure == nil {
				failure = menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "menshen serve stopped telling its passes")
			}
		}
		_ = stream.Close() // nothing is lost with it
	}()
	return func() ([]passSeen, error) {
		<-done
		return all, failure
	}, nil
}

// earlyLate is how long before the first and after the last frame of truth.csv, which show the whole face, somebody may
// be recognised: they are partly in the picture then, and the camera's clock and ours differ by what a packet takes.
const earlyLate = 600 * time.Millisecond

// latest is how long after somebody has gone a pass of theirs is late and not wrong.
const latest = 4 * time.Second

// judge compares passes with who was shown when. shown gives when frames of the clip had gone out to a camera, at each
// showing; the gate of camera i, from 0 on, is "gate-(i+1)".
func judge(people []actor, shown func(camera, first, last int) []menshen.Span, cameras int, window menshen.Span, passes []passSeen) score {
	var s score
	var decision, inView durations
	known := make([]bool, len(passes)) // passes of somebody who was there
	late := make([]bool, len(passes))  // passes of somebody who had been there a moment before
	for camera := range cameras {
		gate := fmt.Sprintf("gate-%d", camera+1)
		for _, who := range people {
			if !who.enrolled {
				continue
			}
			for _, span := range shown(camera, who.first, who.last) {
				counts := !span.From.Before(window.From) && !span.To.After(window.To)
				found := false
				for i, p := range passes {
					late[i] = late[i] || p.gate == gate && p.name == who.name && p.captured.After(span.To) && p.captured.Before(span.To.Add(latest))
					if known[i] || !p.allowed || p.gate != gate || p.name != who.name ||
						p.captured.Before(span.From.Add(-earlyLate)) || p.captured.After(span.To.Add(earlyLate)) {
						continue
					}
					known[i] = true
					if counts && found {
						s.Doubled++
					}
					if counts && !found {
						decision = append(decision, p.decided.Sub(p.captured))
						inView = append(inView, p.decided.Sub(span.From))
					}
					found = true
				}
				switch {
				case counts && found:
					s.Expected++
					s.Allowed++
				case counts:
					s.Expected++
					s.Missed++
				}
			}
		}
	}
	for i, p := range passes {
		switch {
		case p.captured.Before(window.From) || p.captured.After(window.To):
		case !p.allowed:
			s.Refused++
		case !known[i] && late[i]:
			s.Late++
		case !known[i]:
			s.Wrong++
		}
	}
	s.Decision, s.InView = decision.spread(), inView.spread()
	return s
}
